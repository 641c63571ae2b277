#pragma once

#if !defined(__AVX512BW__) || !defined(__AVX512VL__) || !defined(__BMI2__)
#error "the kernels are written for a processor with AVX-512"
#endif

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/queries/kernel_lines.h"

/// Where the fields of a watch record lie: what a programmer who knows the schema writes by hand. Bytes that are the same in all records, or digits, are
/// compared with what is expected of them, 64 at a time; a record that differs is read by simdjson.
namespace millrace::bench {

inline constexpr std::array<std::string_view, 10> kKeys = {"Arrival_Time", "Creation_Time", "Device", "Index", "Model", "User", "gt", "x", "y", "z"};
enum Key { kArrival, kCreation, kDevice, kIndex, kModel, kUser, kGt, kX, kY, kZ };

/// What is expected of some bytes of a record: for each the least it may be, and how much more.
struct Window {
  static constexpr size_t kBlocksMax = 4;
  uint32_t from = 0;  ///< offset from the record's first byte
  uint32_t blocks = 0;
  alignas(64) uint8_t low[64 * kBlocksMax];
  alignas(64) uint8_t span[64 * kBlocksMax];
};

/// The values' places in the record that was learned from: of those up to gt also their sizes, the quotes not counted.
struct Shape {
  bool learned = false;
  uint32_t at[7] = {};
  uint32_t size[7] = {};
  Window window;

  /// Learns from a record, of which the fields from `first` to `last` (of the first seven) will be compared, gt's value never.
  bool learn(std::string_view record, Key first, Key last);

  /// A record in which everything from Device on is NULL, as one of a hundred is: no query wants one that has got so far as to ask.
  bool is_hole(std::string_view record) const {
    constexpr std::string_view kHole =
        "\"Device\": null, \"Index\": null, \"Model\": null, \"User\": null, \"gt\": null, \"x\": null, \"y\": null, \"z\": null}";
    constexpr size_t kBeforeValue = sizeof "\"Device\": ";  // and the opening quote of the value
    return learned && at[kDevice] >= kBeforeValue && record.substr(std::min<size_t>(at[kDevice] - kBeforeValue, record.size())) == kHole;
  }
};

/// A window in registers.
template <uint32_t kBlocks>
class Expected {
 public:
  explicit Expected(const Window& window) : from_(window.from) {
    for (uint32_t b = 0; b < kBlocks; ++b) {
      low_[b] = _mm512_load_si512(window.low + 64 * b);
      span_[b] = _mm512_load_si512(window.span + 64 * b);
    }
  }
  bool fits(const char* record) const {
    uint64_t good = ~uint64_t{0};
    for (uint32_t b = 0; b < kBlocks; ++b) {
      good &= _mm512_cmple_epu8_mask(_mm512_sub_epi8(_mm512_loadu_si512(record + from_ + 64 * b), low_[b]), span_[b]);
    }
    return good == ~uint64_t{0};
  }

 private:
  uint32_t from_;
  __m512i low_[kBlocks], span_[kBlocks];
};

/// A record as simdjson reads it: strings as raw tokens without their quotes (escapes undone), whether each key has a value.
struct SlowRecord {
  bool has[10] = {};
  int64_t integer[10] = {};
  double number[10] = {};
  std::string text[10];
};
/// False: it is no record at all.
bool read_slowly(std::string_view line, SlowRecord* record);

/// Goes through all lines. `fast(record, shape)` deals with a record whose window is as expected and says whether what it found behind that was as
/// it should be, else it must have done nothing; `slow(record)` deals with the others.
template <class Fast, class Slow>
class RecordLoop {
 public:
  RecordLoop(Key first, Key last, Fast fast, Slow slow) : first_(first), last_(last), fast_(fast), slow_(slow) {}

  void run(const char* path) {
    for_each_piece(path, [this](const Lines& lines) {
      size_t i = 0;
      last_slow_ = SIZE_MAX;
      while (i < lines.count) {
        if (!lines.clean) i = take_slowly(lines, i);
        else if (shape_.window.blocks == 1) i = rows<1>(lines, i);
        else if (shape_.window.blocks == 2) i = rows<2>(lines, i);
        else if (shape_.window.blocks == 3) i = rows<3>(lines, i);
        else if (shape_.window.blocks == 4) i = rows<4>(lines, i);
        else i = take_slowly(lines, i);
      }
    });
  }

 private:
  /// Up to the first row that makes another shape be learned.
  template <uint32_t kBlocks>
  __attribute__((noinline)) size_t rows(const Lines& lines, size_t i) {
    const Expected<kBlocks> expected(shape_.window);
    const Shape shape = shape_;
    for (; i < lines.count; ++i) {
      const char* const record = lines.base + lines.begin[i];
      if (__builtin_expect(expected.fits(record) && fast_(record, shape), 1)) continue;
      return take_slowly(lines, i);
    }
    return i;
  }

  __attribute__((noinline)) size_t take_slowly(const Lines& lines, size_t i) {
    const std::string_view line(lines.base + lines.begin[i], lines.begin[i + 1] - 1 - lines.begin[i]);
    if (lines.clean && shape_.is_hole(line)) return i + 1;
    SlowRecord record;
    if (read_slowly(line, &record)) slow_(record);
    // Two in succession: records look different from now on.
    if (lines.clean && (!shape_.learned || last_slow_ + 1 == i)) shape_.learn(line, first_, last_);
    last_slow_ = i;
    return i + 1;
  }

  const Key first_, last_;
  Fast fast_;
  Slow slow_;
  Shape shape_;
  size_t last_slow_ = SIZE_MAX;  ///< of the piece's lines
};

}  // namespace millrace::bench
