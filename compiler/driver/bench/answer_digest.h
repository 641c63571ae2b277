#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// What a reader of all batches ends up with, as a sum of its rows' hashes: the order of rows does not matter.
struct AnswerDigest {
  int64_t rows = 0;
  uint64_t hash = 0;

  bool operator==(const AnswerDigest&) const = default;
};

/// A sink that keeps no rows but the digest of the answer: of all rows under APPEND, of the last batch's under COMPLETE, of each key's
/// last row under UPDATE.
class DigestSink final : public Sink {
 public:
  /// `keys`: under UPDATE, the result columns by which a later row takes an earlier one's place. `query` and `digest` outlive the sink.
  DigestSink(const abi::QuerySpec& query, std::vector<uint32_t> keys, AnswerDigest* digest)
      : query_(query), keys_(std::move(keys)), digest_(digest) {}

  Status open() override { return {}; }
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override;
  Status close() override;

 private:
  void take_row(std::string_view row);
  std::string_view key_of(std::string_view row);

  const abi::QuerySpec& query_;
  std::vector<uint32_t> keys_;
  AnswerDigest* digest_;
  AnswerDigest all_;
  std::unordered_map<std::string, uint64_t> by_key_;
  std::vector<std::string_view> values_;  ///< of the row in hand
  std::string key_;
};

/// The texts of a row's values in their order: members of a JSON object, fields of a csv line, a table's cells.
void split_row(std::string_view row, abi::OutputFormat format, std::vector<std::string_view>* values);

}  // namespace millrace
