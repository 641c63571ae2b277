#include "runtime/connectors/sse_source.h"

#include <strings.h>

#include <algorithm>
#include <cstring>

#include "runtime/base/clock.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int64_t kFirstPauseUs = 1'000'000;
constexpr int64_t kFirstPauseBeforeAnswerUs = 100'000;
constexpr int64_t kLongestPauseUs = 60'000'000;
/// Lines that wait to be taken; beyond, the server has to wait.
constexpr size_t kReadyBytesMax = size_t{4} << 20;
constexpr size_t kShownBodyBytes = 200;
constexpr std::string_view kEventStream = "text/event-stream";

/// The address without user name and password, for messages.
std::string without_password(const std::string& url) {
  size_t host = url.find("://");
  if (host == std::string::npos) return url;
  size_t end = url.find_first_of("/?#", host + 3);
  size_t at = url.substr(0, end).rfind('@');
  return at == std::string::npos || at < host ? url : url.substr(0, host + 3) + url.substr(at + 1);
}

/// Whether a server that answers so may answer otherwise later.
bool is_passing(int64_t status_code) { return status_code >= 500 || status_code == 429 || status_code == 408; }

}  // namespace

SseSource::SseSource(SseOptions options, const ConnectorContext& context)
    : options_(std::move(options)),
      shown_url_(without_password(options_.url)),
      context_(context),
      parser_(options_.event, static_cast<size_t>(options_.max_line)),
      http_([this](std::string_view bytes) { return take(bytes); }),
      pause_us_(kFirstPauseBeforeAnswerUs) {
  parser_.set_last_event_id(options_.last_event_id);
}

Status SseSource::open() {
  Status opened = http_.open();
  if (!opened.ok()) return opened;
  connect();
  int64_t deadline = steady_clock_ns() + options_.connect_timeout_us * 1000;
  while (!was_accepted_ && (state_ == State::Connecting || state_ == State::Pausing)) {
    int64_t left_us = std::max<int64_t>((deadline - steady_clock_ns()) / 1000, 0);
    if (left_us > 0 && !context_.stopping()) {
      wait_readable(context_, http_.descriptor(), left_us);
      advance();
      continue;
    }
    // Others are silent even of headers.
    if (state_ == State::Connecting && why_.empty()) return {};
    return Status::error("cannot read " + shown_url_ + ": " + why_);
  }
  return state_ == State::Failed ? Status::error(why_) : Status{};
}

std::optional<std::string> SseSource::position() const {
  if (parser_.last_event_id().empty()) return std::nullopt;
  return PlaceText().add(parser_.last_event_id()).add(ready_.rest()).take();
}

Status SseSource::resume(std::string_view position) {
  PlaceReader place(position);
  parser_.set_last_event_id(place.text());
  ready_.text() = place.text();
  return place.ok() ? open() : place.status();
}

void SseSource::connect() {
  state_ = State::Connecting;
  accepted_ = false;
  refused_body_.clear();
  parser_.restart();
  HttpRequest request{.url = options_.url,
                      .headers = {"Accept: text/event-stream", "Cache-Control: no-cache"},
                      .user_agent = options_.user_agent,
                      .ca_file = options_.ca_file,
                      .connect_timeout_us = options_.connect_timeout_us,
                      .peer_timeout_us = options_.peer_timeout_us};
  if (!parser_.last_event_id().empty()) request.headers.push_back("Last-Event-ID: " + parser_.last_event_id());
  http_.start(request);
}

bool SseSource::is_event_stream() const {
  std::string type = http_.content_type();
  return http_.status_code() == 200 && (type.empty() || ::strncasecmp(type.c_str(), kEventStream.data(), kEventStream.size()) == 0);
}

