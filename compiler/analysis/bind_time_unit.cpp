#include <array>

#include "compiler/analysis/expr_binder.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

/// timestampadd(MONTH, 1, t) and timestampdiff(HOUR, a, b): the unit is a word, not a column.
namespace millrace {

namespace {

struct Unit {
  std::string_view name;
  int64_t months;  ///< 0: `us` counts
  int64_t us;
};

constexpr int64_t kSecond = 1'000'000;
constexpr std::array<Unit, 10> kUnits{{{"microsecond", 0, 1},
                                       {"millisecond", 0, 1000},
                                       {"second", 0, kSecond},
                                       {"minute", 0, 60 * kSecond},
                                       {"hour", 0, 3600 * kSecond},
                                       {"day", 0, 86400 * kSecond},
                                       {"week", 0, 7 * 86400 * kSecond},
                                       {"month", 1, 0},
                                       {"quarter", 3, 0},
                                       {"year", 12, 0}}};

const Unit& unit_of(const ast::Expr& e) {
  const auto* column = std::get_if<ast::ColumnName>(&e.node);
  const auto* literal = std::get_if<ast::Literal>(&e.node);
  const std::string name = fold_case(column && column->parts.size() == 1 ? column->parts.front().text : literal ? literal->text : "");
  std::vector<std::string> known;
  for (const Unit& unit : kUnits) {
    if (name == unit.name || name == std::string(unit.name) + "s") return unit;
    known.emplace_back(unit.name);
  }
  throw SqlError(e.span, "'" + name + "' is no unit of time" + did_you_mean(name, known), "such as DAY, HOUR, MONTH");
}

}  // namespace

/// nullptr when the call has another form: date_add(d, 3).
ExprPtr ExprBinder::bind_time_unit_call(const ast::Call& call, SourceSpan span) {
  const std::string name = fold_case(call.name.text);
  const bool adds = name == "timestampadd" || name == "dateadd" || name == "date_add";
  const bool differs = name == "timestampdiff" || name == "datediff" || name == "date_diff";
  if ((!adds && !differs) || call.arguments.size() != 3) return nullptr;
  const Unit& unit = unit_of(*call.arguments[0]);
  if (adds) {
    ExprPtr count = coerce_checked(bind(*call.arguments[1]), TypeKind::BigInt, "the number of units");
    ExprPtr time = coerce_checked(bind(*call.arguments[2]), TypeKind::Timestamp, "the time");
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::move(time));
    arguments.push_back(std::move(count));
    arguments.push_back(make_integer(unit.months > 0 ? unit.months : unit.us, TypeKind::BigInt, span));
    return make_call(unit.months > 0 ? "__months_later" : "__micros_later", std::move(arguments), span);
  }
  std::vector<ExprPtr> arguments;
  for (size_t i = 1; i < 3; ++i) arguments.push_back(coerce_checked(bind(*call.arguments[i]), TypeKind::Timestamp, "the time"));
  arguments.push_back(make_integer(unit.months > 0 ? unit.months : unit.us, TypeKind::BigInt, span));
  return make_call(unit.months > 0 ? "__months_apart" : "__micros_apart", std::move(arguments), span);
}

}  // namespace millrace
