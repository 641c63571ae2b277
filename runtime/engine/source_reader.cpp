#include "runtime/engine/source_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/engine/dead_letters.h"

namespace millrace {

namespace {

// Of a file that has less left, the rest is read as it comes.
constexpr int64_t kRangesWorthIt = 4;

char character_option(const abi::Options& options, std::string_view name, char otherwise) {
  std::string_view text = text_option(options, name);
  return text.empty() ? otherwise : text.front();
}

LineDecoderOptions decoder_options(const abi::SourceSpec& spec) {
  LineDecoderOptions options;
  options.format = spec.format;
  options.blank_rows = flag_option(spec.options, "blank_rows");
  options.line_max = static_cast<size_t>(integer_option(spec.options, "max_line", static_cast<int64_t>(options.line_max)));
  options.skip_header = spec.format == abi::Format::Csv && flag_option(spec.options, "header");
  options.delimiter = character_option(spec.options, "delimiter", options.delimiter);
  options.quote = character_option(spec.options, "quote", options.quote);
  options.escape = character_option(spec.options, "escape", options.escape);
  return options;
}

}  // namespace

SourceReader::SourceReader(const abi::SourceSpec& spec, std::unique_ptr<Source> source)
    : source_(std::move(source)), decoder_options_(decoder_options(spec)), decoder_(decoder_options_) {}

void SourceReader::snapshot(SnapshotWriter& writer) const {
  const std::optional<std::string> position = source_->position();
  writer.put(static_cast<uint8_t>(position.has_value()));
  writer.text(position.value_or(""));
  writer.put(boundary_);
  writer.put(static_cast<uint8_t>(ended_));
  writer.text(origin_);
  writer.text(dead_letters_ == nullptr ? "" : dead_letters_->position());
  decoder_.snapshot(writer);
}

Status SourceReader::make_lasting() const {
  Status lasting = dead_letters_ == nullptr ? Status{} : dead_letters_->make_lasting();
  return lasting.ok() ? source_->make_lasting() : lasting;
}

Status SourceReader::resume(SnapshotReader& reader) {
  const bool has_position = reader.get_flag();
  const std::string position = reader.text();
  boundary_ = reader.get<ReadResult::Kind>();
  ended_ = reader.get_flag();
  origin_ = reader.text();
  received_ns_ = steady_clock_ns();  // what the decoder holds came from another process
  const std::string letters = reader.text();
  decoder_.restore(reader);
  if (!reader.ok()) return reader.status();
  if (dead_letters_ != nullptr && !letters.empty()) {
    Status resumed = dead_letters_->resume(letters);
    if (!resumed.ok()) return resumed;
  }
  if (ended_ || boundary_ == ReadResult::Kind::End) return {};  // it will not be asked for more
  return has_position ? source_->resume(position) : source_->open();
}

std::vector<std::unique_ptr<LineChunk>> SourceReader::chunks_of(std::string_view lines, int64_t first_line) const {
  std::vector<std::unique_ptr<LineChunk>> chunks;
  LineDecoder decoder(decoder_options_);
  decoder.resume_within(lines, first_line);
  auto chunk = std::make_unique<LineChunk>();
  while (decoder.take_chunk(chunk.get(), true)) {
    decoder.index_chunk(chunk.get());
    chunk->block.first_line = first_line + chunk->lines_before_row;
    first_line += chunk->lines;
    decoder.resume_within({}, first_line);
    if (chunk->block.row_count > 0) chunks.push_back(std::exchange(chunk, std::make_unique<LineChunk>()));
  }
  return chunks;
}

void SourceReader::snapshot_errors(SnapshotWriter& writer) const {
  if (dead_letters_ != nullptr) dead_letters_->snapshot(writer);
}

void SourceReader::restore_errors(SnapshotReader& reader) {
  if (dead_letters_ != nullptr) dead_letters_->restore(reader);
}

Status SourceReader::keep_bad_rows(const abi::LineBlock& block, const std::vector<int64_t>& rows, const std::string& origin) const {
  return dead_letters_ == nullptr || rows.empty() ? Status{} : dead_letters_->keep(block, rows, origin);
}

Status SourceReader::take_cut_line(bool* was_one) {
  int64_t number = 0;
  const std::string line = decoder_.take_open_line(&number);
  *was_one = !line.empty();
  return line.empty() || dead_letters_ == nullptr ? Status{} : dead_letters_->keep_cut_line(line, number, origin_);
}

SourceReader::Outcome SourceReader::next_received_block() {
  return decoder_.next_block(&block_, at_last_line()) ? Outcome::Rows : Outcome::Nothing;
}

/// The bytes at hand are the last ones of their file.
bool SourceReader::at_last_line() const {
  return boundary_ == ReadResult::Kind::NextFile || boundary_ == ReadResult::Kind::End;
}

SourceReader::Outcome SourceReader::next_block(int64_t timeout_us) {
  return next(timeout_us, [this] { return decoder_.next_block(&block_, at_last_line()); });
}

SourceReader::Outcome SourceReader::next_chunk(LineChunk* chunk, int64_t timeout_us) {
  bool reads_into_chunk = false;
  Outcome outcome = next(timeout_us, [this, chunk, &reads_into_chunk] {
    if (decoder_.take_chunk(chunk, at_last_line())) return true;
    if (!std::exchange(reads_into_chunk, true)) decoder_.read_into(chunk);
    return false;
  });
  chunk->received_ns = received_ns_;
  chunk->origin = origin_;
  return outcome;
}

std::unique_ptr<LineRanges> SourceReader::begin_ranges() {
  const std::optional<size_t> held = decoder_.whole_lines_held();
  if (ended_ || boundary_ != ReadResult::Kind::Nothing || !held) return nullptr;
  std::optional<FileRest> rest = source_->file_rest();
  if (!rest) return nullptr;
  rest->begin -= static_cast<int64_t>(*held);
  if (rest->begin < 0 || rest->end - rest->begin < kRangesWorthIt * static_cast<int64_t>(read_bytes_)) return nullptr;
  return std::make_unique<LineRanges>(std::move(*rest), read_bytes_, decoder_options_.line_max);
}

Status SourceReader::read_range(LineRanges& ranges, const LineRanges::Range& range, LineChunk* chunk) const {
  Status read = ranges.read(range, chunk);
  chunk->received_ns = steady_clock_ns();
  chunk->origin = origin_;
  return read;
}

void SourceReader::end_ranges(const LineRanges& ranges, const Status& failure) {
  const LineRanges::Place place = ranges.end();
  decoder_.go_on_behind(place.in_line);
  const Status passed = source_->pass_to(place.offset, place.in_line);
  failure_ = failure.ok() ? passed : failure;
  ended_ = !failure_.ok();
}

template <typename Take>
SourceReader::Outcome SourceReader::next(int64_t timeout_us, Take take) {
  for (;;) {
    if (ended_) return Outcome::Ended;
    if (take()) return Outcome::Rows;
    Outcome outcome = boundary_ == ReadResult::Kind::Nothing ? read_more(timeout_us) : after_boundary();
    if (outcome != Outcome::Rows) return outcome;
  }
}

/// Rows: there may be some now; look again.
SourceReader::Outcome SourceReader::read_more(int64_t timeout_us) {
  ReadResult got = source_->read({decoder_.reserve(read_bytes_), read_bytes_}, timeout_us);
  filled_last_read_ = got.kind == ReadResult::Kind::Data && got.bytes * 2 >= read_bytes_;
  switch (got.kind) {
    case ReadResult::Kind::Data:
      decoder_.commit(got.bytes);
      if (dead_letters_ != nullptr) origin_ = got.origin;
      if (got.bytes == 0) read_bytes_ *= 2;  // a made-up record is written whole, and needs more room
      received_ns_ = steady_clock_ns();
      return Outcome::Rows;
    case ReadResult::Kind::Nothing:
      return Outcome::Nothing;
    case ReadResult::Kind::NextFile:
    case ReadResult::Kind::BatchEnd:
    case ReadResult::Kind::End:
      boundary_ = got.kind;
      return Outcome::Rows;
    case ReadResult::Kind::CutOff:
      return Outcome::CutOff;
    case ReadResult::Kind::Failed:
      break;
  }
  failure_ = got.status;
  ended_ = true;
  return Outcome::Failed;
}

SourceReader::Outcome SourceReader::after_boundary() {
  ReadResult::Kind passed = boundary_;
  boundary_ = ReadResult::Kind::Nothing;
  if (passed == ReadResult::Kind::NextFile) {
    decoder_.restart();
    return Outcome::Rows;
  }
  if (passed == ReadResult::Kind::BatchEnd) return Outcome::BatchEnd;
  ended_ = true;
  return Outcome::Ended;
}

}  // namespace millrace
