#include <algorithm>
#include <utility>

#include "runtime/base/byte_size.h"
#include "runtime/engine/query_runner.h"

/// What a query holds, against what the job's queries may hold together.
namespace millrace {

void QueryRunner::limit_memory(MemoryBudget* budget) {
  budget_ = budget;
  budget_share_ = budget->add();
}

/// The output of one call of a pipeline is what may grow without end between two looks at the sum: of all groups shown at once, say.
int64_t QueryRunner::output_size_max() const {
  if (budget_ == nullptr) return INT64_MAX;
  // So much more is left to the look behind the call, which ends the query in an orderly way, with a checkpoint.
  constexpr int64_t kGraceBytes = int64_t{32} << 20;
  return output_.capacity + std::max<int64_t>(budget_->limit_bytes() - budget_->used_bytes(), 0) + kGraceBytes;
}

void QueryRunner::check_memory() {
  if (budget_ == nullptr || finished_) return;
  if (std::string why = memory_problem(); !why.empty()) fail_for_memory(std::move(why));
}

/// In the middle of a batch's results: what the states are then is no place to go on from. The checkpoint before is.
void QueryRunner::fail_for_output() {
  const std::string why = budget_ == nullptr ? "" : memory_problem();
  fail(why.empty() ? "a limit of memory was reached" : why);
  is_over_budget_ = true;
}

/// Tells the budget what the query holds, and says so if that is too much with all else.
std::string QueryRunner::memory_problem() {
  const int64_t view_bytes = query_.view ? options_.views->find(query_.view->id)->memory_bytes() : 0;
  const int64_t unsent_bytes = sink_->memory_bytes();
  int64_t bytes = states_.memory_bytes() + output_.capacity + scratch_.reserved_bytes() + view_bytes + unsent_bytes;
  for (const int64_t share : share_bytes_) bytes += share;
  budget_share_->store(bytes, std::memory_order_relaxed);
  const int64_t used = budget_->used_bytes();
  if (used <= budget_->limit_bytes()) return {};
  std::string states = states_.memory_text(query_.state_names);
  const auto add = [&states](const std::string& what, int64_t size) {
    if (size > 0) states += (states.empty() ? "" : ", ") + what + " " + byte_size_text(size);
  };
  add("the view's rows", view_bytes);
  add("rows that wait for the sink's readers", unsent_bytes);
  add("output", output_.capacity);
  std::string why = "the memory limit of " + byte_size_text(budget_->limit_bytes()) + " is reached: this query holds " + byte_size_text(bytes);
  if (!states.empty()) why += " (" + states + ")";
  const int64_t others = used - bytes - budget_->part_bytes();
  if (others > 0) why += ", the others " + byte_size_text(others);
  if (const std::string parts = budget_->parts_text(); !parts.empty()) why += ", " + parts;
  return why + "; EXPLAIN STATE says what is bounded, --memory-limit and SET memory_limit say how much there may be";
}

/// Where checkpoints are made the group makes one first, so that more memory, and the same command, goes on from here.
void QueryRunner::fail_for_memory(std::string why) {
  if (may_wait_for_checkpoint_) {
    pending_failure_ = std::move(why);
    return;
  }
  fail(std::move(why));
  is_over_budget_ = true;
}

void QueryRunner::fail_after_checkpoint() {
  fail(std::exchange(pending_failure_, {}));
  is_over_budget_ = true;
  release_if_over_budget();
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