bool SseSource::take(std::string_view bytes) {
  if (ready_.size() > kReadyBytesMax) return false;
  if (!accepted_ && is_event_stream()) accept();
  if (accepted_) {
    parser_.feed(bytes, &ready_.text());
  } else {
    refused_body_ += bytes.substr(0, kShownBodyBytes - std::min(refused_body_.size(), kShownBodyBytes));
  }
  return true;
}

void SseSource::accept() {
  accepted_ = true;
  was_accepted_ = true;
  if (has_told_ && context_.notice) context_.notice(shown_url_ + ": connected again");
  has_told_ = false;
  pause_us_ = kFirstPauseUs;
  why_.clear();
}

/// What can be done now, without waiting.
void SseSource::advance() {
  if (state_ == State::Pausing && steady_clock_ns() >= next_attempt_ns_) connect();
  http_.advance();
  if (state_ != State::Connecting) return;
  if (!http_.running()) return judge_end();
  // Some servers send nothing more until there is an event.
  if (!accepted_ && !http_.content_type().empty() && is_event_stream()) accept();
}

/// The request has ended: what now?
void SseSource::judge_end() {
  bool broke = !http_.failure().empty();
  int64_t code = http_.status_code();
  if (broke && http_.failed_for_good(was_accepted_)) return fail("cannot read " + shown_url_ + ": " + http_.failure());
  if (broke) return connect_later(http_.failure());
  if (code == 204) {
    state_ = State::Ended;
    return;
  }
  if (is_event_stream()) return connect_later("the connection was closed");
  if (is_passing(code)) return connect_later("the server answered " + std::to_string(code));
  fail(refusal());
}

/// What to say of an answer that is no event stream.
std::string SseSource::refusal() const {
  int64_t code = http_.status_code();
  if (code == 200) return shown_url_ + " answered with " + http_.content_type() + ", not " + std::string(kEventStream);
  std::string body = refused_body_.substr(0, refused_body_.find_first_of("\r\n"));
  return shown_url_ + " answered " + std::to_string(code) + (body.empty() ? "" : ": " + body);
}

void SseSource::fail(const std::string& why) {
  why_ = why;
  state_ = State::Failed;
}

void SseSource::connect_later(const std::string& why) {
  bool had_answer = accepted_ || is_event_stream();
  if (had_answer && !options_.reconnect) {
    if (http_.failure().empty()) state_ = State::Ended;
    else fail(shown_url_ + ": " + why);
    return;
  }
  why_ = why;
  was_accepted_ = was_accepted_ || had_answer;
  state_ = State::Pausing;
  if (!has_told_ && context_.notice) context_.notice(shown_url_ + ": " + why + "; connecting again");
  has_told_ = true;
  int64_t pause_us = std::max(pause_us_, http_.retry_after_us());
  if (parser_.retry_ms()) pause_us = had_answer ? *parser_.retry_ms() * 1000 : std::max(pause_us, *parser_.retry_ms() * 1000);
  pause_us = std::min(pause_us, kLongestPauseUs);
  pause_us_ = std::min(pause_us_ * 2, kLongestPauseUs);
  next_attempt_ns_ = steady_clock_ns() + pause_us * 1000;
  http_.wake_after(pause_us);
}

ReadResult SseSource::read(std::span<char> buffer, int64_t timeout_us) {
  int64_t deadline = timeout_us < 0 ? INT64_MAX : steady_clock_ns() + timeout_us * 1000;
  for (;;) {
    if (!ready_.empty()) return ready_.hand_out(buffer);
    if (state_ == State::Ended) return ReadResult::end();
    if (state_ == State::Failed) return ReadResult::failed(Status::error(why_));
    http_.resume();
    advance();
    if (!ready_.empty() || state_ == State::Ended || state_ == State::Failed) continue;
    int64_t left_us = timeout_us < 0 ? -1 : std::max<int64_t>((deadline - steady_clock_ns()) / 1000, 0);
    if (left_us == 0 || !wait_readable(context_, http_.descriptor(), left_us)) return ReadResult::nothing();
  }
}

}  // namespace millrace
