#include "compiler/driver/shell/terminal_console.h"

#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "runtime/base/write_all.h"

namespace millrace {
namespace {

constexpr int kHistoryEntries = 10'000;
constexpr size_t kCandidatesShown = 200;

std::string history_path() {
  if (const char* stated = std::getenv("MILLRACE_HISTORY")) return stated;
  const char* home = std::getenv("HOME");
  return home != nullptr ? std::string(home) + "/.millrace_history" : "";
}

}  // namespace

struct TerminalConsole::Parts {
  explicit Parts(const std::atomic<int>* counter) : interrupts(counter) {}

  static Parts& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Parts*>(self);
  }
  static char* prompt_of(EditLine* editor) { return of(editor).prompt.data(); }
  static int on_read(EditLine* editor, wchar_t* character) { return of(editor).read_character(character); }
  static unsigned char on_complete(EditLine* editor, int) { return of(editor).complete(); }

  int read_character(wchar_t* character);
  unsigned char complete();
  void show_candidates(const std::vector<std::string>& candidates);
  void show_waiting_text();

  const std::atomic<int>* interrupts;
  const Completer* completer = nullptr;
  EditLine* editor = nullptr;
  History* history = nullptr;
  HistEvent event{};
  std::string prompt;
  std::string history_file;
  int wake[2] = {-1, -1};  ///< a pipe: a byte says that text waits

  std::mutex mutex;        ///< of what follows, and of the terminal while no line is read
  bool is_reading = false;
  std::string waiting;     ///< printed while a line is typed
};

TerminalConsole::TerminalConsole(const std::atomic<int>* interrupts) : parts_(std::make_unique<Parts>(interrupts)) {
  Parts& p = *parts_;
  // Names and strings may hold any character, whatever the environment says of languages.
  if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX < 4) std::setlocale(LC_CTYPE, "C.UTF-8");
  if (pipe2(p.wake, O_CLOEXEC | O_NONBLOCK) != 0) p.wake[0] = p.wake[1] = -1;
  p.history = history_init();
  history(p.history, &p.event, H_SETSIZE, kHistoryEntries);
  history(p.history, &p.event, H_SETUNIQUE, 1);
  p.history_file = history_path();
  if (!p.history_file.empty()) history(p.history, &p.event, H_LOAD, p.history_file.c_str());
  p.editor = el_init("millrace", stdin, stdout, stderr);
  el_set(p.editor, EL_CLIENTDATA, &p);
  el_set(p.editor, EL_PROMPT, &Parts::prompt_of);
  el_set(p.editor, EL_EDITOR, "emacs");
  el_set(p.editor, EL_HIST, history, p.history);
  el_set(p.editor, EL_GETCFN, &Parts::on_read);
  el_set(p.editor, EL_ADDFN, "complete-name", "completes a name or keyword", &Parts::on_complete);
  el_set(p.editor, EL_BIND, "^I", "complete-name", nullptr);
  el_set(p.editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(p.editor, nullptr);  // the user's ~/.editrc
}

TerminalConsole::~TerminalConsole() {
  Parts& p = *parts_;
  if (!p.history_file.empty()) history(p.history, &p.event, H_SAVE, p.history_file.c_str());
  el_end(p.editor);
  history_end(p.history);
  for (const int fd : p.wake) {
    if (fd >= 0) close(fd);
  }
}

void TerminalConsole::complete_with(const Completer* completer) { parts_->completer = completer; }

Console::Outcome TerminalConsole::read_line(const std::string& prompt, std::string& line) {
  Parts& p = *parts_;
  p.prompt = prompt;
  {
    std::lock_guard<std::mutex> lock(p.mutex);
    p.is_reading = true;
  }
  int size = 0;
  const char* typed = el_gets(p.editor, &size);
  const bool interrupted = p.interrupts->load() != 0;
  if (interrupted) {
    const LineInfo* info = el_line(p.editor);
    line.assign(info->buffer, info->lastchar);
    el_reset(p.editor);
  }
  {
    std::lock_guard<std::mutex> lock(p.mutex);
    p.is_reading = false;
    if (interrupted || typed == nullptr || size <= 0) p.waiting.insert(0, "\n");
    (void)write_all(STDOUT_FILENO, p.waiting.data(), p.waiting.size());
    p.waiting.clear();
  }
  if (interrupted) return Outcome::Interrupted;
  if (typed == nullptr || size <= 0) return Outcome::End;
  line.assign(typed, static_cast<size_t>(size));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return Outcome::Line;
}

