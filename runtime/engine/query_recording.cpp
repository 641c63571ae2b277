#include "runtime/base/clock.h"
#include "runtime/engine/query_runner.h"
#include "runtime/recording/replayed_job.h"
#include "runtime/recording/run_recorder.h"

/// What a query has to do with recordings: how it tells of the end of its batches, and how they are ended again.
namespace millrace {

int64_t QueryRunner::clock_us() const { return options_.replayed != nullptr ? options_.replayed->wall_us(number()) : wall_clock_us(); }

/// Before anything is computed. While what it returns is held no other query's batch ends.
std::unique_lock<std::mutex> QueryRunner::record_end(int64_t at_us) const {
  if (options_.recorder == nullptr) return {};
  std::vector<int32_t> ended;
  for (const Input& input : inputs_) {
    if (input.ended) ended.push_back(input.source);
  }
  return options_.recorder->ending(number(), at_us, ended);
}

void QueryRunner::end_batch_again(std::span<const int32_t> ended) {
  for (const int32_t source : ended) {
    if (Input* input = input_of(source)) input->ended = true;
  }
  if (!finished_) end_batch();
}

void QueryRunner::finish_again() {
  if (!finished_) finish();
}

}  // namespace millrace
