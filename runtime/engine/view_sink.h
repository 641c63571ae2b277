#pragma once

#include <memory>
#include <utility>

#include "runtime/connectors/connector.h"
#include "runtime/state/materialized_view.h"

namespace millrace {

/// Where a materialized view's query leaves its rows: each batch becomes visible as a whole.
class ViewSink final : public Sink {
 public:
  explicit ViewSink(std::shared_ptr<MaterializedView> view) : view_(std::move(view)) {}

  Status open() override { return {}; }
  int64_t rows_wanted() const override { return 0; }
  SinkResult write(const SinkBatch& batch) override {
    Status status = view_->commit(*batch.tuples, *batch.copy_rows);
    if (status.ok()) return {};
    return {SinkOutcome::Failed, std::move(status)};
  }
  Status close() override { return {}; }

 private:
  std::shared_ptr<MaterializedView> view_;  // shared: the view outlives its query, and readers outlive both
};

}  // namespace millrace
