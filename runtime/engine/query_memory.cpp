#include "runtime/base/byte_size.h"
#include "runtime/engine/query_runner.h"

/// What a query holds, against what the job's queries may hold together.
namespace millrace {

void QueryRunner::limit_memory(MemoryBudget* budget) {
  budget_ = budget;
  budget_share_ = budget->add();
}

void QueryRunner::check_memory() {
  if (budget_ == nullptr || finished_) return;
  int64_t bytes = states_.memory_bytes() + output_.capacity + scratch_.reserved_bytes();
  for (const int64_t share : share_bytes_) bytes += share;
  budget_share_->store(bytes, std::memory_order_relaxed);
  const int64_t used = budget_->used_bytes();
  if (used <= budget_->limit_bytes()) return;
  const std::string states = states_.memory_text(query_.state_names);
  std::string why = "the memory limit of " + byte_size_text(budget_->limit_bytes()) + " is reached: this query holds " + byte_size_text(bytes);
  if (!states.empty()) why += " (" + states + ")";
  if (used > bytes) why += ", the others " + byte_size_text(used - bytes);
  fail(why + "; EXPLAIN STATE says what is bounded, --memory-limit and SET memory_limit say how much there may be");
  is_over_budget_ = true;
}

/// Others go on, with the memory that is free then. Not while workers may still look at the states; nor of a view, whose readers have its rows.
void QueryRunner::release_if_over_budget() {
  if (!is_over_budget_ || query_.view) return;
  is_over_budget_ = false;
  shares_.clear();
  states_.release();
  budget_share_->store(0, std::memory_order_relaxed);
}

}  // namespace millrace
