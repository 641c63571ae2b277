#include "tests/unit/runtime/formats/json_decoding.h"

#include <cstring>
#include <memory>
#include <optional>

#include "runtime/abi/calls/scan.h"
#include "runtime/formats/json_locate.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/line_buffer.h"
#include "runtime/formats/shared_places.h"
#include "runtime/formats/utf8_check.h"
#include "runtime/hot/json.h"
#include "runtime/state/arena.h"

namespace millrace::testing {
namespace {

using abi::FieldType;
using abi::StringRef;

/// Indexes that are used again: what is written to them is new each time, and making one costs more than indexing a short text. One thread.
class SpareIndexes {
 public:
  std::unique_ptr<LineIndex> take() {
    if (spare_.empty()) return std::make_unique<LineIndex>();
    std::unique_ptr<LineIndex> index = std::move(spare_.back());
    spare_.pop_back();
    index->unclean = {};
    return index;
  }
  void give_back(std::unique_ptr<LineIndex> index) { spare_.push_back(std::move(index)); }

 private:
  std::vector<std::unique_ptr<LineIndex>> spare_;
};

SpareIndexes& spare_indexes() {
  static SpareIndexes spare;
  return spare;
}

/// Text with the readable bytes around it that a decoder guarantees, indexed as one block.
class IndexedText {
 public:
  IndexedText(std::string_view text, JsonIndexer indexer, bool force_walk) : index_(spare_indexes().take()) {
    bytes_.reserve(kFrontPadding + text.size() + 1 + kBackPadding);
    bytes_.assign(kFrontPadding, '\0');
    bytes_ += text;
    if (text.empty() || text.back() != '\n') bytes_ += '\n';
    const size_t size = bytes_.size() - kFrontPadding;
    bytes_.append(kBackPadding, '\0');
    index_->reset(size);
    indexer({base(), size, 1 << 20}, index_.get());
    if (force_walk) {
      for (int64_t i = 0; i < index_->row_count; ++i) index_->row_flags()[i] |= abi::kRowNested;
    }
    block_ = {base(), index_->row_begin(), index_->row_end(), index_->row_flags(), index_->marks(), index_->mark_begin(), index_->row_count, 1, nullptr};
  }
  ~IndexedText() { spare_indexes().give_back(std::move(index_)); }
  IndexedText(const IndexedText&) = delete;
  IndexedText& operator=(const IndexedText&) = delete;

  const abi::LineBlock& block() const { return block_; }

 private:
  const char* base() const { return bytes_.data() + kFrontPadding; }

  std::string bytes_;
  std::unique_ptr<LineIndex> index_;
  abi::LineBlock block_;
};

std::string status_text(int32_t status) { return status == abi::kReadNull ? "NULL" : "!"; }

/// What finding fields means, as plainly as it can be written.
class NaiveWalker {
 public:
  NaiveWalker(const abi::ScanSpec& spec, std::string_view record, std::vector<StringRef>* fields)
      : spec_(spec), p_(record.data()), end_(p_ + record.size()), fields_(fields) {}

  bool walk() {
    p_ = skip_json_blanks(p_, end_);
    if (p_ == end_ || *p_ != '{') return false;
    do {
      if (!step()) return false;
    } while (!open_.empty() && p_ < end_);
    return open_.empty() && skip_json_blanks(p_, end_) == end_;
  }

 private:
  bool step() {
    const char c = *p_;
    if (c == '"') return string();
    if (c == ' ' || c == '\t' || c == '\r') return ++p_, true;
    if (c == ':' && open_.size() == 1 && key_) field();
    key_.reset();
    p_ += c == '\\' && p_ + 1 < end_ && (p_[1] == '"' || p_[1] == '\\') ? 2 : 1;
    if (c == '{' || c == '[') open_ += c;
    if (c != '}' && c != ']') return open_.size() <= kJsonDepthMax;
    if (open_.empty() || open_.back() != (c == '}' ? '{' : '[')) return false;
    open_.pop_back();
    return true;
  }

  bool string() {
    const char* begin = ++p_;
    for (; p_ < end_ && *p_ != '"'; ++p_) p_ += *p_ == '\\';
    if (p_ >= end_) return false;
    const std::string_view body(begin, static_cast<size_t>(p_++ - begin));
    key_.emplace(body);
    if (!is_string_body(body) && body.find('\\') != std::string_view::npos) return key_.emplace("no key is like this"), true;
    if (body.find('\\') == std::string_view::npos) return true;
    key_->resize(static_cast<size_t>(decode_json_string(body, key_->data()) - key_->data()));
    return true;
  }

