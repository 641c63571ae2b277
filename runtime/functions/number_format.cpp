#include "runtime/functions/number_format.h"

#include <algorithm>
#include <cstring>

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/calls/decimal.h"
#include "runtime/abi/calls/number_format.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/elements.h"
#include "runtime/functions/trimmed_text.h"

namespace millrace {

namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Behind the text, but in front of the blanks at its end.
void add_before_blanks(std::string* out, char c) {
  const size_t end = out->find_last_not_of(' ');
  out->insert(end == std::string::npos ? 0 : end + 1, 1, c);
}

/// A blank, in front of the signs at the text's end: a sign stays with its digits.
void add_blank_before_signs(std::string* out) {
  const size_t end = out->find_last_not_of("+-<");
  out->insert(end == std::string::npos ? 0 : end + 1, 1, ' ');
}

/// A point without digits behind it becomes a blank.
void drop_lone_point(std::string* out) {
  const size_t point = out->find('.');
  if (point != std::string::npos && (point + 1 == out->size() || (*out)[point + 1] == ' ')) (*out)[point] = ' ';
}

/// The digits of groups that end at the end of the text or at a character that is none of theirs; from left to right.
std::vector<int> read_groups(std::string_view* text, std::string* digits) {
  std::vector<int> sizes{0};
  size_t at = 0;
  for (; at < text->size(); ++at) {
    const char c = (*text)[at];
    if (is_ascii_digit(c)) {
      ++sizes.back();
      *digits += c;
    } else if (c == ',') {
      sizes.push_back(0);
    } else if (!is_blank(c)) {
      break;
    }
  }
  text->remove_prefix(at);
  return sizes;
}

bool take(std::string_view* text, char c) {
  if (!text->starts_with(c)) return false;
  text->remove_prefix(1);
  return true;
}

}  // namespace

NumberFormat::NumberFormat(std::string_view text) {
  take_apart(text);
  if (fault_.empty()) check();
}

/// A run of 0 and 9 at `begin`; returns its end.
size_t NumberFormat::take_digits(std::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size() && (text[end] == '0' || text[end] == '9')) ++end;
  const bool behind_point = has_one(Kind::Point);
  const int count = static_cast<int>(std::min<size_t>(end - begin, 1000));
  const bool goes_on = begin > 0 && (text[begin - 1] == ',' || text[begin - 1] == 'G' || text[begin - 1] == 'g');
  if (!goes_on || tokens_.empty() || tokens_.back().kind != Kind::Digits) tokens_.push_back({Kind::Digits, {}});
  tokens_.back().groups.push_back({count, text[begin] == '0' && !behind_point});
  (behind_point ? after_ : before_) += count;
  return end;
}

void NumberFormat::take_apart(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    const std::string_view two = text.substr(i, 2);
    if (c == '0' || c == '9') {
      i = take_digits(text, i);
      continue;
    }
    const bool digit_before = i > 0 && is_ascii_digit(text[i - 1]), digit_behind = i + 1 < text.size() && is_ascii_digit(text[i + 1]);
    if (c == ',' || c == 'G') {
      if (!digit_before || !digit_behind) fault_ = "a comma stands between digits";
      if (has_one(Kind::Point)) fault_ = "commas stand in front of the point";
    } else if (c == '.' || c == 'D') {
      tokens_.push_back({Kind::Point, {}});
    } else if (c == '$') {
      tokens_.push_back({Kind::Dollar, {}});
    } else if (c == 'S') {
      tokens_.push_back({Kind::Sign, {}});
    } else if (two == "MI" || two == "mi") {
      tokens_.push_back({Kind::Minus, {}});
      ++i;
    } else if (two == "PR" || two == "pr") {
      tokens_.insert(tokens_.begin(), {Kind::Open, {}});
      tokens_.push_back({Kind::Close, {}});
      ++i;
    } else {
      fault_ = "'" + std::string(1, text[i]) + "' has no meaning";
    }
    if (!fault_.empty()) return;
    ++i;
  }
}

bool NumberFormat::has_one(Kind kind) const {
  return std::any_of(tokens_.begin(), tokens_.end(), [&](const Token& token) { return token.kind == kind; });
}

/// Each token once, in its place: `[<] [MI|S] [$] digits . digits [$] [MI|S|PR]`.
void NumberFormat::check() {
  if (before_ + after_ == 0) {
    fault_ = "it has no digit";
    return;
  }
  if (before_ + after_ > 38) {
    fault_ = "it has more than 38 digits";
    return;
  }
  const std::vector<Kind> places[] = {{Kind::Open}, {Kind::Minus, Kind::Sign}, {Kind::Dollar}, {Kind::Digits}, {Kind::Point},
                                                     {Kind::Digits}, {Kind::Minus, Kind::Sign, Kind::Close}};
  size_t next = 0;
  for (const std::vector<Kind>& place : places) {
    const bool here = next < tokens_.size() && std::find(place.begin(), place.end(), tokens_[next].kind) != place.end();
    next += here ? 1 : 0;
  }
  if (next < tokens_.size()) fault_ = "its parts stand in another order, or twice";
}

