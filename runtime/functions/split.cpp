#include <vector>

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/calls/nested.h"
#include "runtime/functions/regex_cache.h"
#include "runtime/hot/utf8.h"

namespace millrace::abi {

namespace {

/// The pieces of one string as elements of a run; as many as `limit` says at most, the last with all that is left (0 or less: no limit).
class Pieces {
 public:
  Pieces(const StringRef& s, int64_t limit, std::vector<NestedItem>& items) : s_(s), limit_(limit), items_(items) { items_.clear(); }

  /// Every character by itself.
  void characters() {
    const char* const end = s_.data + s_.size;
    const char* at = s_.data;
    while (at < end && !is_last()) {
      const char* next = utf8_advance(at, end, 1);
      add(at, next);
      at = next;
    }
    if (at < end || items_.empty()) add(at, end);
  }

  /// As Java's String.split: a match without width at the beginning makes no empty piece, and after any match without width the search goes on one
  /// character later.
  void between_matches(const RE2& regex) {
    const auto size = static_cast<size_t>(s_.size);
    const re2::StringPiece text(s_.data, size);
    size_t begin = 0;   // of the piece in hand
    size_t search = 0;
    re2::StringPiece match;
    while (!is_last() && search <= size && regex.Match(text, search, size, RE2::UNANCHORED, &match, 1)) {
      const auto from = static_cast<size_t>(match.data() - s_.data);
      const size_t to = from + match.size();
      const bool nothing_at_begin = begin == 0 && from == 0 && match.empty();
      if (!nothing_at_begin) {
        add(s_.data + begin, s_.data + from);
        begin = to;
      }
      search = match.empty() ? after_character(to) : to;
    }
    add(s_.data + begin, s_.data + size);
  }

 private:
  bool is_last() const { return limit_ > 0 && static_cast<int64_t>(items_.size()) == limit_ - 1; }
  void add(const char* from, const char* to) { items_.push_back({NestedItem::Kind::Bytes, to - from, from}); }
  size_t after_character(size_t at) const {
    return at >= static_cast<size_t>(s_.size) ? at + 1 : at + static_cast<size_t>(utf8_width(s_.data[at]));
  }

  const StringRef& s_;
  int64_t limit_;
  std::vector<NestedItem>& items_;
};

}  // namespace

extern "C" {

bool mr_split_limited(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, int64_t limit, StringRef* out) noexcept {
  thread_local std::vector<NestedItem> items;  // reused from call to call
  Pieces pieces(*s, limit, items);
  if (pattern->size == 0) {
    pieces.characters();
  } else {
    const RE2* regex = compiled_regex(*pattern);
    if (regex == nullptr) return false;
    pieces.between_matches(*regex);
  }
  return mr_nested_make(ctx, items.data(), static_cast<int64_t>(items.size()), out);
}

bool mr_split(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, StringRef* out) noexcept {
  return mr_split_limited(ctx, s, pattern, 0, out);
}

}  // extern "C"

}  // namespace millrace::abi
