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

using Words = std::vector<std::string>;

const Words& values() {
  static const Words all = {"k ",      "n ",       "x ",   "t ",   "b ",        "d ",          "a ",         "m ",            "r ",           "s.k ",        "1 ",
                            "0 ",      "-1 ",      "2.5 ", "1e3 ", "7L ",       "128Y ",       "0.5BD ",     "NULL ",         "TRUE ",        "'a' ",        "'' ",
                            "'2020-03-21' ",       "DATE '2020-03-21' ",        "INTERVAL '1' HOUR ",        "array(n) ",     "map(k, n) ",   "struct(k, n) ", "count(*) ",
                            "sum(n) ", "(SELECT max(n) FROM s) ",  "CAST(k AS INT) ",          "x -> x + 1 ", "CAST(x AS DECIMAL(10,2)) "};
  return all;
}

/// What may follow a value.
const Words& continuations() {
  static const Words all = {"+ ", "- ", "* ", "/ ", "% ", "|| ", "= ", "<=> ", "< ", "AND ", "OR ", ", ", "LIKE ", "IN (1, ", "BETWEEN 1 AND ", "IS NULL ", "::INT ", "::STRING ", "[0] ", ".a ", "AS q, "};
  return all;
}

/// Every function by its name.
const Words& functions() {
  static const Words all = [] {
    Words names;
    for (const ScalarFunction& function : scalar_functions()) names.emplace_back(function.name);
    for (const AggregateFunction& function : aggregate_functions()) names.emplace_back(function.name);
    return names;
  }();
  return all;
}

const std::string& any_of(const Words& words, std::minstd_rand& random) { return words[random() % words.size()]; }

bool is_called(const Words& words, size_t at) { return at + 1 < words.size() && words[at + 1][0] == '('; }

/// Keywords are written large.
bool is_value(const Words& words, size_t at) {
  const char c = words[at][0];
  return (std::islower(static_cast<unsigned char>(c)) != 0 || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '\'') && !is_called(words, at);
}

/// Leaves a script that parses one that parses, mostly.
void edit_value(Words* words, std::minstd_rand& random) {
  size_t at = random() % words->size();
  for (size_t tries = 0; tries < words->size() && !is_value(*words, at); ++tries) at = (at + 1) % words->size();
  std::string& value = (*words)[at];
  switch (random() % 4) {
    case 0: value = any_of(values(), random); break;
    case 1: value = any_of(functions(), random) + "(" + value + (random() % 3 == 0 ? ", " + any_of(values(), random) : "") + ") "; break;
    case 2: {
      const std::string& next = any_of(continuations(), random);
      const bool is_whole = next[0] == ':' || next[0] == '[' || next[0] == '.' || next == "IS NULL ";
      value += " " + next + (is_whole ? "" : any_of(values(), random)) + (next.find('(') != std::string::npos ? ") " : "");
      break;
    }
    default: {
      size_t called = random() % words->size();
      for (size_t tries = 0; tries < words->size() && !is_called(*words, called); ++tries) called = (called + 1) % words->size();
      if (is_called(*words, called) && std::islower(static_cast<unsigned char>((*words)[called][0])) != 0) (*words)[called] = any_of(functions(), random);
    }
  }
}

void edit_words(Words* words, std::minstd_rand& random) {
  const size_t at = random() % words->size();
  const auto place = words->begin() + static_cast<ptrdiff_t>(at);
  const size_t some = std::min<size_t>(1 + random() % 4, words->size() - at);
  switch (random() % 4) {
    case 0: words->erase(place, place + static_cast<ptrdiff_t>(some)); break;
    case 1: *place = any_of(*words, random); break;
    case 2: std::swap(*place, (*words)[random() % words->size()]); break;
    default: {
      const Words copied(place, place + static_cast<ptrdiff_t>(some));
      words->insert(words->begin() + static_cast<ptrdiff_t>(random() % words->size()), copied.begin(), copied.end());
    }
  }
}

}  // namespace

/// Mostly edits of values and words, so that many scripts still parse and come to be analyzed; else the usual ones by bytes and by the dictionary.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<std::string> words;
  if (random() % 6 != 0) words = split_words({reinterpret_cast<const char*>(data), size});
  if (words.empty()) return LLVMFuzzerMutate(data, size, max_size);
  for (uint64_t edits = 1 + random() % 2; edits > 0 && !words.empty(); --edits) (random() % 5 == 0 ? edit_words : edit_value)(&words, random);
  std::string text;
  for (const std::string& word : words) text += word;
  const size_t kept = std::min(text.size(), max_size);
  std::memcpy(data, text.data(), kept);
  return kept;
}
