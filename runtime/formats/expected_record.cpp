#include "runtime/formats/expected_record.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/plain_values.h"

namespace millrace {
namespace {

constexpr int kStrangeToRelearn = 8;
/// So many misfits in a row are no accident.
constexpr int kRunToLook = 4;
/// A width that changes so often within so many rows belongs into the tail. (A counter gets a digit more now and then.)
constexpr int kChangesToVary = 4;
constexpr int64_t kRowsToForgetChanges = 4096;
/// Over so many rows, more misfits than one in three are too many: rows that are as expected then pay more for marks than the others gain by them.
constexpr int64_t kRowsToJudge = 1024;
constexpr int64_t kRowsAMisfit = 3;
constexpr uint32_t kBlock = 64;
constexpr uint32_t kDigitsMax = 19;

/// In the prefix the first of nineteen digits is expected to be at most 8, so that they fit.
uint32_t digits_in_prefix(abi::FieldType type) { return type == abi::FieldType::BigInt ? kDigitsMax : digits_that_fit(type); }

size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

RecordExpectation::RecordExpectation(const abi::ScanSpec& spec, const std::vector<WantedKey>& keys)
    : fields_(spec.fields), keys_(keys), placed_(round_up(spec.fields.size(), ExpectedRecord::kFieldsAtOnce)) {
  for (const WantedKey& key : keys_) quoted_keys_.push_back('"' + key.text + "\":");
}

/// The values of the record, in order; false when one is not plain.
bool RecordExpectation::tokenize(std::string_view record, std::span<const uint32_t> colons) {
  found_.clear();
  for (const uint32_t colon : colons) {
    Token token;
    token.begin = colon + 1;
    if (token.begin < record.size() && record[token.begin] == ' ') ++token.begin;
    if (token.begin >= record.size() || colon == 0 || record[colon - 1] != '"') return false;
    if (record[token.begin] == '"') {
      const size_t close = record.find('"', token.begin + 1);
      if (close == std::string_view::npos) return false;
      token.end = static_cast<uint32_t>(close) + 1;
      token.kind = Kind::String;
    } else {
      const size_t end = record.find_first_of(",} \"", token.begin);  // a quote is a key's behind a value that is none: what follows would overlap
      if (end == std::string_view::npos || end == token.begin) return false;
      token.end = static_cast<uint32_t>(end);
      const bool digits = std::all_of(record.begin() + token.begin, record.begin() + token.end, is_digit);
      const bool plain = digits && token.size() <= kDigitsMax && (record[token.begin] != '0' || token.size() == 1);
      const bool is_null = record.substr(token.begin, token.size()) == "null";
      token.kind = plain ? Kind::Integer : is_null ? Kind::Null : Kind::Other;
    }
    if (token.end >= record.size() || (record[token.end] != ',' && record[token.end] != '}')) return false;
    for (size_t f = 0; f < keys_.size(); ++f) {
      if (keys_[f].matches(record.data() + colon - 1)) token.field = static_cast<int32_t>(f);
    }
    found_.push_back(token);
  }
  // Every wanted field once: what is missing or twice is for the general parser.
  for (size_t f = 0; f < keys_.size(); ++f) {
    const auto is_it = [f](const Token& token) { return token.field == static_cast<int32_t>(f); };
    if (std::count_if(found_.begin(), found_.end(), is_it) != 1) return false;
  }
  return true;
}

/// Odd records that come now and then teach nothing after the first ones; to take them apart costs more than to read them.
bool RecordExpectation::should_look() {
  constexpr int kLooksAtOnce = 16;
  constexpr int kLookAgain = 64;
  return ++fruitless_looks_ <= kLooksAtOnce || fruitless_looks_ % kLookAgain == 0;
}

/// The same fields in the same order, of values of the same kinds, and between them the same keys and blanks.
bool RecordExpectation::same_shape(std::string_view record) const {
  if (found_.size() != tokens_.size()) return false;
  uint32_t found_end = 0;
  uint32_t end = 0;
  for (size_t i = 0; i < found_.size(); ++i) {
    const Token& found = found_[i];
    const Token& token = tokens_[i];
    if (found.kind != token.kind || found.field != token.field) return false;
    const auto between = std::string_view(record_).substr(end, token.begin - end);
    if (record.substr(found_end, found.begin - found_end) != between) return false;
    found_end = found.end;
    end = token.end;
  }
  return true;
}

/// The first token whose width is another one, or whose bytes are not in their ranges.
size_t RecordExpectation::first_change(std::string_view record) const {
  for (size_t i = 0; i < found_.size(); ++i) {
    if (varies_[i]) return found_.size();
    if (found_[i].size() != tokens_[i].size()) return i;
    for (uint32_t at = found_[i].begin; at < std::min<uint32_t>(found_[i].end, static_cast<uint32_t>(low_.size())); ++at) {
      if (static_cast<uint8_t>(static_cast<uint8_t>(record[at]) - low_[at]) > span_[at]) return i;
    }
  }
  return found_.size();
}

void RecordExpectation::note_change(size_t token) {
  if (++changes_[token] >= kChangesToVary) varies_[token] = true;
}

RecordExpectation::Lesson RecordExpectation::learn_from(std::string_view record, std::span<const uint32_t> colons, int64_t row) {
  ++misfits_;
  const bool consecutive = row == 0 || row == last_row_ + 1;
  last_row_ = row;
  run_ = consecutive ? run_ + 1 : 1;
  if (run_ < kRunToLook && !should_look()) return Lesson::None;
  if (!tokenize(record, colons)) return Lesson::None;
  // Where nothing that is known has changed, keys or separators have.
  const size_t change = same_shape(record) ? first_change(record) : found_.size();
  if (change < found_.size()) {
    note_change(change);
  } else {
    strange_ = consecutive ? strange_ + 1 : 1;
    if (!tokens_.empty() && strange_ < kStrangeToRelearn) return Lesson::Strange;
    varies_.assign(found_.size(), false);
    changes_.assign(found_.size(), 0);
  }
  strange_ = 0;
  fruitless_looks_ = 0;
  rebuild(record);
  return Lesson::Learned;
}

/// Whether a value may stand in the prefix: its width is fixed so far as one knows.
bool RecordExpectation::fits_prefix(const Token& token) const {
  return token.kind != Kind::Other && token.end + kBlock <= ExpectedRecord::kPrefixMax;
}

void RecordExpectation::expect_literal(std::string_view record, uint32_t from, uint32_t to) {
  for (uint32_t at = from; at < to; ++at) {
    low_[at] = static_cast<uint8_t>(record[at]);
    span_[at] = 0;
  }
}

void RecordExpectation::expect_value(std::string_view record, const Token& token) {
  if (token.kind == Kind::String) {
    for (uint32_t at = token.begin + 1; at + 1 < token.end; ++at) {
      const bool before_quote = record[at] == ' ' || record[at] == '!';  // the two that stand before the quote, or those behind it
      low_[at] = before_quote ? ' ' : '"' + 1;
      span_[at] = before_quote ? 1 : 0x7f - ('"' + 1);
    }
    expect_literal(record, token.begin, token.begin + 1);
    expect_literal(record, token.end - 1, token.end);
    return;
  }
  if (token.kind == Kind::Null) return expect_literal(record, token.begin, token.end);
  for (uint32_t at = token.begin; at < token.end; ++at) {
    low_[at] = '0';
    span_[at] = 9;
  }
  if (token.size() == 1) return;
  low_[token.begin] = '1';
  span_[token.begin] = token.size() == kDigitsMax ? 7 : 8;
}

/// Where the value of a token in the prefix is, and whether its bytes alone make it a value of its field's type.
abi::JsonField RecordExpectation::place_of(const Token& token) const {
  const abi::FieldType type = fields_[static_cast<size_t>(token.field)].type;
  const bool is_text = token.kind == Kind::String && type == abi::FieldType::String;
  const bool is_number = token.kind == Kind::Integer && token.size() <= digits_in_prefix(type);
  return {token.begin, is_text || is_number ? token.size() : 0};
}

/// Fields whose keys or values lie behind the first value of unknown width.
void RecordExpectation::expect_tail(size_t first) {
  const Token& begin = found_[first];
  expected_.has_tail = true;
  expected_.tail_begin = begin.begin;
  expected_.first_is_late = begin.field < 0 || fields_[static_cast<size_t>(begin.field)].late;
  expected_.first.value_quotes = value_quotes(begin);
  if (begin.field >= 0) {
    placed_[static_cast<size_t>(begin.field)] = {begin.begin, 0};
    expected_.first = tail_field(first, 0);
    expected_.tail_known = expected_.first.known_bit;
    expected_.early_known = expected_.first_is_late ? 0 : expected_.first.known_bit;
  }
  uint32_t skip = 0;
  for (size_t i = first + 1; i < found_.size(); ++i) {
    const Token& token = found_[i];
    if (token.field < 0) {
      skip += 2 + value_quotes(token);
      continue;
    }
    placed_[static_cast<size_t>(token.field)] = {};
    tail_.push_back(tail_field(i, skip));
    skip = 0;
    expected_.tail_known |= tail_.back().known_bit;
    if (fields_[static_cast<size_t>(token.field)].late) continue;
    expected_.tail_early = static_cast<uint32_t>(tail_.size());
    expected_.early_known = expected_.tail_known;
  }
}

ExpectedRecord::Plain RecordExpectation::plain_spelling(const Token& token) const {
  const abi::FieldType type = fields_[static_cast<size_t>(token.field)].type;
  if (token.kind == Kind::String) return type == abi::FieldType::String ? ExpectedRecord::Plain::Text : ExpectedRecord::Plain::Unknown;
  if (digits_that_fit(type) > 0) return ExpectedRecord::Plain::Integer;
  if (type != abi::FieldType::Double) return ExpectedRecord::Plain::Unknown;
  const size_t digit = token.begin + (record_[token.begin] == '-');
  return record_[digit + 1] == '.' ? ExpectedRecord::Plain::Fraction : ExpectedRecord::Plain::Number;
}

uint64_t RecordExpectation::known_bit(const Token& token) const {
  return token.field < static_cast<int32_t>(abi::kKnownFieldsMax) ? uint64_t{1} << token.field : 0;
}

ExpectedRecord::TailField RecordExpectation::tail_field(size_t token, uint32_t skip_before) const {
  const Token& value = found_[token];
  const auto field = static_cast<uint32_t>(value.field);
  const std::string& quoted = quoted_keys_[field];
  const uint32_t between = token > 0 ? found_[token - 1].end : value.begin;
  const ExpectedRecord::Plain plain = plain_spelling(value);
  const uint64_t bit = plain != ExpectedRecord::Plain::Unknown ? known_bit(value) : 0;
  ExpectedRecord::TailField expected{field, plain, digits_that_fit(fields_[field].type), bit, skip_before,
                                     value_quotes(value), static_cast<uint32_t>(quoted.size() - 3), quoted.data(),
                                     value.begin - between, record_.data() + between, 0, 0};
  const size_t head = std::min<size_t>(expected.between_size, sizeof expected.head);
  std::memcpy(&expected.head, expected.between, head);
  std::memset(&expected.head_mask, 0xff, head);
  return expected;
}

void RecordExpectation::rebuild(std::string_view record) {
  tokens_ = found_;
  record_ = record;
  tail_.clear();
  expected_ = ExpectedRecord{};
  low_.assign(ExpectedRecord::kPrefixMax, 0);
  span_.assign(ExpectedRecord::kPrefixMax, 0xff);
  size_t wanted = 0;  // tokens up to the last wanted one
  for (size_t i = 0; i < found_.size(); ++i) {
    if (found_[i].field >= 0) wanted = i + 1;
  }
  uint32_t at = 0;
  size_t i = 0;
  for (; i < wanted && fits_prefix(found_[i]) && !varies_[i]; ++i) {
    expect_literal(record, at, found_[i].begin);
    expect_value(record, found_[i]);
    at = found_[i].end;
    if (found_[i].field < 0) continue;
    const abi::JsonField place = place_of(found_[i]);
    placed_[static_cast<size_t>(found_[i].field)] = place;
    if (place.size > 0) expected_.prefix_known |= known_bit(found_[i]);
  }
  if (i < wanted) {
    const uint32_t to = found_[i].begin + (found_[i].kind == Kind::String ? 1 : 0);
    if (to + kBlock > ExpectedRecord::kPrefixMax) return;
    expect_literal(record, at, to);
    at = to;
    expect_tail(i);
  } else {
    expect_literal(record, at, at + 1);  // what ends the last value
    ++at;
  }
  expected_.low = low_.data();
  expected_.span = span_.data();
  expected_.block_count = (at + kBlock - 1) / kBlock;
  expected_.field_count = static_cast<uint32_t>(fields_.size());
  expected_.fields = placed_.data();
  expected_.tail = tail_.data();
  expected_.tail_count = static_cast<uint32_t>(tail_.size());
  leave_late_fields(leaves_late_);
}

void RecordExpectation::leave_late_fields(bool leave) {
  leaves_late_ = leave;
  const bool first_is_pending = expected_.first_is_late && expected_.first.between != nullptr;  // not: nobody wants it
  const bool has_late = expected_.tail_early < expected_.tail_count || (expected_.has_tail && first_is_pending);
  expected_.leaves_late = leave && has_late;
}

bool RecordExpectation::note_rows(int64_t compared) {
  since_changes_ += compared;
  if (since_changes_ >= kRowsToForgetChanges) {
    since_changes_ = 0;
    std::fill(changes_.begin(), changes_.end(), uint8_t{0});
  }
  const bool judges = compared_ >= kRowsToJudge;
  const bool too_many = judges && misfits_ > compared_ / kRowsAMisfit;
  if (judges) compared_ = misfits_ = 0;
  compared_ += compared;
  return too_many;
}

}  // namespace millrace
