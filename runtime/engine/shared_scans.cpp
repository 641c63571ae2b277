#include "runtime/engine/shared_scans.h"

#include "runtime/formats/line_indexer.h"

namespace millrace {

SharedScans::SharedScans(const abi::Program& program) : program_(program), scans_(program.shared_scans.size()) {}

SharedScans::~SharedScans() = default;

abi::JsonScan* SharedScans::of(int32_t number, int32_t worker) {
  const auto index = static_cast<size_t>(number);
  const auto place = static_cast<size_t>(worker);
  auto& of_workers = scans_[index];
  if (of_workers.size() <= place) of_workers.resize(place + 1);
  if (of_workers[place] == nullptr) of_workers[place] = std::make_unique<SharedPlaces>(program_.shared_scans[index], best_json_sweeps());
  return of_workers[place].get();
}

}  // namespace millrace