  void field() {
    for (size_t f = 0; f < fields_->size(); ++f) {
      if (spec_.fields[f].name == *key_) (*fields_)[f] = {p_ + 1, 0};
    }
  }

  const abi::ScanSpec& spec_;
  const char* p_;
  const char* end_;
  std::vector<StringRef>* fields_;
  std::string open_;                ///< the brackets that are open
  std::optional<std::string> key_;  ///< the string just passed
};

bool find_naively(const abi::ScanSpec& spec, const abi::LineBlock& block, int64_t row, std::vector<StringRef>* fields) {
  const std::string_view record(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]);
  for (StringRef& field : *fields) field = {};
  if (spec.strict && (!is_utf8(record) || !is_strict_json_object(record))) return false;
  return NaiveWalker(spec, record, fields).walk();
}

class RowReader {
 public:
  explicit RowReader(const abi::ScanSpec& spec) : spec_(spec) { context_.scratch = &arena_; }

  abi::PipelineContext* context() { return &context_; }

  /// A size says that the value is known: it must be what reading it in full would give.
  std::string read_row(const std::vector<StringRef>& fields, const char* end) {
    std::string text;
    for (size_t f = 0; f < fields.size(); ++f) {
      const std::string value = read(spec_.fields[f].type, fields[f].data, end);
      const bool agrees = fields[f].size == 0 || read_known(spec_.fields[f].type, fields[f]) == value;
      text += (agrees ? value : "known value differs") + "|";
    }
    return text;
  }

  /// Bytes that are no UTF-8 make the line an error when they lie in a value that is read.
  static bool values_are_utf8(const std::vector<StringRef>& fields, const char* end) {
    for (const StringRef& field : fields) {
      if (field.data == nullptr) continue;
      const char* rest = end;
      const JsonToken token = scan_json_value(field.data, end, &rest);
      if (token.kind != JsonKind::Malformed && !is_utf8(token.text)) return false;
    }
    return true;
  }

 private:
  std::string read(FieldType type, const char* p, const char* end) {
    switch (type) {
      case FieldType::BigInt: return read_int(p, end);
      case FieldType::Double: return read_double(p, end);
      case FieldType::Boolean: return read_bool(p, end);
      default: return read_string(p, end);
    }
  }

  static std::string read_known(FieldType type, const StringRef& field) {
    if (type == FieldType::Double) return number_text(abi::mr_json_known_double(field.data, field.size));
    if (type == FieldType::BigInt) return std::to_string(abi::mr_json_digits(field.data, field.size));
    return "'" + std::string(field.data + 1, static_cast<size_t>(field.size - 2)) + "'";
  }

  static std::string read_int(const char* p, const char* end) {
    int64_t value = 0;
    const int32_t status = abi::mr_json_read_int(p, end, INT64_MIN, INT64_MAX, &value);
    const bool agree = abi::mr_json_check_int(p, end, INT64_MIN, INT64_MAX) == status;
    if (!agree) return "check differs";
    return status == abi::kReadValue ? std::to_string(value) : status_text(status);
  }

  static std::string read_double(const char* p, const char* end) {
    double value = 0;
    double slow = 0;
    const int32_t status = abi::mr_json_read_double(p, end, &value);
    if (abi::mr_json_read_double_slow(p, end, &slow) != status) return "slow differs";
    if (std::memcmp(&slow, &value, sizeof value) != 0) return "slow value differs";
    if (abi::mr_json_check_double(p, end) != status) return "check differs";
    return status == abi::kReadValue ? number_text(value) : status_text(status);
  }

  static std::string number_text(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return std::to_string(bits);
  }

  static std::string read_bool(const char* p, const char* end) {
    bool value = false;
    const int32_t status = abi::mr_json_read_bool(p, end, &value);
    return status == abi::kReadValue ? (value ? "true" : "false") : status_text(status);
  }

  std::string read_string(const char* p, const char* end) {
    StringRef value;
    const int32_t status = abi::mr_json_read_string(&context_, p, end, &value);
    if (abi::mr_json_check_string(p, end) != status) return "check differs";
    return status == abi::kReadValue ? "'" + std::string(value.data, static_cast<size_t>(value.size)) + "'" : status_text(status);
  }

