#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>

#include "runtime/connectors/records/random_numbers.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"
#include "runtime/connectors/records/wiki_pages.h"

namespace millrace {

namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr uint64_t kLongestDelaySeconds = 3;
constexpr int64_t kFirstChange = 1'243'377'776;
constexpr int64_t kFirstRevision = 168'700'000;

/// What happened to a page. The shares are about those of the real stream.
enum class Change : uint8_t { Edit, New, Log, Categorize };

Change change_of(uint64_t percent) {
  if (percent < 62) return Change::Edit;
  if (percent < 68) return Change::New;
  if (percent < 74) return Change::Log;
  return Change::Categorize;
}

constexpr std::string_view name_of(Change change) {
  switch (change) {
    case Change::Edit: return "edit";
    case Change::New: return "new";
    case Change::Log: return "log";
    case Change::Categorize: return "categorize";
  }
  return "edit";
}

constexpr std::string_view kLogTypes[] = {"upload", "block", "move", "patrol"};

std::string with_underscores(std::string_view title) {
  std::string address(title);
  for (char& c : address) {
    if (c == ' ') c = '_';
  }
  return address;
}

char* put_bool(char* out, bool value) { return put(out, value ? "true" : "false"); }

/// `2020-03-24T11:02:29Z`.
char* put_iso_time(char* out, int64_t seconds) {
  std::tm parts{};
  auto time = static_cast<std::time_t>(seconds);
  ::gmtime_r(&time, &parts);
  return out + std::strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/// Changes of wiki pages as Wikimedia's recentchange stream tells them: compact JSON, nested meta, length and revision, comments in wiki
/// text and in HTML. A fair share is French Wikipedia's, and some of that is on the sensitive pages.
class WikimediaRecords final : public RecordMaker {
 public:
  explicit WikimediaRecords(uint64_t seed) : random_(seed) {}

  char* append(char* out, int64_t now_ns) override;

 private:
  struct Event {
    const Wiki* wiki = nullptr;
    Change change = Change::Edit;
    std::string_view page;  ///< that was edited, logged, or put into a category
    std::string title;      ///< of the event: the page or the category
    int64_t page_namespace = 0;
    int64_t seconds = 0;
    std::string comment;
    std::string parsed_comment;
  };

  Event next_event(int64_t now_ns);
  void describe(Event* event);
  char* put_meta(char* out, const Event& event);
  char* put_identifier(char* out);
  char* put_user(char* out, const Event& event);
  char* put_details(char* out, const Event& event);

  RandomNumbers random_;
  int64_t changes_ = 0;
  int64_t revision_ = kFirstRevision;
};

WikimediaRecords::Event WikimediaRecords::next_event(int64_t now_ns) {
  Event event;
  event.wiki = &wiki_of_share(random_.below(100));
  event.change = change_of(random_.below(100));
  bool is_sensitive = event.wiki->has_sensitive_pages && random_.once_in(12);
  event.page = random_.one_of(is_sensitive ? sensitive_pages() : event.wiki->pages);
  event.title = event.page;
  if (event.change == Change::Categorize) {
    event.page_namespace = 14;
    event.title = std::string(event.wiki->category_word) + ":" + std::string(random_.one_of(event.wiki->categories));
  }
  event.seconds = now_ns / kSecondNs - static_cast<int64_t>(random_.below(kLongestDelaySeconds + 1));
  describe(&event);
  return event;
}

/// The comment as it was typed, and as a reader's browser gets it.
void WikimediaRecords::describe(Event* event) {
  std::string page(event->page);
  std::string link = "<a href=\"/wiki/" + with_underscores(page) + "\" title=\"" + page + "\">" + page + "</a>";
  if (event->change == Change::Categorize) {
    event->comment = "[[:" + page + "]] " + std::string(event->wiki->added_to_category);
    event->parsed_comment = link + " " + std::string(event->wiki->added_to_category);
    return;
  }
  if (random_.once_in(5)) return;  // many editors say nothing
  std::string_view section = random_.one_of(event->wiki->sections);
  std::string_view remark = random_.one_of(event->wiki->remarks);
  event->comment = "/* " + std::string(section) + " */ " + std::string(remark);
  event->parsed_comment = "<span dir=\"auto\"><span class=\"autocomment\"><a href=\"/wiki/" + with_underscores(page) + "#" +
                          with_underscores(section) + "\" title=\"" + page + "\">→" + std::string(section) +
                          "</a>: </span> " + std::string(remark) + "</span>";
}

/// 32 hexadecimal digits in the usual five groups.
char* WikimediaRecords::put_identifier(char* out) {
  uint64_t high = random_.next();
  uint64_t low = random_.next();
  return out + std::snprintf(out, 40, "\"%08x-%04x-%04x-%04x-%012llx\"", static_cast<unsigned>(high >> 32),
                             static_cast<unsigned>(high >> 16 & 0xFFFF), static_cast<unsigned>(high & 0xFFFF),
                             static_cast<unsigned>(low >> 48), static_cast<unsigned long long>(low & 0xFFFFFFFFFFFF));
}

char* WikimediaRecords::put_meta(char* out, const Event& event) {
  out = put(out, ",\"meta\":{\"uri\":");
  out = put_json_string(out, "https://" + std::string(event.wiki->server) + "/wiki/" + with_underscores(event.title));
  out = put_identifier(put(out, ",\"request_id\":"));
  out = put_identifier(put(out, ",\"id\":"));
  out = put_iso_time(put(out, ",\"dt\":\""), event.seconds);
  out = put_json_string(put(out, "\",\"domain\":"), event.wiki->server);
  out = put(out, ",\"stream\":\"mediawiki.recentchange\",\"topic\":\"eqiad.mediawiki.recentchange\",\"partition\":0,\"offset\":");
  return put(put_integer(out, 2'231'000'000 + changes_), "}");
}

char* WikimediaRecords::put_user(char* out, const Event& event) {
  bool is_bot = random_.below(100) < event.wiki->bot_percent;
  out = put(out, ",\"user\":");
  if (!is_bot && random_.once_in(8)) {  // not signed in: an address stands for the name
    out = put(out, "\"192.0.2.");
    out = put(put_integer(out, 1 + static_cast<int64_t>(random_.below(254))), "\"");
  } else {
    out = put_json_string(out, random_.one_of(is_bot ? bot_names() : user_names()));
  }
  return put_bool(put(out, ",\"bot\":"), is_bot);
}

/// What only some kinds of changes have.
char* WikimediaRecords::put_details(char* out, const Event& event) {
  if (event.change == Change::Log) {
    out = put_integer(put(out, ",\"log_id\":"), 110'000'000 + changes_);
    return put_json_string(put(out, ",\"log_type\":"), random_.one_of(Wiki::Words(kLogTypes)));
  }
  if (event.change == Change::Categorize) return out;
  bool is_new = event.change == Change::New;
  int64_t old_length = 200 + static_cast<int64_t>(random_.below(60'000));
  int64_t change = static_cast<int64_t>(random_.below(1200)) - 400;
  revision_ += 1 + static_cast<int64_t>(random_.below(9));
  out = put_bool(put(out, ",\"minor\":"), !is_new && random_.once_in(4));
  out = put_bool(put(out, ",\"patrolled\":"), random_.once_in(2));
  out = put(out, ",\"length\":{");
  if (!is_new) out = put(put_integer(put(out, "\"old\":"), old_length), ",");
  out = put_integer(put(out, "\"new\":"), is_new ? old_length : old_length + std::max(change, 1 - old_length));
  out = put(out, "},\"revision\":{");
  if (!is_new) out = put(put_integer(put(out, "\"old\":"), revision_ - 1 - static_cast<int64_t>(random_.below(90'000))), ",");
  return put(put_integer(put(out, "\"new\":"), revision_), "}");
}

char* WikimediaRecords::append(char* out, int64_t now_ns) {
  Event event = next_event(now_ns);
  out = put(out, "{\"$schema\":\"/mediawiki/recentchange/1.0.0\"");
  out = put_meta(out, event);
  out = put_integer(put(out, ",\"id\":"), kFirstChange + changes_++);
  out = put_json_string(put(out, ",\"type\":"), name_of(event.change));
  out = put_integer(put(out, ",\"namespace\":"), event.page_namespace);
  out = put_json_string(put(out, ",\"title\":"), event.title);
  out = put_json_string(put(out, ",\"comment\":"), event.comment);
  out = put_integer(put(out, ",\"timestamp\":"), event.seconds);
  out = put_user(out, event);
  out = put_details(out, event);
  out = put_json_string(put(out, ",\"server_url\":"), "https://" + std::string(event.wiki->server));
  out = put_json_string(put(out, ",\"server_name\":"), event.wiki->server);
  out = put_json_string(put(out, ",\"server_script_path\":\"/w\",\"wiki\":"), event.wiki->name);
  out = put_json_string(put(out, ",\"parsedcomment\":"), event.parsed_comment);
  return put(out, "}\n");
}

}  // namespace

std::unique_ptr<RecordMaker> make_wikimedia_records(const RecordSettings& settings) { return std::make_unique<WikimediaRecords>(settings.seed); }

}  // namespace millrace
