#include "runtime/connectors/durable_source.h"

#include <cerrno>
#include <utility>

#include "runtime/connectors/place_text.h"

namespace millrace {

Status DurableSource::resume(std::string_view position) {
  PlaceReader place(position);
  const int64_t bytes = place.number();
  line_is_open_ = place.number() != 0;
  return place.ok() ? resume_at(bytes) : place.status();
}

Status DurableSource::resume_at(int64_t place) {
  Status opened = journal_.open(place);
  return opened.ok() ? source_->open() : opened;
}

std::optional<std::string> DurableSource::position() const { return PlaceText().add(journal_.place()).add(line_is_open_ ? 1 : 0).take(); }

void DurableSource::release(std::string_view position) {
  PlaceReader place(position);
  const int64_t bytes = place.number();
  if (place.ok()) journal_.forget_before(bytes);
}

bool DurableSource::is_worth_another(const Status& kept) {
  const bool passes = may_pass(errno);
  if (kept.ok()) pauses_.succeed();
  return !kept.ok() && passes && pauses_.wait(kept);
}

Status DurableSource::keep(std::string_view bytes) {
  Status kept;
  do {
    kept = journal_.append(bytes);
  } while (is_worth_another(kept));
  return kept;
}

/// append_cut or append_end.
Status DurableSource::keep_mark(Status (ReceivedJournal::*append)()) {
  Status kept;
  do {
    kept = (journal_.*append)();
  } while (is_worth_another(kept));
  return kept;
}

ReadResult DurableSource::replay(std::span<char> buffer) {
  auto got = journal_.read(buffer);
  if (!got) return ReadResult::failed(got.error());
  if (*got > 0) {
    line_is_open_ = buffer[*got - 1] != '\n';
    return ReadResult::data(*got);
  }
  if (journal_.take_cut()) {
    // One that was given up before the place from which it goes on leaves nothing open.
    return std::exchange(line_is_open_, false) ? ReadResult::cut_off() : ReadResult::nothing();
  }
  is_replaying_ = false;
  if (journal_.has_ended()) return ReadResult::end();
  if (!line_is_open_) return ReadResult::nothing();
  line_is_open_ = false;
  Status kept = keep_mark(&ReceivedJournal::append_cut);
  return kept.ok() ? ReadResult::cut_off() : ReadResult::failed(kept);
}

ReadResult DurableSource::read(std::span<char> buffer, int64_t timeout_us) {
  if (journal_.has_ended() && !is_replaying_) return ReadResult::end();
  if (is_replaying_) return replay(buffer);
  ReadResult got = source_->read(buffer, timeout_us);
  if (got.kind == ReadResult::Kind::End || got.kind == ReadResult::Kind::CutOff) {
    line_is_open_ = false;
    Status kept = keep_mark(got.kind == ReadResult::Kind::End ? &ReceivedJournal::append_end : &ReceivedJournal::append_cut);
    return kept.ok() ? got : ReadResult::failed(kept);
  }
  if (got.kind != ReadResult::Kind::Data || got.bytes == 0) return got;
  line_is_open_ = buffer[got.bytes - 1] != '\n';
  Status kept = keep({buffer.data(), got.bytes});
  return kept.ok() ? got : ReadResult::failed(kept);
}

}  // namespace millrace
