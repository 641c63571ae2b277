#include "runtime/connectors/patient_sink.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <vector>

namespace millrace {
namespace {

/// Fails so many times before it works.
class FailingSink final : public Sink {
 public:
  FailingSink(int failures, bool may_pass, int* writes) : failures_(failures), may_pass_(may_pass), writes_(writes) {}

  Status open() override { return {}; }
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch&) override {
    ++*writes_;
    if (failures_-- > 0) return {SinkOutcome::Failed, Status::error("no room"), may_pass_};
    return {};
  }
  Status close() override { return {}; }

 private:
  int failures_;
  bool may_pass_;
  int* writes_;
};

struct Attempt {
  int writes = 0;
  std::vector<std::string> notices;
  std::atomic<int> stop_requests = 0;

  SinkResult write(int failures, bool may_pass, int64_t retry_for_us) {
    ConnectorContext context;
    context.stop_requests = &stop_requests;
    context.notice = [this](std::string_view text) { notices.emplace_back(text); };
    PatientSink sink(std::make_unique<FailingSink>(failures, may_pass, &writes), {retry_for_us, context});
    return sink.write({});
  }
};

TEST_CASE("a write that fails of what may pass is tried again, and it is said once") {
  Attempt attempt;
  CHECK(attempt.write(2, true, 60'000'000).outcome == SinkOutcome::Written);
  CHECK(attempt.writes == 3);
  CHECK(attempt.notices == std::vector<std::string>{"no room; trying again", "no room: it works again"});
}

TEST_CASE("after its time a write is given up, and the reason is the sink's") {
  Attempt attempt;
  const SinkResult result = attempt.write(1'000'000, true, 50'000);
  CHECK(result.outcome == SinkOutcome::Failed);
  CHECK(result.status.message() == "no room");
  CHECK(attempt.writes >= 2);
}

TEST_CASE("what cannot pass is not tried again, nor anything for no time or when the job is to stop") {
  Attempt cannot_pass, no_time, stopping;
  stopping.stop_requests = 1;
  CHECK(cannot_pass.write(1, false, 60'000'000).outcome == SinkOutcome::Failed);
  CHECK(no_time.write(1, true, 0).outcome == SinkOutcome::Failed);
  CHECK(stopping.write(1, true, 60'000'000).outcome == SinkOutcome::Failed);
  CHECK(cannot_pass.writes + no_time.writes + stopping.writes == 3);
}

TEST_CASE("which errors may pass") {
  for (const int error : {ENOSPC, EDQUOT, EACCES, EIO, EROFS}) CHECK(may_pass(error));
  for (const int error : {0, EEXIST, EISDIR, EBADF, EINVAL, EPIPE}) CHECK_FALSE(may_pass(error));
}

}  // namespace
}  // namespace millrace
