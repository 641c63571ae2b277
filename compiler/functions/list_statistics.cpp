#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "compiler/functions/type_rules.h"
#include "runtime/abi/calls/list_statistics.h"

namespace millrace {

using namespace abi;

namespace {

/// One fraction gives a value, an ARRAY of them an ARRAY of values.
type_rule::Result picked(const SqlType& list, const SqlType& fraction, const SqlType& value) {
  const bool several = fraction.is(TypeKind::Array);
  const SqlType wanted = several ? SqlType::array(TypeKind::Double) : SqlType(TypeKind::Double);
  return CallTypes{{list, wanted}, several ? SqlType::array(value) : value};
}

type_rule::Result between(const type_rule::Types& arguments) {
  if (!arguments[0].is(TypeKind::Array)) return std::nullopt;
  return picked(SqlType::array(TypeKind::Double), arguments[1], TypeKind::Double);
}

type_rule::Result exact(const type_rule::Types& arguments) {
  const auto sorted = type_rule::sorted({arguments[0]});
  if (!sorted) return std::nullopt;
  return picked(sorted->result, arguments[1], sorted->result.fields.front().type);
}

type_rule::Result most_frequent(const type_rule::Types& arguments) { return type_rule::extreme(arguments); }

type_rule::Result bins(const type_rule::Types&) {
  SqlType bin = SqlType::structure({{"x", TypeKind::Double, true}, {"y", TypeKind::Double, true}});
  return CallTypes{{SqlType::array(TypeKind::Double), TypeKind::Int}, SqlType::array(std::move(bin))};
}

}  // namespace

void add_list_statistics(std::vector<ScalarFunction>& rows) {
  rows.push_back(packed<&mr_percentile_between>("__percentile", "", between, 2, 2, ""));
  rows.push_back(packed<&mr_percentile_exact>("__percentile_disc", "", exact, 2, 2, ""));
  rows.push_back(packed<&mr_mode_of_list>("__mode", "", most_frequent, 1, 1, ""));
  rows.push_back(packed<&mr_histogram_of_list>("__histogram", "", bins, 2, 2, ""));
}

}  // namespace millrace
