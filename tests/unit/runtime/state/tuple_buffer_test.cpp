#include "runtime/state/tuple_buffer.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/state.h"

using namespace millrace;

namespace {

struct BufferRow {
  double number;
  abi::StringRef text;
  uint8_t number_is_null;
};

abi::TupleBufferSpec sorted_by(std::vector<abi::SortKey> keys) { return {sizeof(BufferRow), std::move(keys), -1, {}}; }

constexpr abi::SortKey kNumber{offsetof(BufferRow, number), offsetof(BufferRow, number_is_null), abi::CellKind::Double, false, true};
constexpr abi::SortKey kText{offsetof(BufferRow, text), UINT32_MAX, abi::CellKind::String, false, true};

void add(abi::TupleBuffer& buffer, double number, const char* text, bool is_null = false) {
  auto* row = reinterpret_cast<BufferRow*>(abi::mr_tuple_append(&buffer));
  auto size = static_cast<int64_t>(std::char_traits<char>::length(text));
  *row = {number, {abi::mr_tuple_keep(&buffer, text, size), size}, static_cast<uint8_t>(is_null)};
}

std::string texts(const abi::TupleBuffer& buffer) {
  std::string all;
  for (int64_t i = 0; i < abi::mr_tuple_count(&buffer); ++i) {
    auto* row = reinterpret_cast<const BufferRow*>(abi::mr_tuple_rows(&buffer)[i]);
    all += std::string(row->text.data, static_cast<size_t>(row->text.size)) + " ";
  }
  return all;
}

}  // namespace

TEST_CASE("NULLs first ascending, NaN the largest number, equal rows in order of arrival") {
  abi::TupleBuffer buffer(sorted_by({kNumber}));
  add(buffer, NAN, "nan");
  add(buffer, 2, "b1");
  add(buffer, 0, "null", true);
  add(buffer, 2, "b2");
  add(buffer, -1, "a");
  buffer.finish();
  CHECK(texts(buffer) == "null a b1 b2 nan ");
}

TEST_CASE("descending, with NULLs where the key says") {
  abi::SortKey key = kNumber;
  key.descending = true;
  key.nulls_first = false;
  abi::TupleBuffer buffer(sorted_by({key, kText}));
  add(buffer, 1, "y");
  add(buffer, 1, "x");
  add(buffer, 0, "null", true);
  add(buffer, 5, "five");
  buffer.finish();
  CHECK(texts(buffer) == "five x y null ");
}

TEST_CASE("strings compare bytewise, a prefix first") {
  abi::TupleBuffer buffer(sorted_by({kText}));
  for (const char* text : {"b", "ab", "", "\xc3\xa9", "a"}) add(buffer, 0, text);
  buffer.finish();
  CHECK(texts(buffer) == " a ab b \xc3\xa9 ");
}