bool NumberFormat::read(std::string_view text, __int128* unscaled) const {
  std::string before, after;
  bool behind_point = false, negative = false, open = false, closed = false;
  for (const Token& token : tokens_) {
    switch (token.kind) {
      case Kind::Open: open = take(&text, '<'); break;
      case Kind::Close:
        closed = open && take(&text, '>');
        negative ^= closed;
        break;
      case Kind::Minus: negative ^= take(&text, '-'); break;
      case Kind::Sign:
        if (!take(&text, '+')) negative ^= take(&text, '-');
        break;
      case Kind::Dollar:
        if (!text.empty() && !take(&text, '$')) return false;
        break;
      case Kind::Point: behind_point = take(&text, '.'); break;
      case Kind::Digits: {
        const std::vector<int> sizes = read_groups(&text, behind_point ? &after : &before);
        if (sizes.size() > token.groups.size()) return false;
        // Groups are compared from the last one on: those in front may be missing where they may be empty.
        for (size_t i = 0; i < token.groups.size(); ++i) {
          const Group& group = token.groups[token.groups.size() - 1 - i];
          const int size = i < sizes.size() ? sizes[sizes.size() - 1 - i] : 0;
          if (group.exact ? size != group.digits : size > group.digits) return false;
        }
      }
    }
  }
  if (!text.empty() || open != closed || (before.empty() && after.empty())) return false;
  after.resize(static_cast<size_t>(after_), '0');
  __int128 value = 0;
  for (const char c : before + after) value = value * 10 + (c - '0');
  *unscaled = negative ? -value : value;
  return true;
}

void NumberFormat::write_digits(const Token& token, bool behind_point, std::string_view* digits, std::string* out) const {
  for (size_t i = 0; i < token.groups.size(); ++i) {
    if (i > 0) {
      if (!out->empty() && is_ascii_digit(out->back())) *out += ',';
      else add_blank_before_signs(out);
    }
    for (int n = 0; n < token.groups[i].digits; ++n, digits->remove_prefix(1)) {
      const char c = digits->front();
      if (c != ' ' || behind_point) *out += c;
      else if (token.groups[i].exact) *out += '0';
      else add_blank_before_signs(out);
    }
  }
}

void NumberFormat::write(__int128 unscaled, int64_t scale, std::string* out) const {
  const abi::Decimal magnitude = abi::decimal_of(unscaled < 0 ? -unscaled : unscaled);
  char text[abi::kDecimalTextMax];
  const std::string number(text, static_cast<size_t>(abi::mr_write_decimal(&magnitude, scale, text)));
  const size_t point = std::min(number.find('.'), number.size());
  std::string before = number.substr(std::min(number.find_first_not_of('0'), point), std::string::npos);
  before.resize(before.size() - (number.size() - point));
  std::string after = point < number.size() ? number.substr(point + 1) : "";
  after.resize(after.find_last_not_of('0') + 1);
  if (before.size() > static_cast<size_t>(before_) || after.size() > static_cast<size_t>(after_)) {
    before.assign(static_cast<size_t>(before_), '#');
    after.assign(static_cast<size_t>(after_), '#');
  }
  before.insert(0, static_cast<size_t>(before_) - before.size(), ' ');
  after.resize(static_cast<size_t>(after_), '0');
  std::string_view rest_before = before, rest_after = after;
  bool behind_point = false;
  const bool negative = unscaled < 0;
  for (const Token& token : tokens_) {
    switch (token.kind) {
      case Kind::Open:
        if (negative) *out += '<';
        break;
      case Kind::Close:
        drop_lone_point(out);
        if (negative) add_before_blanks(out, '>');
        else *out += "  ";
        break;
      case Kind::Minus:
        if (negative) drop_lone_point(out), add_before_blanks(out, '-');
        else *out += ' ';
        break;
      case Kind::Sign:
        drop_lone_point(out);
        add_before_blanks(out, negative ? '-' : '+');
        break;
      case Kind::Dollar: *out += '$'; break;
      case Kind::Point:
        if (!out->empty() && out->back() == ' ') out->back() = '0';
        *out += '.';
        behind_point = true;
        break;
      case Kind::Digits: write_digits(token, behind_point, behind_point ? &rest_after : &rest_before, out);
    }
  }
  drop_lone_point(out);
  if (out->empty() || *out == "+" || *out == "-") *out = "0";
}

const NumberFormat& NumberFormat::cached(std::string_view text) {
  thread_local std::string last_text;
  thread_local NumberFormat last("");
  if (text != last_text) {
    last = NumberFormat(text);
    last_text = text;
  }
  return last;
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

bool mr_number_format_type(const StringRef* format, int64_t* precision, int64_t* scale) noexcept {
  const NumberFormat& parsed = NumberFormat::cached({format->data, static_cast<size_t>(format->size)});
  *precision = parsed.precision();
  *scale = parsed.scale();
  return parsed.fault().empty();
}

void mr_number_format_fault(const StringRef* format, StringRef* out) noexcept {
  const std::string& fault = NumberFormat::cached({format->data, static_cast<size_t>(format->size)}).fault();
  *out = {fault.data(), static_cast<int64_t>(fault.size())};
}

bool mr_to_number(const StringRef* text, const StringRef* format, Decimal* out) noexcept {
  const NumberFormat& parsed = NumberFormat::cached({format->data, static_cast<size_t>(format->size)});
  __int128 unscaled = 0;
  if (!parsed.fault().empty() || !parsed.read({text->data, static_cast<size_t>(text->size)}, &unscaled)) return false;
  *out = decimal_of(unscaled);
  return true;
}

bool mr_number_to_char(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const StringRef format = call.text(1);
  const NumberFormat& parsed = NumberFormat::cached({format.data, static_cast<size_t>(format.size)});
  if (!parsed.fault().empty()) return false;
  Decimal value;
  std::memcpy(&value, call[0].data, sizeof value);
  thread_local std::string text;
  text.clear();
  parsed.write(wide_of(value), scale_of(call.code(0)), &text);
  char* kept = mr_scratch(ctx, static_cast<int64_t>(text.size()));
  std::memcpy(kept, text.data(), text.size());
  *out = {NestedItem::Kind::Bytes, static_cast<int64_t>(text.size()), kept};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
