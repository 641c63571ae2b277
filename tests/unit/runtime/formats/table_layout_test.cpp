#include "runtime/formats/table_layout.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runtime/formats/output_buffer.h"
#include "runtime/hot/output.h"

using namespace millrace;

namespace {

using Cells = std::vector<std::optional<std::string>>;

std::string render(const std::vector<std::string_view>& names, const Cells& cells, const TableLayoutOptions& options = {},
                   int64_t further_rows = 0) {
  abi::OutputBuffer buffer = make_output_buffer();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i % names.size() == 0) abi::mr_out_row_begin(&buffer);
    if (!cells[i]) {
      abi::mr_out_cell_null(&buffer);
      continue;
    }
    const int64_t begin = abi::mr_out_cell_begin(&buffer);
    abi::mr_out_bytes(&buffer, cells[i]->data(), static_cast<int64_t>(cells[i]->size()));
    abi::mr_out_cell_end(&buffer, begin);
  }
  buffer.row_count += further_rows;
  std::string text = render_table(names, buffer, options);
  free_output_buffer(&buffer);
  return text;
}

}  // namespace

TEST_CASE("the word count of Spark's guide") {
  CHECK(batch_banner(1) + render({"value", "count"}, {"apache", "2", "spark", "1", "hadoop", "1"}) ==
        R"(-------------------------------------------
Batch: 1
-------------------------------------------
+------+-----+
| value|count|
+------+-----+
|apache|    2|
| spark|    1|
|hadoop|    1|
+------+-----+

)");
}

TEST_CASE("an empty table has two rules under its header") {
  CHECK(render({"value"}, {}) == "+-----+\n|value|\n+-----+\n+-----+\n\n");
}

TEST_CASE("columns are three wide at least; NULL shows") {
  CHECK(render({"a"}, {std::nullopt, "1"}) == "+----+\n|   a|\n+----+\n|NULL|\n|   1|\n+----+\n\n");
  CHECK(render({"a"}, {"1"}) == "+---+\n|  a|\n+---+\n|  1|\n+---+\n\n");
}

TEST_CASE("cells are cut to twenty characters, headers are not") {
  CHECK(render({"a_name_of_twenty_two_c"}, {"12345678901234567890", "123456789012345678901"}) ==
        "+----------------------+\n|a_name_of_twenty_two_c|\n+----------------------+\n"
        "|  12345678901234567890|\n|  12345678901234567...|\n+----------------------+\n\n");
  CHECK(render({"a"}, {"abcdef"}, {.truncate = 3}) == "+---+\n|  a|\n+---+\n|abc|\n+---+\n\n");
  CHECK(render({"a"}, {"abcdef"}, {.truncate = 5}) == "+-----+\n|    a|\n+-----+\n|ab...|\n+-----+\n\n");
}

TEST_CASE("uncut tables are left-aligned") {
  CHECK(render({"a", "b"}, {"1234", std::nullopt}, {.truncate = 0}) ==
        "+----+----+\n|a   |b   |\n+----+----+\n|1234|NULL|\n+----+----+\n\n");
}

TEST_CASE("wide characters take two columns") {
  CHECK(render({"a"}, {"\u4e2d\u6587", "\u00e9t\u00e9"}) == "+----+\n|   a|\n+----+\n|\u4e2d\u6587|\n| \u00e9t\u00e9|\n+----+\n\n");
}

TEST_CASE("rows that are not shown are told") {
  CHECK(render({"abc"}, {"1", "2"}, {}, 3) == "+---+\n|abc|\n+---+\n|  1|\n|  2|\n+---+\nonly showing top 2 rows\n\n");
  CHECK(render({"abc"}, {"1"}, {}, 3) == "+---+\n|abc|\n+---+\n|  1|\n+---+\nonly showing top 1 row\n\n");
}
