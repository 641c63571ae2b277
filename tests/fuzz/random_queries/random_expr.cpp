#include "tests/fuzz/random_queries/random_expr.h"

#include <fmt/format.h>

namespace millrace::fuzz {

std::string RandomExpr::column_or(const std::vector<std::string>& names, const std::string& literal) {
  return !names.empty() && random_.chance(75) ? random_.pick(names) : literal;
}

std::string RandomExpr::integer(int depth) {
  const std::string literal = random_.chance(90) ? fmt::format("{}", random_.between(-3, 6))
                                                 : random_.pick({"2147483647", "9223372036854775807", "CAST(NULL AS BIGINT)"});
  if (depth == 0) return column_or(columns_.integers, literal);
  switch (random_.below(12)) {
    case 0: return fmt::format("({} + {})", integer(depth - 1), integer(depth - 1));
    case 1: return fmt::format("({} - {})", integer(depth - 1), integer(depth - 1));
    case 2: return fmt::format("({} * {})", integer(depth - 1), integer(depth - 1));
    case 3: return fmt::format("({} div {})", integer(depth - 1), integer(depth - 1));
    case 4: return fmt::format("({} % {})", integer(depth - 1), integer(depth - 1));
    case 5: return fmt::format("length({})", string(depth - 1));
    case 6: return fmt::format("CASE WHEN {} THEN {} ELSE {} END", boolean(depth - 1), integer(depth - 1), integer(depth - 1));
    case 7: return fmt::format("coalesce({}, {})", integer(depth - 1), integer(depth - 1));
    case 8: return fmt::format("CAST({} AS {})", number(depth - 1), random_.pick({"BIGINT", "INT"}));
    case 9: return fmt::format("CAST({} AS {})", string(depth - 1), random_.pick({"BIGINT", "INT"}));
    case 10: return fmt::format("{}({}, {})", random_.pick({"greatest", "least"}), integer(depth - 1), integer(depth - 1));
    default: return fmt::format("(- {})", integer(depth - 1));
  }
}

std::string RandomExpr::number(int depth) {
  const std::string literal =
      random_.chance(90) ? fmt::format("{}e0", static_cast<double>(random_.between(-8, 8)) / 4) : "CAST(NULL AS DOUBLE)";
  if (depth == 0) return column_or(columns_.doubles, literal);
  switch (random_.below(9)) {
    case 0: return fmt::format("({} + {})", number(depth - 1), number(depth - 1));
    case 1: return fmt::format("({} - {})", number(depth - 1), number(depth - 1));
    case 2: return fmt::format("({} * {})", number(depth - 1), number(depth - 1));
    case 3: return fmt::format("({} / {})", number(depth - 1), random_.chance(50) ? integer(depth - 1) : number(depth - 1));
    case 4: return fmt::format("CAST({} AS DOUBLE)", integer(depth - 1));
    case 5: return fmt::format("CAST({} AS DOUBLE)", string(depth - 1));
    case 6: return fmt::format("nullif({}, {})", number(depth - 1), number(depth - 1));
    case 7: return fmt::format("CASE WHEN {} THEN {} END", boolean(depth - 1), number(depth - 1));
    default: return fmt::format("abs({})", number(depth - 1));
  }
}

std::string RandomExpr::string(int depth) {
  const std::string literal =
      random_.chance(90) ? random_.pick({"'a'", "'stairs'", "''", "'12'", "'É'", "' x '"}) : "CAST(NULL AS STRING)";
  if (depth == 0) return column_or(columns_.strings, literal);
  switch (random_.below(9)) {
    case 0: return fmt::format("concat({}, {})", string(depth - 1), string(depth - 1));
    case 1: return fmt::format("upper({})", string(depth - 1));
    case 2: return fmt::format("lower({})", string(depth - 1));
    case 3: return fmt::format("substring({}, {}, {})", string(depth - 1), random_.between(-3, 4), random_.between(0, 5));
    case 4: return fmt::format("trim({})", string(depth - 1));
    case 5: return fmt::format("coalesce({}, {})", string(depth - 1), string(depth - 1));
    case 6: return fmt::format("CASE WHEN {} THEN {} ELSE {} END", boolean(depth - 1), string(depth - 1), string(depth - 1));
    case 7: return fmt::format("CAST({} AS STRING)", integer(depth - 1));
    default: return fmt::format("CAST({} AS STRING)", boolean(depth - 1));
  }
}

std::string RandomExpr::comparison(int depth) {
  const std::string op = random_.pick({"=", "<>", "<", "<=", ">", ">=", "<=>"});
  switch (random_.below(4)) {
    case 0: return fmt::format("({} {} {})", integer(depth), op, integer(depth));
    case 1: return fmt::format("({} {} {})", number(depth), op, random_.chance(50) ? number(depth) : integer(depth));
    case 2: return fmt::format("({} {} {})", string(depth), op, string(depth));
    default:
      if (columns_.times.empty()) return fmt::format("({} {} {})", integer(depth), op, number(depth));
      return fmt::format("({} {} TIMESTAMP '1970-01-01 00:00:{:02}')", random_.pick(columns_.times), op, random_.below(60));
  }
}

std::string RandomExpr::boolean(int depth) {
  if (depth == 0) return column_or(columns_.booleans, random_.pick({"TRUE", "FALSE", "CAST(NULL AS BOOLEAN)"}));
  switch (random_.below(10)) {
    case 0: return fmt::format("({} AND {})", boolean(depth - 1), boolean(depth - 1));
    case 1: return fmt::format("({} OR {})", boolean(depth - 1), boolean(depth - 1));
    case 2: return fmt::format("(NOT {})", boolean(depth - 1));
    case 3: return fmt::format("({} IS {}NULL)", any(depth - 1), random_.pick({"", "NOT "}));
    case 4:
      return fmt::format("({} {}IN ({}, {}, {}))", integer(depth - 1), random_.pick({"", "NOT "}), integer(0), integer(0), integer(0));
    case 5: return fmt::format("({} IN ('a', {}, 'stairsup'))", string(depth - 1), string(0));
    case 6: return fmt::format("({} {}BETWEEN {} AND {})", integer(depth - 1), random_.pick({"", "NOT "}), integer(0), integer(0));
    case 7:
      return fmt::format("({} {}LIKE '{}')", string(depth - 1), random_.pick({"", "NOT "}),
                         random_.pick({"%", "a%", "%stairs%", "_", "%b", "%é%", "a\\%b%", "st%s%p", ""}));
    default: return comparison(depth - 1);
  }
}

std::string RandomExpr::any(int depth) {
  switch (random_.below(4)) {
    case 0: return integer(depth);
    case 1: return number(depth);
    case 2: return string(depth);
    default: return boolean(depth);
  }
}

}  // namespace millrace::fuzz
