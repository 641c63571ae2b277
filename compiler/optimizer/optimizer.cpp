#include "compiler/optimizer/optimizer.h"

#include <utility>

#include "compiler/optimizer/rules.h"
#include "compiler/optimizer/scan_rules.h"
#include "compiler/plan/plan_nullability.h"
#include "compiler/plan/plan_verifier.h"

namespace millrace {

namespace {

#if defined(MILLRACE_CHECKED) || !defined(NDEBUG)
constexpr bool kVerify = true;
#else
constexpr bool kVerify = false;
#endif

}  // namespace

plan::Query optimize(plan::Query query) {
  if (kVerify) plan::verify(query);
  query = fuse_from_json(std::move(query));
  for (const OptimizerStep& step : kOptimizerSteps) {
    query.root = step.rule(std::move(query.root));
    plan::refresh_nullability(*query.root);
    if (kVerify) plan::verify(query);
  }
  query = narrow_structs(std::move(query));
  if (kVerify) plan::verify(query);
  return query;
}

}  // namespace millrace
