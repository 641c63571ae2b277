#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace {

/// One site of Wikimedia's, with the words that its made-up changes are put together from. Constants; any thread.
struct Wiki {
  using Words = std::span<const std::string_view>;

  std::string_view name;    ///< as in the field `wiki`: frwiki
  std::string_view server;  ///< fr.wikipedia.org
  uint64_t share = 0;       ///< percent of all changes
  uint64_t bot_percent = 0;
  bool has_sensitive_pages = false;
  Words pages;
  std::string_view category_word;  ///< in front of a category's name
  Words categories;
  std::string_view added_to_category;  ///< the remark of such a change
  Words sections;
  Words remarks;
};

/// The site of a number below 100, by the sites' shares.
const Wiki& wiki_of_share(uint64_t percent);

/// Pages of the French Wikipedia that quarrels gather on: those of queries/data/pages_sensibles.csv.
Wiki::Words sensitive_pages();
Wiki::Words user_names();
Wiki::Words bot_names();

}  // namespace millrace
