#include "compiler/syntax/foreign_constructs.h"

#include <algorithm>
#include <array>

namespace millrace {

namespace {

constexpr std::string_view kOnePartition = "there are no partitions to sort by: ORDER BY sorts the whole result";

constexpr auto kConstructs = std::to_array<ForeignConstruct>({
    {"FOR SYSTEM_TIME", "a table has no earlier versions", "a table is joined as it is when the query begins: JOIN STATIC t ON …"},
    {"FOR SYSTEM_VERSION", "a table has no earlier versions", "a table is joined as it is when the query begins: JOIN STATIC t ON …"},
    {"MATCH_RECOGNIZE", "not supported yet: MATCH_RECOGNIZE", "lag(…) OVER (PARTITION BY … ORDER BY …) compares a row with those before it"},
    {"PRIMARY KEY", "columns have no keys", "rows of a stream are only added; of a result, format = 'changelog' tells which rows are replaced"},
    {"PARTITIONED BY", "not supported yet: PARTITIONED BY", "a directory sink writes a file a batch"},
    {"SORT BY", "there is no SORT BY", kOnePartition},
    {"CLUSTER BY", "there is no CLUSTER BY", kOnePartition},
    {"DISTRIBUTE BY", "there is no DISTRIBUTE BY", kOnePartition},
    {"TABLESAMPLE", "not supported yet: TABLESAMPLE", "WHERE rand() < 0.1 keeps about a tenth of the rows"},
});

}  // namespace

size_t word_count(const ForeignConstruct& construct) { return static_cast<size_t>(std::ranges::count(construct.words, ' ')) + 1; }

const ForeignConstruct* foreign_construct(std::span<const std::string> words) {
  for (const ForeignConstruct& construct : kConstructs) {
    const size_t count = word_count(construct);
    if (words.size() < count) continue;
    std::string joined;
    for (const std::string& word : words.first(count)) joined += (joined.empty() ? "" : " ") + word;
    if (joined == construct.words) return &construct;
  }
  return nullptr;
}

}  // namespace millrace
