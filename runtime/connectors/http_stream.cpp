#include "runtime/connectors/http_stream.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/write_all.h"
#include "runtime/connectors/curl_library.h"
#include "runtime/connectors/tcp_peer.h"

namespace millrace {

namespace {

constexpr long kRedirectsMax = 10;

constexpr CURLcode kLastingFailures[] = {
    CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,   CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
    CURLE_TOO_MANY_REDIRECTS,   CURLE_SSL_CERTPROBLEM, CURLE_LOGIN_DENIED,
};

}  // namespace

struct HttpStream::Transfer {
  explicit Transfer(Take taker) : take(std::move(taker)) {}
  ~Transfer();

  void remove();
  void arm_timer(int64_t after_ns) const;
  void finish();

  static size_t on_body(char* bytes, size_t size, size_t count, void* self);
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* of_socket);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  static int on_new_socket(void* self, curl_socket_t fd, curlsocktype purpose);

  Take take;
  CurlLibrary curl;
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  int epoll_fd = -1;
  int timer_fd = -1;
  int64_t peer_timeout_us = 0;
  bool running = false;
  bool paused = false;
  CURLcode outcome = CURLE_OK;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::string failure;
};

HttpStream::Transfer::~Transfer() {
  remove();
  if (headers != nullptr) curl.slist_free_all(headers);
  if (easy != nullptr) curl.easy_cleanup(easy);
  if (multi != nullptr) curl.multi_cleanup(multi);
  if (timer_fd >= 0) ::close(timer_fd);
  if (epoll_fd >= 0) ::close(epoll_fd);
}

void HttpStream::Transfer::remove() {
  if (running) curl.multi_remove_handle(multi, easy);
  running = false;
  paused = false;
}

/// Negative: never.
void HttpStream::Transfer::arm_timer(int64_t after_ns) const {
  itimerspec when{};
  after_ns = after_ns == 0 ? 1 : after_ns;
  if (after_ns > 0) when.it_value = {static_cast<time_t>(after_ns / 1'000'000'000), static_cast<long>(after_ns % 1'000'000'000)};
  ::timerfd_settime(timer_fd, 0, &when, nullptr);
}

size_t HttpStream::Transfer::on_body(char* bytes, size_t size, size_t count, void* self) {
  auto* transfer = static_cast<Transfer*>(self);
  transfer->paused = !transfer->take({bytes, size * count});
  return transfer->paused ? CURL_WRITEFUNC_PAUSE : size * count;
}

int HttpStream::Transfer::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  auto* transfer = static_cast<Transfer*>(self);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(transfer->epoll_fd, EPOLL_CTL_DEL, fd, nullptr);  // it may have been closed, which took it out
    return 0;
  }
  epoll_event event{};
  event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
  event.data.fd = fd;
  if (::epoll_ctl(transfer->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0) ::epoll_ctl(transfer->epoll_fd, EPOLL_CTL_ADD, fd, &event);
  return 0;
}

int HttpStream::Transfer::on_timer(CURLM*, long timeout_ms, void* self) {
  static_cast<Transfer*>(self)->arm_timer(int64_t{timeout_ms} * 1'000'000);
  return 0;
}

/// Whether the server is still there is asked while it is silent, and is told by its taking the request.
int HttpStream::Transfer::on_new_socket(void* self, curl_socket_t fd, curlsocktype) {
  const auto* transfer = static_cast<const Transfer*>(self);
  notice_vanished_peer(fd, transfer->peer_timeout_us);
  drop_stalled_peer(fd, transfer->peer_timeout_us);
  return CURL_SOCKOPT_OK;
}

void HttpStream::Transfer::finish() {
  int left = 0;
  while (const CURLMsg* message = curl.multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    outcome = message->data.result;
    failure = outcome == CURLE_OK ? "" : error[0] != '\0' ? std::string(error.data()) : curl.easy_strerror(outcome);
    remove();
    return;  // the message is gone with the request
  }
}

HttpStream::HttpStream(Take take) : transfer_(std::make_unique<Transfer>(std::move(take))) {}
HttpStream::~HttpStream() = default;

Status HttpStream::open() {
  Transfer& to = *transfer_;
  auto loaded = load_curl_library();
  if (!loaded) return loaded.error();
  to.curl = *loaded;
  to.epoll_fd = ::epoll_create1(EPOLL_CLOEXEC);
  to.timer_fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (to.epoll_fd < 0 || to.timer_fd < 0) return system_error("epoll");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = to.timer_fd;
  if (::epoll_ctl(to.epoll_fd, EPOLL_CTL_ADD, to.timer_fd, &event) != 0) return system_error("epoll");
  to.multi = to.curl.multi_init();
  to.easy = to.curl.easy_init();
  if (to.multi == nullptr || to.easy == nullptr) return Status::error("libcurl does not start");
  to.curl.multi_setopt(to.multi, CURLMOPT_SOCKETFUNCTION, &Transfer::on_socket);
  to.curl.multi_setopt(to.multi, CURLMOPT_SOCKETDATA, &to);
  to.curl.multi_setopt(to.multi, CURLMOPT_TIMERFUNCTION, &Transfer::on_timer);
  to.curl.multi_setopt(to.multi, CURLMOPT_TIMERDATA, &to);
  return {};
}

