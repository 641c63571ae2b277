#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/json_scan.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/formats/wanted_key.h"

namespace millrace {

/// What the next record is expected to be, byte by byte: a prefix in which everything has its place (keys and separators are literal, a
/// value of fixed width may have any digit, any plain character), then a tail of values whose widths vary, in which fields are found
/// by counting quotes. Whoever compares an unmarked row (flat, ASCII, no escapes, strings closed) with it and finds it to fit, knows
/// its fields as surely as by parsing: every quote of the prefix is accounted for, and in the tail quotes only open and close strings.
/// Plain data with borrowed pointers: it is read by code compiled for other instruction sets.
struct ExpectedRecord {
  static constexpr uint32_t kPrefixMax = 512;  ///< bytes
  static constexpr uint32_t kFieldsAtOnce = 8;
  static constexpr uint32_t kOddFieldsMax = 64;     ///< records of more fields are not looked for among odd rows

  /// As what a value's spelling is looked at. A Fraction is a Number that begins with one digit and a dot.
  enum class Plain : uint8_t { Unknown, Text, Integer, Number, Fraction };

  struct TailField {
    uint32_t field;
    Plain plain;
    uint32_t digits_max;      ///< of Plain::Integer: so many digits always fit
    uint64_t known_bit;       ///< the field's in JsonScan::known; 0: it has none
    uint32_t skip_before;     ///< quotes of keys and values that nobody wants, between the value before and its key
    uint32_t value_quotes;    ///< of its own value: two or none
    uint32_t key_size;
    const char* quoted_key;   ///< `"key":`
    uint32_t between_size;    ///< bytes between the value before, whoever wants it, and its own
    const char* between;      ///< such as `, "key": `
    uint64_t head;            ///< the first eight bytes of that, or all of it
    uint64_t head_mask;
  };

  const uint8_t* low = nullptr;   ///< for each byte the least that may stand there
  const uint8_t* span = nullptr;  ///< and how much more than that the greatest is
  uint32_t block_count = 0;       ///< of 64 bytes; 0: nothing is expected
  uint32_t field_count = 0;
  const abi::JsonField* fields = nullptr;  ///< a multiple of kFieldsAtOnce, from the record's first byte; those of the tail are filled in for each row
  bool has_tail = false;
  uint32_t tail_begin = 0;        ///< bytes in front of the tail
  TailField first = {};           ///< whose value begins the tail: its key is in the prefix
  bool first_is_late = false;     ///< or nobody wants it
  uint32_t tail_count = 0;
  uint32_t tail_early = 0;        ///< of these, up to the last one that is not late
  const TailField* tail = nullptr;
  uint64_t prefix_known = 0;      ///< what JsonScan::known says of the fields in the prefix
  uint64_t tail_known = 0;        ///< of those in the tail, where their values turn out plain
  uint64_t early_known = 0;       ///< and up to the last one that is not late
  bool leaves_late = false;       ///< late fields are left to place_late_fields
};

/// Learns what to expect from the rows that were not as expected. One for each (pipeline, source), used by one thread.
class RecordExpectation {
 public:
  RecordExpectation(const abi::ScanSpec& spec, const std::vector<WantedKey>& keys);

  const ExpectedRecord& expected() const { return expected_; }

  /// Whether late fields are to be left until they are asked for.
  void leave_late_fields(bool leave);

  enum class Lesson : uint8_t {
    None,     ///< nothing can be learned from the record, or it was not looked at
    Strange,  ///< its shape is another one than what is expected, which it does not change
    Learned,  ///< something else is expected now
  };

  /// A flat record of plain ASCII that did not fit, and its colons, from its first byte; rows of a block are told by their numbers.
  Lesson learn_from(std::string_view record, std::span<const uint32_t> colons, int64_t row);

  /// So many rows are going to be compared; true when so many did not fit that it would be better to have marks for a while.
  bool note_rows(int64_t compared);

 private:
  enum class Kind : uint8_t { String, Integer, Null, Other };
  struct Token {
    uint32_t begin = 0;
    uint32_t end = 0;
    Kind kind = Kind::Other;
    int32_t field = -1;  ///< the wanted field that it is the value of

    uint32_t size() const { return end - begin; }
  };
  bool tokenize(std::string_view record, std::span<const uint32_t> colons);
  bool should_look();
  bool same_shape(std::string_view record) const;
  size_t first_change(std::string_view record) const;
  void note_change(size_t token);
  void rebuild(std::string_view record);
  bool fits_prefix(const Token& token) const;
  void expect_literal(std::string_view record, uint32_t from, uint32_t to);
  void expect_value(std::string_view record, const Token& token);
  void expect_tail(size_t first);
  ExpectedRecord::TailField tail_field(size_t token, uint32_t skip_before) const;
  static uint32_t value_quotes(const Token& token) { return token.kind == Kind::String ? 2 : 0; }
  ExpectedRecord::Plain plain_spelling(const Token& token) const;
  uint64_t known_bit(const Token& token) const;
  abi::JsonField place_of(const Token& token) const;

  const std::vector<abi::FieldSpec> fields_;
  const std::vector<WantedKey>& keys_;
  std::vector<Token> found_;     ///< of the record at hand
  std::vector<Token> tokens_;    ///< of the record that is expected
  std::vector<bool> varies_;     ///< tokens whose width varies too often to be relied on
  std::vector<uint8_t> changes_; ///< of a token's width, of late
  std::vector<uint8_t> low_, span_;
  std::vector<abi::JsonField> placed_;
  std::vector<std::string> quoted_keys_;  ///< by field
  std::string record_;           ///< the record that is expected
  std::vector<ExpectedRecord::TailField> tail_;
  ExpectedRecord expected_;
  bool leaves_late_ = true;
  int strange_ = 0;              ///< records of another shape, one after the other
  int64_t last_row_ = -1;
  int run_ = 0;                  ///< of misfits, one row after the other
  int fruitless_looks_ = 0;      ///< at records that taught nothing new
  int64_t compared_ = 0;
  int64_t misfits_ = 0;
  int64_t since_changes_ = 0;
};

}  // namespace millrace
