#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millrace {

/// What users of other dialects write and there is not here.
struct ForeignConstruct {
  std::string_view words;  ///< in capitals, with single blanks
  std::string_view message;
  std::string_view hint;
};

/// The construct whose words `words` (in capitals) begins with, or nullptr.
const ForeignConstruct* foreign_construct(std::span<const std::string> words);

/// How many words it has.
size_t word_count(const ForeignConstruct& construct);

}  // namespace millrace