void HttpStream::start(const HttpRequest& request) {
  Transfer& to = *transfer_;
  to.remove();
  if (to.headers != nullptr) to.curl.slist_free_all(std::exchange(to.headers, nullptr));
  for (const std::string& header : request.headers) to.headers = to.curl.slist_append(to.headers, header.c_str());
  to.curl.easy_reset(to.easy);
  to.curl.easy_setopt(to.easy, CURLOPT_URL, request.url.c_str());
  to.curl.easy_setopt(to.easy, CURLOPT_HTTPHEADER, to.headers);
  to.curl.easy_setopt(to.easy, CURLOPT_USERAGENT, request.user_agent.c_str());
  if (!request.ca_file.empty()) to.curl.easy_setopt(to.easy, CURLOPT_CAINFO, request.ca_file.c_str());
  to.curl.easy_setopt(to.easy, CURLOPT_PROTOCOLS_STR, "http,https");
  to.curl.easy_setopt(to.easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  to.curl.easy_setopt(to.easy, CURLOPT_FOLLOWLOCATION, 1L);
  to.curl.easy_setopt(to.easy, CURLOPT_MAXREDIRS, kRedirectsMax);
  to.curl.easy_setopt(to.easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<int64_t>(request.connect_timeout_us / 1000, 1)));
  to.curl.easy_setopt(to.easy, CURLOPT_NOSIGNAL, 1L);
  to.peer_timeout_us = request.peer_timeout_us;
  to.curl.easy_setopt(to.easy, CURLOPT_SOCKOPTFUNCTION, &Transfer::on_new_socket);
  to.curl.easy_setopt(to.easy, CURLOPT_SOCKOPTDATA, &to);
  to.curl.easy_setopt(to.easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  to.curl.easy_setopt(to.easy, CURLOPT_WRITEDATA, &to);
  to.curl.easy_setopt(to.easy, CURLOPT_ERRORBUFFER, to.error.data());
  to.error[0] = '\0';
  to.failure.clear();
  to.outcome = CURLE_OK;
  to.running = true;
  to.curl.multi_add_handle(to.multi, to.easy);
}

void HttpStream::advance() {
  Transfer& to = *transfer_;
  std::array<epoll_event, 8> events;
  int count = ::epoll_wait(to.epoll_fd, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    int fd = events[static_cast<size_t>(i)].data.fd;
    uint32_t what = events[static_cast<size_t>(i)].events;
    int still_running = 0;
    if (fd == to.timer_fd) {
      uint64_t times = 0;
      (void)!::read(to.timer_fd, &times, sizeof times);
      to.curl.multi_socket_action(to.multi, CURL_SOCKET_TIMEOUT, 0, &still_running);
    } else {
      int mask = (what & EPOLLIN ? CURL_CSELECT_IN : 0) | (what & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                 (what & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
      to.curl.multi_socket_action(to.multi, fd, mask, &still_running);
    }
  }
  to.finish();
}

void HttpStream::resume() {
  if (!transfer_->running || !transfer_->paused) return;
  transfer_->paused = false;
  transfer_->curl.easy_pause(transfer_->easy, CURLPAUSE_CONT);
}

void HttpStream::wake_after(int64_t pause_us) { transfer_->arm_timer(pause_us * 1000); }

bool HttpStream::running() const { return transfer_->running; }
int HttpStream::descriptor() const { return transfer_->epoll_fd; }

int64_t HttpStream::status_code() const {
  long code = 0;
  transfer_->curl.easy_getinfo(transfer_->easy, CURLINFO_RESPONSE_CODE, &code);
  return code;
}

std::string HttpStream::content_type() const {
  const char* type = nullptr;
  transfer_->curl.easy_getinfo(transfer_->easy, CURLINFO_CONTENT_TYPE, &type);
  return type != nullptr ? type : "";
}

const std::string& HttpStream::failure() const { return transfer_->failure; }

bool HttpStream::failed_for_good(bool was_reached) const {
  if (transfer_->outcome == CURLE_COULDNT_RESOLVE_HOST) return !was_reached;
  return std::find(std::begin(kLastingFailures), std::end(kLastingFailures), transfer_->outcome) != std::end(kLastingFailures);
}

int64_t HttpStream::retry_after_us() const {
  curl_off_t seconds = 0;
  transfer_->curl.easy_getinfo(transfer_->easy, CURLINFO_RETRY_AFTER, &seconds);
  return int64_t{seconds} * 1'000'000;
}

}  // namespace millrace
