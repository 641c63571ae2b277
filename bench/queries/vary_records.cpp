// Watch records made less regular, for the bench queries.
//
//   vary_records variable|irregular < RECORDS > VARIED
//
// variable: devices of any length, indexes of one to nine digits. irregular: of a hundred records twelve are as other programs would have written them, or as
// nobody hopes: keys in another order, no blanks, escapes, numbers with exponents, quotes and what looks like keys within strings, a nested field more.

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

struct Field {
  std::string key;
  std::string value;  ///< as it is written
};
using Record = std::vector<Field>;

/// SplitMix64.
class Random {
 public:
  uint64_t below(uint64_t bound) {
    uint64_t word = state_ += 0x9e3779b97f4a7c15u;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
    return (word ^ (word >> 31)) % bound;
  }

 private:
  uint64_t state_ = 1;
};

/// Of a record as the generator writes it: no value holds what separates two fields.
Record fields_of(std::string_view line) {
  Record record;
  line = line.substr(1, line.size() - 2);
  while (!line.empty()) {
    const size_t end = std::min(line.find(", \""), line.size());
    const std::string_view field = line.substr(0, end);
    const size_t colon = field.find("\": ");
    record.push_back({std::string(field.substr(1, colon - 1)), std::string(field.substr(colon + 3))});
    line.remove_prefix(end == line.size() ? end : end + 2);
  }
  return record;
}

std::string text_of(const Record& record, bool compact) {
  std::string text = "{";
  for (const Field& field : record) {
    if (text.size() > 1) text += compact ? "," : ", ";
    text += '"' + field.key + (compact ? "\":" : "\": ") + field.value;
  }
  return text + "}\n";
}

bool is_string(const Field& field) { return field.value.front() == '"'; }

void shuffle(Record& record, Random& random) {
  for (size_t i = record.size(); i > 1; --i) std::swap(record[i - 1], record[random.below(i)]);
}

/// One character of each string is written as an escape.
void escape(Record& record, Random& random) {
  for (Field& field : record) {
    if (!is_string(field) || field.value.size() < 3) continue;
    const size_t at = 1 + random.below(field.value.size() - 2);
    char escaped[8];
    snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(field.value[at])));
    field.value.replace(at, 1, escaped);
  }
}

void set_numbers(Record& record, Random& random) {
  constexpr std::string_view kOdd[] = {"1.25e-1", "2E0", "-0.0", "0.1e1", "-12.5E-1", "3", "1e-7", "0.99999999999999999"};
  for (Field& field : record) {
    if (field.key.size() == 1) field.value = kOdd[random.below(std::size(kOdd))];
  }
}

void confuse(Record& record, Random& random) {
  for (Field& field : record) {
    if (field.key == "Device") field.value = R"("a \"quoted\" one, \"gt\": \"walk\", {\\")";
  }
  const auto at = record.begin() + static_cast<int64_t>(random.below(record.size()));
  record.insert(at, {"extra", R"({"gt": "walk", "list": [1, {"x": 5}, "]"]})"});
}

std::string irregular(Record record, Random& random) {
  const uint64_t kind = random.below(100);
  if (kind < 4) shuffle(record, random);
  else if (kind < 6) return text_of(record, true);
  else if (kind < 8) escape(record, random);
  else if (kind < 10) set_numbers(record, random);
  else if (kind < 12) confuse(record, random);
  return text_of(record, false);
}

std::string variable(Record record, Random& random) {
  for (Field& field : record) {
    if (field.key == "Device" && is_string(field)) field.value = '"' + std::string(1 + random.below(16), 'd') + '"';
    if (field.key == "Index" && field.value != "null") {
      uint64_t bound = 10;
      for (uint64_t digits = random.below(9); digits > 0; --digits) bound *= 10;
      field.value = std::to_string(random.below(bound));
    }
  }
  return text_of(record, false);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view how = argc > 1 ? argv[1] : "";
  if (how != "variable" && how != "irregular") {
    fputs("usage: vary_records variable|irregular < RECORDS > VARIED\n", stderr);
    return 2;
  }
  std::ios::sync_with_stdio(false);
  Random random;
  std::string out;
  for (std::string line; std::getline(std::cin, line);) {
    Record record = fields_of(line);
    out += how == "variable" ? variable(std::move(record), random) : irregular(std::move(record), random);
    if (out.size() < (size_t{1} << 20)) continue;
    std::cout << out;
    out.clear();
  }
  std::cout << out;
  return 0;
}
