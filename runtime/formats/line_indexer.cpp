#include "runtime/formats/line_indexer.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace millrace {

void LineIndex::reset(size_t bytes) {
  constexpr int64_t kRowBytes = 3 * sizeof(uint32_t) + sizeof(uint8_t);
  most_bytes_ = std::max(most_bytes_, row_count * kRowBytes + static_cast<int64_t>(text_bytes_));
  text_bytes_ = bytes;
  row_count = 0;
  line_count = 0;
  first_row_line = 0;
  if (bytes <= capacity_ && row_begin_) return;
  capacity_ = std::max<size_t>(bytes, 4096);
  constexpr size_t kSlack = 128;  // marks are stored sixteen at a time
  row_begin_.reset(new uint32_t[capacity_ + kSlack]);
  row_end_.reset(new uint32_t[capacity_ + kSlack]);
  marks_.reset(new uint32_t[capacity_ + kSlack]);
  mark_begin_.reset(new uint32_t[capacity_ + kSlack]);
  row_flags_.reset(new uint8_t[capacity_ + kSlack]);
}

std::span<const JsonSweeps> json_sweeps() {
  static const std::vector<JsonSweeps> variants = [] {
    std::vector<JsonSweeps> usable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2");
    if (avx512) {
      usable.push_back({"avx512", &index_json_lines_avx512, &scan_record_structure_avx512, &index_json_lines_unmarked_avx512,
                        &place_rows_avx512, &place_late_fields_avx512});
    }
    if (avx2) {
      usable.push_back({"avx2", &index_json_lines_avx2, &scan_record_structure_avx2, &index_json_lines_unmarked_avx2,
                        &place_rows_avx2, &place_late_fields_avx2});
    }
#endif
    usable.push_back({"portable", &index_json_lines_portable, &scan_record_structure_portable, nullptr, nullptr, nullptr});
    return usable;
  }();
  return variants;
}

void index_text_lines(const LineText& text, LineIndex* index) {
  const char* p = text.base;
  const char* end = p + text.size;
  int64_t row = 0;
  while (p < end) {
    const char* newline = static_cast<const char*>(std::memchr(p, '\n', static_cast<size_t>(end - p)));
    const char* stop = newline - (newline > p && newline[-1] == '\r');
    const bool too_long = static_cast<size_t>(stop - p) > text.line_max;
    if (too_long) stop = p + text.line_max;
    index->row_begin()[row] = static_cast<uint32_t>(p - text.base);
    index->row_end()[row] = static_cast<uint32_t>(stop - text.base);
    index->row_flags()[row] = too_long ? abi::kRowTooLong : 0;
    index->mark_begin()[row] = 0;
    ++row;
    p = newline + 1;
  }
  index->mark_begin()[row] = 0;
  index->row_count = row;
  index->line_count = row;
}

}  // namespace millrace
