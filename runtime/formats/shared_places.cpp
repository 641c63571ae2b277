#include "runtime/formats/shared_places.h"

#include <bit>

#include "runtime/abi/calls/scan.h"
#include "runtime/formats/json_locate.h"
#include "runtime/hot/json.h"

namespace millrace {

SharedPlaces::SharedPlaces(const abi::ScanSpec& spec, const JsonSweeps& sweeps) : LearnedShape(spec, sweeps) {
  for (uint32_t f = 0; f < spec.fields.size(); ++f) {
    if (spec.fields[f].parsed) parsed_.push_back({f, spec.fields[f].type == abi::FieldType::Double});
  }
}

void SharedPlaces::place(const abi::LineBlock& block) {
  if (block_ == &block && serial_ == block.serial && serial_ != 0) return;
  block_ = &block;
  serial_ = block.serial;
  ++blocks_placed_;
  place_rows(block, 0, block.row_count);
  uint64_t* const words = known_words();
  abi::JsonField* fields = places();
  for (int64_t row = 0; row < block.row_count; ++row, fields += keys().size()) {
    // What is learned from a row may place the ones behind it anew.
    if (words[row] == 0) words[row] = place_unexpected(block, row, fields);
  }
  read_values(block);
}

/// The row's word.
uint64_t SharedPlaces::place_unexpected(const abi::LineBlock& block, int64_t row, abi::JsonField* fields) {
  if (place_by_marks(block, row, fields)) return abi::kRowPlaced;
  if (!locate_fields(*this, block, row, fields)) return 0;
  return block.row_flags[row] & abi::kRowBadUtf8 ? abi::kRowDoubtful : abi::kRowPlaced | plain_values().note(block.base, fields);
}

/// The record has the learned shape, so that the n-th colon follows the key of field n, which is checked.
bool SharedPlaces::place_by_marks(const abi::LineBlock& block, int64_t row, abi::JsonField* fields) const {
  const uint32_t first = block.mark_begin[row];
  if (block.row_flags[row] != 0 || static_cast<int64_t>(block.mark_begin[row + 1]) - first != mark_count) return false;
  for (size_t f = 0; f < keys().size(); ++f) {
    const uint32_t colon = block.marks[first + ordinal[f]];
    const char* close = block.base + colon - 1;
    if (*close != '"' || !keys()[f].matches(close)) return false;
    fields[f] = {colon + 1, 0};
  }
  return true;
}

void SharedPlaces::read_values(const abi::LineBlock& block) {
  const auto rows = static_cast<size_t>(block.row_count);
  if (values_.size() < rows * parsed_.size()) values_.resize(rows * parsed_.size());
  values = values_.data();
  value_stride = block.row_count;
  if (rows == 0) return;
  const size_t fields = keys().size();
  for (size_t k = 0; k < parsed_.size(); ++k) {
    const uint64_t bit = uint64_t{1} << parsed_[k].field;
    const abi::JsonField* place = placed + parsed_[k].field;
    int64_t* value = values_.data() + k * rows;
    for (size_t row = 0; row < rows; ++row, ++value, place += fields) {
      if ((known[row] & bit) == 0) continue;
      const char* text = block.base + place->offset;
      *value = parsed_[k].is_double ? std::bit_cast<int64_t>(abi::mr_json_known_double(text, place->size)) : abi::mr_json_digits(text, place->size);
    }
  }
}

bool SharedPlaces::is_good(const abi::LineBlock& block, int64_t row, uint64_t wanted) const {
  if (known[row] != abi::kRowDoubtful) return false;
  const abi::JsonField* fields = placed + static_cast<size_t>(row) * keys().size();
  for (size_t f = 0; f < keys().size(); ++f) {
    if ((wanted >> f & 1) != 0 && !is_located_utf8(block, row, fields[f])) return false;
  }
  return true;
}

}  // namespace millrace

namespace millrace::abi {

extern "C" void mr_json_place_shared(JsonScan* scan, const LineBlock* block) noexcept {
  static_cast<SharedPlaces*>(static_cast<LearnedShape*>(scan))->place(*block);
}

extern "C" bool mr_json_shared_row_is_good(JsonScan* scan, const LineBlock* block, int64_t row, uint64_t wanted) noexcept {
  return static_cast<SharedPlaces*>(static_cast<LearnedShape*>(scan))->is_good(*block, row, wanted);
}

}  // namespace millrace::abi
