#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/functions/function_catalog.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using namespace millrace;

bool is_word_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0; }

/// Words, numbers, texts between quotes, and all else byte by byte; blanks belong to what they follow.
std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    if (text[at] == '\'' || text[at] == '`') {
      end = std::min(text.find(text[at], end), text.size() - 1) + 1;
    } else if (is_word_byte(text[at])) {
      while (end < text.size() && is_word_byte(text[end])) ++end;
    }
    while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end]))) ++end;
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// Whatever may stand where a value, a function or a type does, and every function by its name.
const std::vector<std::string>& vocabulary() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all = {"k ",      "n ",       "x ",      "t ",        "s ",        "1 ",       "0 ",          "-1 ",      "2.5 ",         "1e3 ",      "NULL ",
                                    "TRUE ",   "'a' ",     "'2020-03-21' ", "128Y ", "7L ",     "0.5BD ",   "INT ",        "STRING ",  "DOUBLE ",      "BOOLEAN ",  "DATE ",
                                    "TIMESTAMP ", "BIGINT ", "DECIMAL(10,2) ", "ARRAY<INT> ", "MAP<STRING, INT> ", "STRUCT<a: INT> ", "array(n) ", "map(k, n) ", "struct(k, n) ",
                                    "INTERVAL '1' HOUR ", "DATE '2020-03-21' ", "count(*) ", "sum(n) ", "(SELECT max(n) FROM s) ", "CAST(k AS INT) ", "x -> x + 1 "};
    for (const ScalarFunction& function : scalar_functions()) all.push_back(std::string(function.name) + "(");
    for (const AggregateFunction& function : aggregate_functions()) all.push_back(std::string(function.name) + "(");
    return all;
  }();
  return words;
}

void edit(std::vector<std::string>* words, std::minstd_rand& random) {
  const size_t at = random() % words->size();
  const auto place = words->begin() + static_cast<ptrdiff_t>(at);
  const size_t some = std::min<size_t>(1 + random() % 4, words->size() - at);
  switch (random() % 6) {
    case 0: words->erase(place, place + static_cast<ptrdiff_t>(some)); break;
    case 1: *place = (*words)[random() % words->size()]; break;
    case 2: std::swap(*place, (*words)[random() % words->size()]); break;
    case 3: words->insert(place, vocabulary()[random() % vocabulary().size()]); break;
    case 4: {
      const std::vector<std::string> copied(place, place + static_cast<ptrdiff_t>(some));
      words->insert(words->begin() + static_cast<ptrdiff_t>(random() % words->size()), copied.begin(), copied.end());
      break;
    }
    default: *place = vocabulary()[random() % vocabulary().size()];
  }
}

}  // namespace

/// Mostly edits by words, so that many scripts still parse and come to be analyzed; else the usual ones by bytes and by the dictionary.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<std::string> words;
  if (random() % 3 != 0) words = split_words({reinterpret_cast<const char*>(data), size});
  if (words.empty()) return LLVMFuzzerMutate(data, size, max_size);
  for (uint64_t edits = 1 + random() % 3; edits > 0 && !words.empty(); --edits) edit(&words, random);
  std::string text;
  for (const std::string& word : words) text += word;
  const size_t kept = std::min(text.size(), max_size);
  std::memcpy(data, text.data(), kept);
  return kept;
}
