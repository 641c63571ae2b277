#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/functions/nested_builder.h"
#include "runtime/abi/calls/encodings.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/regex_cache.h"
#include "runtime/functions/trimmed_text.h"
#include "runtime/hot/utf8.h"

namespace millrace::abi {

namespace {

re2::StringPiece piece(const StringRef& s) { return {s.data, static_cast<size_t>(s.size)}; }

/// Appends a replacement: `$1` is a group, `\` takes the meaning from the next character. False for a group that is not there.
bool append_replacement(std::string& out, std::string_view with, const std::vector<re2::StringPiece>& groups) {
  for (size_t i = 0; i < with.size(); ++i) {
    if (with[i] == '\\' && i + 1 < with.size()) {
      out += with[++i];
    } else if (with[i] == '$') {
      if (i + 1 >= with.size() || !is_ascii_digit(with[i + 1])) return false;
      size_t group = static_cast<size_t>(with[++i] - '0');
      if (group >= groups.size()) return false;
      // As in Java, further digits belong to the number as long as there is such a group.
      while (i + 1 < with.size() && is_ascii_digit(with[i + 1])) {
        const size_t longer = group * 10 + static_cast<size_t>(with[i + 1] - '0');
        if (longer >= groups.size()) break;
        group = longer;
        ++i;
      }
      out.append(groups[group].data() == nullptr ? "" : groups[group].data(), groups[group].size());
    } else {
      out += with[i];
    }
  }
  return true;
}

/// Calls `found` with the groups of each match from byte `from` on, until it returns false. After an empty match one character is passed over.
template <class Found>
void for_each_match(const RE2& regex, const StringRef& s, int64_t from, Found found) {
  std::vector<re2::StringPiece> groups(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1);
  const auto size = static_cast<size_t>(s.size);
  auto at = static_cast<size_t>(from);
  while (at <= size && regex.Match(piece(s), at, size, RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
    if (!found(groups)) return;
    const auto end = static_cast<size_t>(groups[0].data() - s.data) + groups[0].size();
    at = groups[0].empty() ? end + (end < size ? static_cast<size_t>(utf8_width(s.data[end])) : 1) : end;
  }
}

StringRef to_ref(const re2::StringPiece& match) {
  if (match.data() == nullptr) return {"", 0};
  return {match.data(), static_cast<int64_t>(match.size())};
}

/// The groups of the first match; an empty vector without one.
std::vector<re2::StringPiece> first_match(const RE2& regex, const StringRef& s) {
  std::vector<re2::StringPiece> first;
  for_each_match(regex, s, 0, [&](const std::vector<re2::StringPiece>& groups) {
    first = groups;
    return false;
  });
  return first;
}

RE2::Options regex_options() {
  constexpr int64_t kProgramBytesMax = 8 << 20;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kProgramBytesMax);
  return options;
}

}  // namespace

std::string why_no_regex(std::string_view pattern) {
  const RE2 regex(re2::StringPiece(pattern.data(), pattern.size()), regex_options());
  return regex.ok() ? "" : regex.error();
}

const RE2* compiled_regex(const StringRef& pattern) {
  constexpr size_t kPatternsMax = 256;  // patterns that come from data must not fill the memory
  thread_local std::map<std::string, std::unique_ptr<RE2>, std::less<>> cache;
  // Patterns are nearly always constants, so the one used last is looked at first.
  thread_local const std::pair<const std::string, std::unique_ptr<RE2>>* last = nullptr;
  if (last == nullptr || last->first != view(pattern)) {
    auto found = cache.find(view(pattern));
    if (found == cache.end()) {
      if (cache.size() >= kPatternsMax) cache.clear();
      found = cache.emplace(std::string(view(pattern)), std::make_unique<RE2>(piece(pattern), regex_options())).first;
    }
    last = &*found;
  }
  return last->second->ok() ? last->second.get() : nullptr;
}

extern "C" {

bool mr_regexp_like(const StringRef* s, const StringRef* pattern, bool* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr) return false;
  *out = RE2::PartialMatch(piece(*s), *regex);
  return true;
}

bool mr_regexp_replace_from(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, const StringRef* with,
                            int64_t position, StringRef* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr || position < 1) return false;
  const int64_t begin = utf8_advance(s->data, s->data + s->size, position - 1) - s->data;
  thread_local std::string result;  // reused from call to call
  result.clear();
  const char* copied = s->data;
  bool valid = true;
  for_each_match(*regex, *s, begin, [&](const std::vector<re2::StringPiece>& groups) {
    result.append(copied, groups[0].data());
    copied = groups[0].data() + groups[0].size();
    valid = append_replacement(result, view(*with), groups);
    return valid;
  });
  if (!valid) return false;
  result.append(copied, s->data + s->size);
  char* text = mr_scratch(ctx, static_cast<int64_t>(result.size()));
  std::memcpy(text, result.data(), result.size());
  *out = {text, static_cast<int64_t>(result.size())};
  return true;
}

bool mr_regexp_replace(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, const StringRef* with,
                       StringRef* out) noexcept {
  return mr_regexp_replace_from(ctx, s, pattern, with, 1, out);
}

bool mr_regexp_extract(const StringRef* s, const StringRef* pattern, int64_t group, StringRef* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr || group < 0 || group > regex->NumberOfCapturingGroups()) return false;
  const std::vector<re2::StringPiece> groups = first_match(*regex, *s);
  *out = groups.empty() ? StringRef{"", 0} : to_ref(groups[static_cast<size_t>(group)]);
  return true;
}

bool mr_regexp_extract_first(const StringRef* s, const StringRef* pattern, StringRef* out) noexcept {
  return mr_regexp_extract(s, pattern, 1, out);
}

bool mr_regexp_extract_all(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, int64_t group, StringRef* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr || group < 0 || group > regex->NumberOfCapturingGroups()) return false;
  NestedBuilder found(ctx);
  for_each_match(*regex, *s, 0, [&](const std::vector<re2::StringPiece>& groups) {
    found.add_bytes(to_ref(groups[static_cast<size_t>(group)]));
    return true;
  });
  return found.finish(out);
}

bool mr_regexp_extract_all_first(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, StringRef* out) noexcept {
  return mr_regexp_extract_all(ctx, s, pattern, 1, out);
}

bool mr_regexp_count(const StringRef* s, const StringRef* pattern, int64_t* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr) return false;
  *out = 0;
  for_each_match(*regex, *s, 0, [&](const std::vector<re2::StringPiece>&) { return ++*out > 0; });
  return true;
}

bool mr_regexp_substr(const StringRef* s, const StringRef* pattern, StringRef* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr) return false;
  const std::vector<re2::StringPiece> groups = first_match(*regex, *s);
  if (groups.empty() || groups[0].empty()) return false;
  *out = to_ref(groups[0]);
  return true;
}

bool mr_regexp_instr(const StringRef* s, const StringRef* pattern, int64_t* out) noexcept {
  const RE2* regex = compiled_regex(*pattern);
  if (regex == nullptr) return false;
  const std::vector<re2::StringPiece> groups = first_match(*regex, *s);
  *out = groups.empty() ? 0 : utf8_length(s->data, groups[0].data() - s->data) + 1;
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
