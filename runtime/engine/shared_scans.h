#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/formats/shared_places.h"

namespace millrace {

/// What a job's queries share of their sources: a scan for each of Program::shared_scans and each worker. A source belongs to one group of
/// streams, whose thread makes the scans of its workers, so that there are no locks. Outlives the queries.
class SharedScans {
 public:
  explicit SharedScans(const abi::Program& program);
  ~SharedScans();
  SharedScans(const SharedScans&) = delete;
  SharedScans& operator=(const SharedScans&) = delete;

  /// The scan `number` of a worker, from 1, or of the group's thread, 0. Made when it is first asked for.
  abi::JsonScan* of(int32_t number, int32_t worker);

 private:
  const abi::Program& program_;
  std::vector<std::vector<std::unique_ptr<SharedPlaces>>> scans_;  ///< by number, then by worker
};

}  // namespace millrace