  const abi::ScanSpec& spec_;
  abi::Arena arena_;
  abi::PipelineContext context_{};
};

/// The straight path as the compiler writes it into a query.
bool find_straight(const abi::ScanSpec& spec, const abi::JsonScan& scan, const abi::LineBlock& block, int64_t row,
                   std::vector<StringRef>* fields) {
  const int64_t marks = block.mark_begin[row + 1] - block.mark_begin[row];
  if (block.row_flags[row] != 0 || marks != scan.mark_count) return false;
  for (size_t f = 0; f < fields->size(); ++f) {
    const char* colon = block.base + block.marks[block.mark_begin[row] + scan.ordinal[f]];
    const std::string key = '"' + spec.fields[f].name + "\":";
    if (std::memcmp(colon + 1 - key.size(), key.data(), key.size()) != 0) return false;
    (*fields)[f] = {colon + 1, 0};
  }
  return true;
}

/// The places as text with its size where that is known.
void take_places(const abi::LineBlock& block, const abi::JsonField* places, std::vector<StringRef>* fields) {
  for (size_t f = 0; f < fields->size(); ++f) {
    const bool missing = places[f].offset == abi::kNoField;
    (*fields)[f] = missing ? StringRef{} : StringRef{block.base + places[f].offset, places[f].size};
  }
}

bool locate_in_general(abi::PipelineContext* context, abi::JsonScan* scan, const abi::LineBlock& block, int64_t row,
                       std::vector<StringRef>* fields) {
  std::vector<abi::JsonField> places(fields->size());
  const bool found = abi::mr_json_locate(context, scan, &block, row, places.data()) != 0;
  take_places(block, places.data(), fields);
  return found;
}

bool find_placed(abi::JsonScan& scan, const abi::LineBlock& block, int64_t row, std::vector<StringRef>* fields) {
  if ((block.row_flags[row] & ~abi::kRowUnmarked) != 0 || scan.known[row] == 0) return false;
  const abi::JsonField* placed = scan.placed + static_cast<size_t>(row) * fields->size();
  std::vector<abi::JsonField> places(placed, placed + fields->size());
  for (size_t f = 0; f < places.size(); ++f) {
    constexpr uint32_t kAmiss = 1;  // no value is known to be so short
    const bool known = (scan.known[row] >> f & 1) != 0;
    const bool holds = known == (places[f].size > 0);
    if (!holds) places[f].size = kAmiss;
  }
  if ((scan.known[row] & abi::kTailPending) != 0 && !abi::mr_json_place_late(&scan, &block, row, places.data())) return false;
  take_places(block, places.data(), fields);
  return true;
}

bool names_a_key_twice(std::string_view row, const abi::ScanSpec& spec) {
  for (const abi::FieldSpec& field : spec.fields) {
    const std::string key = '"' + field.name + '"';
    const size_t first = row.find(key);
    if (first != std::string_view::npos && row.find(key, first + 1) != std::string_view::npos) return true;
  }
  return false;
}

/// Values that were read beforehand have to be those of the text.
bool holds_values(const SharedPlaces& shared, const abi::ScanSpec& spec, const abi::LineBlock& block, int64_t row) {
  int64_t parsed = 0;
  for (size_t f = 0; f < spec.fields.size(); ++f) {
    if (!spec.fields[f].parsed) continue;
    const int64_t value = shared.values[parsed++ * shared.value_stride + row];
    if ((shared.known[row] & abi::kRowPlaced) == 0 || (shared.known[row] >> f & 1) == 0) continue;
    const abi::JsonField place = shared.placed[static_cast<size_t>(row) * spec.fields.size() + f];
    const char* text = block.base + place.offset;
    const char* end = block.base + block.row_end[row];
    int64_t expected = 0;
    double real = 0;
    if (spec.fields[f].type == abi::FieldType::Double) {
      abi::mr_json_read_double(text, end, &real);
      std::memcpy(&expected, &real, sizeof expected);
    } else {
      abi::mr_json_read_int(text, end, INT64_MIN, INT64_MAX, &expected);
    }
    if (value != expected) return false;
  }
  return true;
}

bool is_read_at_once(abi::FieldType type) {
  using Type = abi::FieldType;
  return type == Type::TinyInt || type == Type::SmallInt || type == Type::Int || type == Type::BigInt || type == Type::Double;
}

std::vector<std::string> decode_shared(const abi::LineBlock& block, const abi::ScanSpec& wanted, const JsonSweeps& sweeps) {
  abi::ScanSpec spec = wanted;
  for (abi::FieldSpec& field : spec.fields) field.parsed = is_read_at_once(field.type);
  RowReader reader(spec);
  SharedPlaces shared(spec, sweeps);
  for (int pass = 0; pass < 3; ++pass) abi::mr_json_place_shared(&shared, &block);  // more is learned with each
  std::vector<StringRef> fields(spec.fields.size());
  std::vector<std::string> rows;
  for (int64_t row = 0; row < block.row_count; ++row) {
    const bool is_placed = (shared.known[row] & abi::kRowPlaced) != 0;
    const abi::JsonField* placed = shared.placed + static_cast<size_t>(row) * fields.size();
    std::vector<abi::JsonField> places(placed, placed + fields.size());
    for (size_t f = 0; f < places.size(); ++f) {
      const bool is_known = is_placed && (shared.known[row] >> f & 1) != 0;
      if (!is_known) places[f].size = 0;
    }
    take_places(block, places.data(), &fields);
    const bool found = is_placed || abi::mr_json_shared_row_is_good(&shared, &block, row, ~uint64_t{0});
    const std::string text = found ? reader.read_row(fields, block.base + block.row_end[row]) : "error";
    rows.push_back(holds_values(shared, spec, block, row) ? text : "values");
  }
  return rows;
}

std::string name_of(Finding finding) {
  if (finding == Finding::Shared) return "shared";
  if (finding == Finding::SharedMarked) return "shared with marks";
  if (finding == Finding::Placed) return "placed";
  if (finding == Finding::PlacedLate) return "placed late";
  if (finding == Finding::PlacedMarked) return "placed with marks";
  return finding == Finding::Straight ? "straight" : finding == Finding::Marks ? "marks" : "structure";
}

}  // namespace

