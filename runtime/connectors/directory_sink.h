#pragma once

#include <string>

#include "runtime/connectors/batch_text.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// A file of JSON lines or csv for each batch that has rows: `part-00000012.json`. A file is written under a name that begins with `.` and
/// gets its own when it is whole and on the disk. Files that are there are never touched: numbers go on after the largest.
class DirectorySink final : public Sink {
 public:
  /// `query` outlives it.
  explicit DirectorySink(const abi::QuerySpec& query);

  /// Makes the folder, and those above it, when they are not there.
  Status open() override;
  /// The numbers of the parts that belong to it. Parts of its own that came later are removed.
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override;
  Status close() override { return {}; }

 private:
  Status write_file(const std::string& path, std::string_view header, std::string_view rows) const;
  Status remove_parts_from(int64_t number) const;
  Status publish(const std::string& hidden, const std::string& path) const;
  Status name_part(const std::string& hidden, const std::string& path) const;

  BatchText text_;
  std::string folder_;
  std::string suffix_;         ///< `.json`
  int64_t first_number_ = 0;   ///< of the job's batch 0
  int64_t next_number_ = 0;    ///< behind the last part that was written
};

}  // namespace millrace
