#include "runtime/engine/source_reader.h"

#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/connectors/connector_options.h"

namespace millrace {

namespace {

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
    : source_(std::move(source)), decoder_(decoder_options(spec)) {}

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
  Outcome outcome = next(timeout_us, [this, chunk] { return decoder_.take_chunk(chunk, at_last_line()); });
  chunk->received_ns = received_ns_;
  return outcome;
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
