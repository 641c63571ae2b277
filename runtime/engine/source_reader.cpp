#include "runtime/engine/source_reader.h"

#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/connectors/connector_options.h"

namespace millrace {

namespace {

// Larger reads cost less a byte; the decoder hands them on in blocks that stay in the second-level cache.
constexpr size_t kReadBytes = size_t{512} << 10;

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
  bool at_end = boundary_ == ReadResult::Kind::NextFile || boundary_ == ReadResult::Kind::End;
  return decoder_.next_block(&block_, at_end) ? Outcome::Rows : Outcome::Nothing;
}

SourceReader::Outcome SourceReader::next_block(int64_t timeout_us) {
  for (;;) {
    if (ended_) return Outcome::Ended;
    if (next_received_block() == Outcome::Rows) return Outcome::Rows;
    Outcome outcome = boundary_ == ReadResult::Kind::Nothing ? read_more(timeout_us) : after_boundary();
    if (outcome != Outcome::Rows) return outcome;
  }
}

/// Rows: there may be some now; look again.
SourceReader::Outcome SourceReader::read_more(int64_t timeout_us) {
  ReadResult got = source_->read({decoder_.reserve(kReadBytes), kReadBytes}, timeout_us);
  switch (got.kind) {
    case ReadResult::Kind::Data:
      decoder_.commit(got.bytes);
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
