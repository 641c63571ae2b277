#include "runtime/connectors/kept_lines.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/formats/output_buffer.h"
#include "runtime/hot/output.h"

namespace millrace {

namespace {

/// What a line costs beyond its text, about.
constexpr size_t kLineBytes = sizeof(KeptLines::Line);

class TextSource final : public Source {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}

  Status open() override { return {}; }
  bool is_bulk() const override { return true; }
  ReadResult read(std::span<char> buffer, int64_t) override {
    const size_t count = std::min(buffer.size(), text_.size() - at_);
    if (count == 0) return ReadResult::end();
    std::memcpy(buffer.data(), text_.data() + at_, count);
    at_ += count;
    return ReadResult::data(count);
  }

 private:
  std::string text_;
  size_t at_ = 0;
};

std::string iso_time(int64_t us) {
  constexpr int64_t kSecondUs = 1'000'000;
  const int64_t second = us / kSecondUs - (us % kSecondUs < 0 ? 1 : 0);
  const auto seconds = static_cast<time_t>(second);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%06lldZ", static_cast<long long>(us - second * kSecondUs));
  return text;
}

std::string json_string(std::string_view text) {
  abi::OutputBuffer out = make_output_buffer();
  const abi::StringRef string{text.data(), static_cast<int64_t>(text.size())};
  abi::mr_out_json_string(&out, &string);
  std::string quoted(out.data, static_cast<size_t>(out.size));
  free_output_buffer(&out);
  return quoted;
}

/// A late line with its watermark in front: as a csv field, or as a member of the record that it is or, of plain text, becomes.
std::string with_watermark(const KeptLines::Line& line, const abi::SourceSpec& spec) {
  const std::string_view name = text_option(spec.options, "watermark");
  const std::string_view delimiter = text_option(spec.options, "delimiter", ",");
  if (spec.format == abi::Format::Csv) return iso_time(line.watermark_us) + (delimiter == "\\t" ? "\t" : std::string(delimiter)) + line.text;
  std::string record = "{" + json_string(name) + ":\"" + iso_time(line.watermark_us) + "\"";
  if (const std::string_view column = text_option(spec.options, "text_column"); !column.empty()) {
    return record + "," + json_string(column) + ":" + json_string(line.text) + "}";
  }
  const size_t brace = line.text.find('{');
  const size_t member = brace == std::string::npos ? brace : line.text.find_first_not_of(" \t\r", brace + 1);
  if (member == std::string::npos || line.text[member] == '}') return record + "}";
  return record + "," + line.text.substr(member);
}

}  // namespace

void KeptLines::add(const std::string& table, Line line) {
  std::lock_guard<std::mutex> lock(mutex_);
  Table& kept = tables_[table];
  kept.bytes += line.text.size() + kLineBytes;
  kept.lines.push_back(std::move(line));
  while (static_cast<int64_t>(kept.lines.size()) > most_lines_ || (kept.bytes > kMostBytes && kept.lines.size() > 1)) {
    kept.bytes -= kept.lines.front().text.size() + kLineBytes;
    kept.lines.pop_front();
    ++kept.lost;
  }
}

KeptLines::Table KeptLines::table(const std::string& name) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? Table{} : found->second;
}

int64_t KeptLines::memory_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t bytes = 0;
  for (const auto& [name, table] : tables_) bytes += table.bytes;
  return static_cast<int64_t>(bytes);
}

void KeptLines::snapshot(const std::string& table, SnapshotWriter& writer) const {
  const Table kept = this->table(table);
  writer.put(kept.lost);
  writer.put(static_cast<uint64_t>(kept.lines.size()));
  for (const Line& line : kept.lines) {
    writer.put(line.watermark_us);
    writer.text(line.text);
  }
}

void KeptLines::restore(const std::string& table, SnapshotReader& reader) {
  const auto lost = reader.get<int64_t>();
  const uint64_t count = reader.get_count(2 * sizeof(int64_t));
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    const auto watermark_us = reader.get<int64_t>();
    add(table, {reader.text(), watermark_us});
  }
  std::lock_guard<std::mutex> lock(mutex_);
  tables_[table].lost += lost;
}

std::unique_ptr<Source> read_kept_lines(const KeptLines& kept, const abi::SourceSpec& spec, const ConnectorContext& context) {
  const KeptLines::Table table = kept.table(spec.name);
  const bool are_late = spec.options.contains("watermark");
  std::string text;
  for (const KeptLines::Line& line : table.lines) text += (are_late ? with_watermark(line, spec) : line.text) + "\n";
  if (table.lost > 0 && context.notice) {
    const auto kept_lines = static_cast<int64_t>(table.lines.size());
    context.notice("'" + spec.name + "' has the last " + std::to_string(kept_lines) + " of " + std::to_string(kept_lines + table.lost) +
                   " lines; SET max_kept_lines = N keeps more");
  }
  return std::make_unique<TextSource>(std::move(text));
}

}  // namespace millrace