/// Waits for a key or for text to show; a character of UTF-8 may be several bytes.
int TerminalConsole::Parts::read_character(wchar_t* character) {
  std::mbstate_t state{};
  for (;;) {
    pollfd ready[2] = {{STDIN_FILENO, POLLIN, 0}, {wake[0], POLLIN, 0}};
    if (interrupts->load() != 0) return -1;
    if (poll(ready, 2, -1) < 0) {
      if (errno == EINTR && interrupts->load() == 0) continue;  // e.g. the window's size
      return -1;
    }
    if (ready[1].revents != 0) show_waiting_text();
    if (ready[0].revents == 0) continue;
    char byte = 0;
    if (read(STDIN_FILENO, &byte, 1) != 1) return 0;
    const size_t bytes = std::mbrtowc(character, &byte, 1, &state);
    if (bytes == static_cast<size_t>(-2)) continue;
    if (bytes == static_cast<size_t>(-1)) state = {};
    else return 1;
  }
}

void TerminalConsole::Parts::show_waiting_text() {
  char bytes[64];
  while (read(wake[0], bytes, sizeof bytes) > 0) {
  }
  std::lock_guard<std::mutex> lock(mutex);
  const std::string text = "\r\033[J" + waiting;
  waiting.clear();
  (void)write_all(STDOUT_FILENO, text.data(), text.size());
  el_set(editor, EL_REFRESH);
}

unsigned char TerminalConsole::Parts::complete() {
  if (completer == nullptr) return CC_ERROR;
  const LineInfo* info = el_line(editor);
  const std::string_view before(info->buffer, static_cast<size_t>(info->cursor - info->buffer));
  const Completion completion = completer->complete(before);
  if (completion.candidates.empty()) return CC_REFRESH_BEEP;
  std::string text = common_prefix(completion.candidates);
  const bool is_only_one = completion.candidates.size() == 1;
  if (is_only_one) text += ' ';
  if (text.size() > completion.word_size) {
    // Letters that were typed take the candidate's case.
    el_deletestr(editor, static_cast<int>(completion.word_size));
    el_insertstr(editor, text.c_str());
  } else if (!is_only_one) {
    show_candidates(completion.candidates);
  }
  return CC_REFRESH;
}

void TerminalConsole::Parts::show_candidates(const std::vector<std::string>& candidates) {
  std::string text = "\n";
  for (size_t i = 0; i < candidates.size() && i < kCandidatesShown; ++i) text += (i ? "  " : "") + candidates[i];
  if (candidates.size() > kCandidatesShown) text += "  …";
  text += '\n';
  std::lock_guard<std::mutex> lock(mutex);
  (void)write_all(STDOUT_FILENO, text.data(), text.size());
  el_set(editor, EL_REFRESH);
}

void TerminalConsole::write(int fd, std::string_view text) {
  Parts& p = *parts_;
  std::lock_guard<std::mutex> lock(p.mutex);
  if (!p.is_reading) {
    (void)write_all(fd, text.data(), text.size());
    return;
  }
  p.waiting += text;
  const char byte = 0;
  (void)!::write(p.wake[1], &byte, 1);  // a full pipe has bytes enough
}

bool TerminalConsole::print(std::string_view rows) {
  write(STDOUT_FILENO, rows);
  return true;
}

void TerminalConsole::tell(std::string_view message) { write(STDERR_FILENO, message); }

void TerminalConsole::remember(const std::string& input) {
  Parts& p = *parts_;
  if (input.find_first_not_of(" \t\n") != std::string::npos) history(p.history, &p.event, H_ENTER, input.c_str());
}

}  // namespace millrace
