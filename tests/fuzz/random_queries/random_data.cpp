#include "tests/fuzz/random_queries/random_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace millrace::fuzz {

namespace {

using reference::Row;
using reference::Value;

constexpr int kNullPercent = 12;
constexpr int kBadLinePercent = 2;
constexpr int64_t kRowsMax = 40;
constexpr int64_t kMicros = 1'000'000;

/// A field of a record: what stands in the text, and what it is read as.
struct Field {
  std::string text;  ///< empty: the key is missing
  Value value;
};

Field null_field(RandomSource& random, const char* wrong_type) {
  return {random.pick({"null", "", wrong_type}), {}};
}

Field integer_field(RandomSource& random, bool is_int32) {
  if (random.chance(kNullPercent)) return null_field(random, "\"7\"");
  int64_t value = random.between(-5, 9);
  if (random.chance(4)) value = is_int32 ? 2147483647 - random.below(2) : 9223372036854775807 - random.below(2);
  return {fmt::format("{}", value), {value}};
}

/// Multiples of a quarter, whose sums are exact in any order.
Field double_field(RandomSource& random) {
  if (random.chance(kNullPercent)) return null_field(random, "\"x\"");
  if (random.chance(3)) return {"\"NaN\"", {std::numeric_limits<double>::quiet_NaN()}};
  if (random.chance(2)) return {"\"Infinity\"", {std::numeric_limits<double>::infinity()}};
  const double value = static_cast<double>(random.between(-12, 12)) / 4;
  if (random.chance(20)) return {fmt::format("{:e}", value), {value}};
  return {fmt::format("{}", value), {value}};
}

Field string_field(RandomSource& random) {
  if (random.chance(kNullPercent)) return {random.pick({"null", ""}), {}};
  static const std::vector<std::pair<std::string, std::string>> texts = {
      {"", ""},        {"a", "a"},           {"b", "b"},         {"stairsup", "stairsup"}, {"stairsdown", "stairsdown"},
      {"12", "12"},    {" 3.5 ", " 3.5 "},   {"été", "été"},     {"\\u00e9", "é"},         {"a\\\"b", "a\"b"},
      {"x\\ny", "x\ny"}, {"{[,:", "{[,:"},   {"TRUE", "TRUE"},   {"a%b_", "a%b_"},         {"longer than sixteen bytes", "longer than sixteen bytes"},
  };
  const auto& [text, value] = texts[static_cast<size_t>(random.below(static_cast<int64_t>(texts.size())))];
  return {"\"" + text + "\"", {value}};
}

Field boolean_field(RandomSource& random) {
  if (random.chance(kNullPercent)) return null_field(random, "1");
  const bool value = random.chance(50);
  return {value ? "true" : "false", {value}};
}

Field time_field(RandomSource& random, int64_t seconds) {
  if (random.chance(kNullPercent / 2)) return null_field(random, "\"soon\"");
  if (random.chance(60)) return {fmt::format("{}", seconds), {seconds * kMicros}};
  const std::string separator = random.pick({"T", " "});
  const std::string text = fmt::format("\"1970-01-01{}00:{:02}:{:02}.5\"", separator, seconds / 60, seconds % 60);
  return {text, {seconds * kMicros + kMicros / 2}};
}

/// A record of the fields; now and then a line that is none, which is read as a row of NULLs.
void append_record(RandomSource& random, const std::vector<std::string>& names, std::vector<Field> fields, RandomData& data) {
  if (random.chance(kBadLinePercent)) {
    data.rows.emplace_back(names.size());
    data.json += random.pick({"not json\n", "[1]\n", "{\"a\":\n", "12\n"});
    return;
  }
  std::vector<size_t> order(names.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (random.chance(15)) std::swap(order[0], order[static_cast<size_t>(random.below(static_cast<int64_t>(order.size())))]);
  const std::string colon = random.chance(80) ? ": " : random.pick({":", " :  "});
  const std::string comma = random.chance(80) ? ", " : random.pick({",", " ,\t"});
  std::string record;
  for (const size_t i : order) {
    if (fields[i].text.empty()) continue;
    if (!record.empty()) record += comma;
    record += "\"" + names[i] + "\"" + colon + fields[i].text;
  }
  if (random.chance(5)) record += (record.empty() ? "" : ", ") + std::string(R"("extra": {"a": [1, "}"]})");
  data.json += "{" + record + "}\n";
  Row row;
  for (Field& field : fields) row.push_back(std::move(field.value));
  data.rows.push_back(std::move(row));
}

}  // namespace

RandomData random_stream(RandomSource& random, bool in_order) {
  static const std::vector<std::string> names = {"a", "b", "d", "s", "p", "t"};
  RandomData data;
  int64_t seconds = random.below(20);
  for (int64_t rows = random.below(kRowsMax); rows > 0; --rows) {
    seconds = in_order ? seconds + 1 + random.below(4) : random.below(60);
    std::vector<Field> fields;
    fields.push_back(integer_field(random, false));
    fields.push_back(integer_field(random, true));
    fields.push_back(double_field(random));
    fields.push_back(string_field(random));
    fields.push_back(boolean_field(random));
    fields.push_back(time_field(random, seconds));
    append_record(random, names, std::move(fields), data);
  }
  return data;
}

RandomData random_table(RandomSource& random) {
  static const std::vector<std::string> names = {"k", "name", "w"};
  RandomData data;
  for (int64_t rows = random.below(12); rows > 0; --rows) {
    std::vector<Field> fields;
    fields.push_back(integer_field(random, false));
    fields.push_back(string_field(random));
    fields.push_back(double_field(random));
    append_record(random, names, std::move(fields), data);
  }
  return data;
}

}  // namespace millrace::fuzz
