#include "compiler/driver/shell/completion.h"

#include <algorithm>

#include "compiler/analysis/listing.h"
#include "compiler/base/letter_case.h"
#include "compiler/catalog/names.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/syntax/parser.h"
#include "compiler/driver/shell/word_character.h"

namespace millrace {
namespace {

constexpr std::string_view kCommands[] = {"\\?", "\\d", "\\q", "\\timing", "\\wait", "\\watch"};

/// What SHOW takes: words that are names elsewhere.
const std::vector<std::string> kShown{"CONNECTORS", "FORMATS", "FUNCTIONS", "QUERIES", "SINKS", "STREAMS", "TABLES", "VIEWS"};

/// Whether the text ends in SHOW and blanks.
bool follows_show(std::string_view text) {
  const size_t end = text.find_last_not_of(" \t");
  if (end == std::string_view::npos || end + 1 == text.size()) return false;
  text = text.substr(0, end + 1);
  constexpr std::string_view kShow = "SHOW";
  if (text.size() < kShow.size() || !same_name(text.substr(text.size() - kShow.size()), kShow)) return false;
  return text.size() == kShow.size() || !is_word(text[text.size() - kShow.size() - 1]);
}

bool begins_with(std::string_view word, std::string_view prefix) {
  return word.size() >= prefix.size() && same_name(word.substr(0, prefix.size()), prefix);
}

}  // namespace

Completer::Completer(Session& session) : session_(session), keywords_(keyword_names()) {
  for (const ScalarFunction& function : scalar_functions()) {
    if (!function.name.starts_with("__")) functions_.emplace_back(function.name);
  }
  for (const AggregateFunction& function : aggregate_functions()) functions_.emplace_back(function.name);
}

Completion Completer::complete(std::string_view line) const {
  size_t begin = line.size();
  while (begin > 0 && is_word(line[begin - 1])) --begin;
  const std::string_view word = line.substr(begin);
  Completion completion;
  completion.word_size = word.size();
  auto& candidates = completion.candidates;
  const auto offer = [&](const std::vector<std::string>& names) {
    std::copy_if(names.begin(), names.end(), std::back_inserter(candidates), [&](const std::string& name) { return begins_with(name, word); });
  };
  if (begin > 0 && line[begin - 1] == '\\') {
    ++completion.word_size;
    const std::string_view command = line.substr(begin - 1);
    for (const std::string_view known : kCommands) {
      if (known.starts_with(command)) candidates.emplace_back(known);
    }
  } else if (begin > 0 && line[begin - 1] == '.') {
    size_t qualifier = begin - 1;
    while (qualifier > 0 && is_word(line[qualifier - 1])) --qualifier;
    offer(columns_of(std::string(line.substr(qualifier, begin - 1 - qualifier))));
  } else if (follows_show(line.substr(0, begin))) {
    offer(kShown);
  } else if (!word.empty()) {
    const bool is_lower = std::none_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    for (const std::string& keyword : keywords_) {
      if (begins_with(keyword, word)) candidates.push_back(is_lower ? lower_case(keyword) : keyword);
    }
    offer(functions_);
    offer(session_.catalog.names());
    for (const std::string& relation : session_.catalog.names()) offer(columns_of(relation));
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return completion;
}

/// None when there is no such relation, or when it can no longer be read.
std::vector<std::string> Completer::columns_of(const std::string& relation) const {
  std::vector<std::string> names;
  if (!session_.catalog.find(relation)) return names;
  try {
    const AnalyzedListing listing = describe(session_, ast::Describe{{ast::Identifier{relation, true, {}}}});
    for (const auto& row : listing.rows) names.push_back(row.front());
  } catch (const SqlError&) {
    session_.views_in_hand.clear();
  }
  return names;
}

std::string common_prefix(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  size_t size = words.front().size();
  for (const std::string& word : words) {
    size = std::min(size, word.size());
    while (!same_name(std::string_view(word).substr(0, size), std::string_view(words.front()).substr(0, size))) --size;
  }
  // Never within a character.
  while (size > 0 && size < words.front().size() && (static_cast<unsigned char>(words.front()[size]) & 0xC0U) == 0x80U) --size;
  return words.front().substr(0, size);
}

}  // namespace millrace
