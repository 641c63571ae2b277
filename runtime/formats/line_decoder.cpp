#include "runtime/formats/line_decoder.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/formats/csv_record.h"

namespace millrace {
namespace {

/// Lines are handed out in blocks of about this size, so that their text and index stay in the second-level cache.
constexpr size_t kBlockBytes = 64 << 10;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

bool LineDecoder::next_block(abi::LineBlock* block, bool at_end) {
  if (!skip_byte_order_mark(at_end)) return false;
  for (;;) {
    if (cut_line_ && !skip_cut_line()) return false;
    const size_t size = options_.format == abi::Format::Csv ? index_csv(at_end) : index_lines(at_end);
    if (size == 0) return false;
    fill(block);
    buffer_.consume(size);
    searched_ = 0;
    next_line_ += index_.line_count;
    is_fresh_ = false;
    if (block->row_count > 0) return true;
  }
}

bool LineDecoder::take_chunk(LineChunk* chunk, bool at_end) {
  if (!skip_byte_order_mark(at_end)) return false;
  if (cut_line_ && !skip_cut_line()) return false;
  const bool is_csv = options_.format == abi::Format::Csv;
  const size_t size = is_csv ? index_csv(at_end) : complete_size(at_end, buffer_.size());
  if (size == 0) return false;
  chunk->is_indexed = is_csv;
  if (is_csv) {
    fill(&chunk->block);
    chunk->lines = index_.line_count;
    chunk->lines_before_row = chunk->block.first_line - next_line_;
    std::swap(index_, chunk->index);
  }
  chunk->begins_source = is_fresh_;
  is_fresh_ = false;
  detach(chunk, size);
  return true;
}

void LineDecoder::read_into(LineChunk* chunk) {
  const size_t held = buffer_.size();
  if (held > kBlockBytes) return;  // a long line that comes in pieces is not to be copied time and again
  chunk->bytes.clear();
  if (held > 0) std::memcpy(chunk->bytes.reserve(held), buffer_.data(), held);
  chunk->bytes.commit(held);
  std::swap(buffer_, chunk->bytes);
}

/// The buffer goes with the chunk; what follows the chunk's lines, mostly part of a line, is copied to the chunk's former buffer.
void LineDecoder::detach(LineChunk* chunk, size_t size) {
  chunk->size = size;
  std::swap(buffer_, chunk->bytes);
  const size_t rest = chunk->bytes.size() - size;
  buffer_.clear();
  if (rest > 0) std::memcpy(buffer_.reserve(rest), chunk->bytes.data() + size, rest);
  buffer_.commit(rest);
  searched_ = 0;
}

void LineDecoder::index_chunk(LineChunk* chunk) const {
  if (chunk->is_indexed) return;
  LineIndex& index = chunk->index;
  index.reset(chunk->size);
  const LineText text{chunk->bytes.data(), chunk->size, options_.line_max, options_.blank_rows};
  if (options_.format == abi::Format::Json) {
    const bool marks = index_json_unmarked_ == nullptr || chunk->blocks_to_mark > 0;
    chunk->blocks_to_mark -= chunk->blocks_to_mark > 0;
    (marks ? index_json_ : index_json_unmarked_)(text, &index);
  } else {
    index_text_lines(text, &index);
  }
  chunk->lines = index.line_count;
  chunk->lines_before_row = index.first_row_line;
  chunk->block = {chunk->bytes.data(), index.row_begin(), index.row_end(),   index.row_flags(),
                  index.marks(),       index.mark_begin(), index.row_count, 0,
                  &chunk->blocks_to_mark, chunk->block.serial + 1};
  chunk->is_indexed = true;
}

void LineDecoder::lines_were_taken_until(int64_t next_line) {
  if (!is_fresh_) next_line_ = next_line;
}

size_t LineDecoder::index_lines(bool at_end) {
  const size_t size = complete_size(at_end, kBlockBytes);
  if (size == 0) return 0;
  index_.reset(size);
  const LineText text{buffer_.data(), size, options_.line_max, options_.blank_rows};
  if (options_.format == abi::Format::Json) {
    const bool marks = index_json_unmarked_ == nullptr || blocks_to_mark_ > 0;
    blocks_to_mark_ -= blocks_to_mark_ > 0;
    (marks ? index_json_ : index_json_unmarked_)(text, &index_);
  } else {
    index_text_lines(text, &index_);
  }
  return size;
}

/// Of the whole lines in the first `bytes_max` bytes; when not one ends there, of the first line.
size_t LineDecoder::complete_size(bool at_end, size_t bytes_max) {
  const size_t held = buffer_.size();
  if (held == 0) return 0;
  const char* data = buffer_.data();
  const size_t first_look = std::min(held, std::max(bytes_max, searched_));
  const void* newline = memrchr(data + searched_, '\n', first_look - searched_);
  if (newline == nullptr) newline = std::memchr(data + first_look, '\n', held - first_look);
  if (newline != nullptr) return static_cast<size_t>(static_cast<const char*>(newline) - data) + 1;
  searched_ = held;
  if (held >= options_.line_max + 2) return cut_long_line();
  if (!at_end) return 0;
  *buffer_.reserve(1) = '\n';
  buffer_.commit(1);
  return held + 1;
}

/// Ends the line one byte beyond what is allowed: the indexer then flags it and keeps line_max bytes.
size_t LineDecoder::cut_long_line() {
  buffer_.data()[options_.line_max] = ' ';  // not the `\r` that would belong to the newline
  buffer_.data()[options_.line_max + 1] = '\n';
  cut_line_ = true;
  return options_.line_max + 2;
}

/// Drops the rest of a line that was cut; false while its end has not come.
bool LineDecoder::skip_cut_line() {
  const char* data = buffer_.data();
  const void* newline = buffer_.size() > 0 ? std::memchr(data, '\n', buffer_.size()) : nullptr;
  if (newline == nullptr) {
    buffer_.clear();
    return false;
  }
  buffer_.consume(static_cast<size_t>(static_cast<const char*>(newline) - data) + 1);
  cut_line_ = false;
  return true;
}

size_t LineDecoder::index_csv(bool at_end) {
  const CsvDialect dialect{options_.delimiter, options_.quote, options_.escape};
  const size_t held = buffer_.size();
  size_t limit = std::min(held, kBlockBytes);
  for (;;) {
    if (limit == 0) return 0;
    index_.reset(limit);
    const LineText text{buffer_.data(), limit, options_.line_max};
    const size_t size = index_csv_records(text, dialect, at_end && limit == held, &index_);
    if (size > 0) {
      drop_header();
      return size;
    }
    if (limit == held) break;
    limit = held;
  }
  return held >= options_.line_max + 2 ? cut_csv_line() : 0;
}

/// No newline in sight and too long already.
size_t LineDecoder::cut_csv_line() {
  const size_t size = cut_long_line();
  index_.reset(size);
  index_text_lines({buffer_.data(), size, options_.line_max}, &index_);
  drop_header();
  return size;
}

/// If it is among the rows that were indexed.
void LineDecoder::drop_header() {
  if (!options_.skip_header || !header_due_ || index_.row_count == 0) return;
  header_due_ = false;
  header_rows_ = 1;
}

bool LineDecoder::skip_byte_order_mark(bool at_end) {
  if (!at_start_) return true;
  const std::string_view text(buffer_.data(), buffer_.size());
  if (text.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(text) && !at_end) return false;
  at_start_ = false;
  if (text.starts_with(kByteOrderMark)) buffer_.consume(kByteOrderMark.size());
  return true;
}

void LineDecoder::fill(abi::LineBlock* block) {
  const int64_t skipped = header_rows_;
  header_rows_ = 0;
  block->base = buffer_.data();
  block->row_begin = index_.row_begin() + skipped;
  block->row_end = index_.row_end() + skipped;
  block->row_flags = index_.row_flags() + skipped;
  block->marks = index_.marks();
  block->mark_begin = index_.mark_begin() + skipped;
  block->row_count = index_.row_count - skipped;
  block->blocks_to_mark = &blocks_to_mark_;
  ++block->serial;
  block->first_line = next_line_ + index_.first_row_line;
  if (skipped > 0 && block->row_count > 0) {
    const char* header = block->base + index_.row_begin()[0];
    block->first_line += std::count(header, block->base + block->row_begin[0], '\n');
  }
}

std::optional<size_t> LineDecoder::whole_lines_held() const {
  if (options_.format == abi::Format::Csv || at_start_ || is_fresh_ || cut_line_) return std::nullopt;
  return buffer_.size();
}

void LineDecoder::go_on_behind(bool in_line) {
  buffer_.clear();
  searched_ = 0;
  cut_line_ = in_line;
}

void LineDecoder::restart() {
  buffer_.clear();
  searched_ = 0;
  next_line_ = 1;
  is_fresh_ = true;
  at_start_ = true;
  header_due_ = true;
  cut_line_ = false;
}

std::string LineDecoder::take_open_line(int64_t* number) {
  const std::string_view held(buffer_.data(), buffer_.size());
  const size_t begin = held.rfind('\n') + 1;  // 0 where there is none
  const bool was_handed_out = std::exchange(cut_line_, cut_line_ && begin > 0);
  std::string line(held.substr(begin));
  buffer_.drop_last(line.size());
  searched_ = std::min(searched_, buffer_.size());
  if (was_handed_out && begin == 0) return {};
  *number = next_line_ + std::count(held.begin(), held.begin() + static_cast<ptrdiff_t>(begin), '\n');
  if (line.empty()) return line;
  ++next_line_;
  is_fresh_ = false;
  return line;
}

void LineDecoder::snapshot(SnapshotWriter& writer) const {
  writer.put(next_line_);
  for (const bool flag : {is_fresh_, at_start_, header_due_, cut_line_}) writer.put(static_cast<uint8_t>(flag));
  writer.text({buffer_.data(), buffer_.size()});
}

void LineDecoder::restore(SnapshotReader& reader) {
  next_line_ = reader.get<int64_t>();
  for (bool* flag : {&is_fresh_, &at_start_, &header_due_, &cut_line_}) *flag = reader.get_flag();
  const std::string held = reader.text();
  if (!held.empty()) std::memcpy(buffer_.reserve(held.size()), held.data(), held.size());
  buffer_.commit(held.size());
}

void LineDecoder::resume_within(std::string_view lines, int64_t first_line) {
  next_line_ = first_line;
  is_fresh_ = at_start_ = header_due_ = false;
  if (!lines.empty()) std::memcpy(buffer_.reserve(lines.size()), lines.data(), lines.size());
  buffer_.commit(lines.size());
}

int64_t line_number(const abi::LineBlock& block, int64_t row) {
  return block.first_line + std::count(block.base + block.row_begin[0], block.base + block.row_begin[row], '\n');
}

}  // namespace millrace
