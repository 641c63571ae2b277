#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/abi/calls/formatting.h"
#include "runtime/abi/calls/state.h"
#include "runtime/hot/utf8.h"

namespace millrace::abi {

namespace {

StringRef ref(std::string_view s) { return {s.data(), static_cast<int64_t>(s.size())}; }

void keep(PipelineContext* ctx, const std::string& text, StringRef* out) {
  char* kept = mr_scratch(ctx, static_cast<int64_t>(text.size()));
  std::copy(text.begin(), text.end(), kept);
  *out = {kept, static_cast<int64_t>(text.size())};
}

struct Url {
  std::string_view protocol, authority, path;
  std::optional<std::string_view> query, ref;
};

/// scheme:[//authority]path[?query][#ref]; nullopt when there is no scheme or a blank in it, which Java refuses.
std::optional<Url> take_apart(std::string_view text) {
  if (text.find_first_of(" \t\r\n\"<>\\^`{|}") != std::string_view::npos) return std::nullopt;
  Url url;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    url.ref = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
    url.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.substr(0, colon).find('/') == std::string_view::npos) {
    url.protocol = text.substr(0, colon);
    text = text.substr(colon + 1);
  }
  if (text.starts_with("//")) {
    const size_t slash = std::min(text.find('/', 2), text.size());
    url.authority = text.substr(2, slash - 2);
    text = text.substr(slash);
  }
  url.path = text;
  return url;
}

std::optional<std::string_view> user_of(std::string_view authority) {
  const size_t at = authority.rfind('@');
  return at == std::string_view::npos ? std::nullopt : std::optional(authority.substr(0, at));
}

std::optional<std::string_view> host_of(std::string_view authority) {
  const size_t at = authority.rfind('@');
  std::string_view host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) host = host.substr(0, colon);
  return host.empty() ? std::nullopt : std::optional(host);
}

std::optional<std::string_view> non_empty(std::string_view s) { return s.empty() ? std::nullopt : std::optional(s); }

struct MaskSet {
  const StringRef *upper, *lower, *digit, *other;
};

void mask(PipelineContext* ctx, const StringRef& s, const MaskSet& with, StringRef* out) {
  std::string text;
  const char* const end = s.data + s.size;
  for (const char* at = s.data; at < end;) {
    const char* const from = at;
    const uint32_t c = decode_utf8(&at, end);
    const StringRef* by = c >= 'A' && c <= 'Z' ? with.upper : c >= 'a' && c <= 'z' ? with.lower : c >= '0' && c <= '9' ? with.digit : with.other;
    if (by != nullptr && by->data != nullptr && by->size > 0) text += view(*by);
    else text.append(from, at);
  }
  keep(ctx, text, out);
}

constexpr StringRef kUpper{"X", 1}, kLower{"x", 1}, kDigit{"n", 1};

}  // namespace

extern "C" {

void mr_substring_index(const StringRef* s, const StringRef* delimiter, int64_t count, StringRef* out) noexcept {
  const std::string_view text = view(*s), mark = view(*delimiter);
  *out = {"", 0};
  if (count == 0 || mark.empty()) return;
  *out = *s;
  if (count > 0) {
    size_t at = text.find(mark);
    while (at != std::string_view::npos && --count > 0) at = text.find(mark, at + 1);
    if (at != std::string_view::npos) *out = ref(text.substr(0, at));
    return;
  }
  size_t at = text.rfind(mark);
  while (at != std::string_view::npos && ++count < 0) at = at == 0 ? std::string_view::npos : text.rfind(mark, at - 1);
  if (at != std::string_view::npos) *out = ref(text.substr(at + mark.size()));
}

void mr_mask(PipelineContext* ctx, const StringRef* s, const StringRef* upper, const StringRef* lower, const StringRef* digit, const StringRef* other,
             StringRef* out) noexcept {
  mask(ctx, *s, {upper, lower, digit, other}, out);
}
void mr_mask_letters(PipelineContext* ctx, const StringRef* s, const StringRef* upper, const StringRef* lower, const StringRef* digit, StringRef* out) noexcept {
  mask(ctx, *s, {upper, lower, digit, nullptr}, out);
}
void mr_mask_plain(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept { mask(ctx, *s, {&kUpper, &kLower, &kDigit, nullptr}, out); }

void mr_quote(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  std::string text = "'";
  for (const char c : view(*s)) text += c == '\'' ? std::string("\\'") : std::string(1, c);
  keep(ctx, text + "'", out);
}

bool mr_parse_url(PipelineContext* ctx, const StringRef* text, const StringRef* part, StringRef* out) noexcept {
  const auto url = take_apart(view(*text));
  if (!url) return false;
  const std::string_view name = view(*part);
  std::optional<std::string_view> found;
  if (name == "HOST") found = host_of(url->authority);
  if (name == "PATH") found = url->path;
  if (name == "QUERY") found = url->query;
  if (name == "REF") found = url->ref;
  if (name == "PROTOCOL") found = non_empty(url->protocol);
  if (name == "AUTHORITY") found = non_empty(url->authority);
  if (name == "USERINFO") found = user_of(url->authority);
  if (name == "FILE") {
    keep(ctx, std::string(url->path) + (url->query ? "?" + std::string(*url->query) : ""), out);
    return true;
  }
  if (found) *out = ref(*found);
  return found.has_value();
}

bool mr_parse_url_key(PipelineContext*, const StringRef* text, const StringRef* part, const StringRef* key, StringRef* out) noexcept {
  const auto url = take_apart(view(*text));
  if (!url || view(*part) != "QUERY" || !url->query) return false;
  std::string_view rest = *url->query;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const size_t equal = pair.find('=');
    if (equal != std::string_view::npos && pair.substr(0, equal) == view(*key)) {
      *out = ref(pair.substr(equal + 1));
      return true;
    }
    rest = end < rest.size() ? rest.substr(end + 1) : std::string_view();
  }
  return false;
}

}  // extern "C"

}  // namespace millrace::abi