std::vector<std::string> decode_rows(std::string_view text, const abi::ScanSpec& wanted, const JsonSweeps& sweeps, Finding finding) {
  abi::ScanSpec spec = wanted;
  for (size_t f = 0; f < spec.fields.size(); ++f) spec.fields[f].late = finding == Finding::PlacedLate && f % 3 != 1;
  const bool is_shared = finding == Finding::Shared || finding == Finding::SharedMarked;
  const bool unmarked = (finding == Finding::Placed || finding == Finding::PlacedLate || finding == Finding::Shared) && sweeps.index_lines_unmarked != nullptr;
  const IndexedText indexed(text, unmarked ? sweeps.index_lines_unmarked : sweeps.index_lines, finding == Finding::Structure);
  const abi::LineBlock& block = indexed.block();
  if (is_shared && !spec.strict) return decode_shared(block, spec, sweeps);
  RowReader reader(spec);
  abi::JsonScan* scan = json_scan_create(spec, sweeps);
  std::vector<StringRef> fields(spec.fields.size());
  std::vector<std::string> rows;
  // As generated code does, which has nothing placed where every byte is to be checked.
  const bool placed = !spec.strict && (unmarked || (finding == Finding::PlacedMarked && sweeps.place_rows != nullptr));
  // What is learned of a block with marks is learned when it has been compared: the later passes find more.
  for (int pass = 0; placed && pass < (unmarked ? 1 : 3); ++pass) abi::mr_json_place_rows(scan, &block, 0, block.row_count);
  for (int64_t row = 0; row < block.row_count; ++row) {
    const char* end = block.base + block.row_end[row];
    bool found = false;
    if (finding == Finding::Naive) {
      found = find_naively(spec, block, row, &fields) && RowReader::values_are_utf8(fields, end);
    } else {
      found = (finding == Finding::Straight && find_straight(spec, *scan, block, row, &fields)) ||
              (placed && find_placed(*scan, block, row, &fields)) ||
              locate_in_general(reader.context(), scan, block, row, &fields);
    }
    rows.push_back(found ? reader.read_row(fields, end) : "error");
  }
  json_scan_destroy(scan);
  return rows;
}

std::string find_difference(std::string_view text, const abi::ScanSpec& spec, std::span<const JsonSweeps> variants, std::span<const Finding> findings) {
  const JsonSweeps& plainest = json_sweeps().back();
  const std::vector<std::string> expected = decode_rows(text, spec, plainest, Finding::Naive);
  for (const JsonSweeps& sweeps : variants) {
    for (const Finding finding : findings) {
      const std::vector<std::string> actual = decode_rows(text, spec, sweeps, finding);
      const auto name = [&] { return std::string(sweeps.name) + " " + name_of(finding); };
      if (actual.size() != expected.size()) return name() + ": number of rows";
      for (size_t row = 0; row < expected.size(); ++row) {
        if (actual[row] == expected[row]) continue;
        const IndexedText lines(text, plainest.index_lines, false);
        const abi::LineBlock& block = lines.block();
        const std::string_view line(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]);
        if (names_a_key_twice(line, spec)) continue;
        // A value that is both malformed and no UTF-8 is an error, whenever it is noticed.
        if (actual[row] == "error" && expected[row].find('!') != std::string::npos && !is_utf8(line)) continue;
        return name() + ", row " + std::to_string(row) + ": " + std::string(line) + "\n  " + actual[row] + "\n  not\n  " +
               expected[row];
      }
    }
  }
  return "";
}

}  // namespace millrace::testing
