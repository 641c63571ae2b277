#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "runtime/recording/packed_texts.h"
#include "runtime/recording/recording_file.h"
#include "runtime/recording/replayed_job.h"

namespace {

using namespace millrace;

void read_all(std::string_view bytes) {
  auto file = RecordingFile::of_bytes(bytes, "input");
  if (!file) return;
  int64_t events = 0;
  while (const auto event = (*file)->next()) {
    const bool lies_within = event->bytes.empty() || (event->bytes.data() >= bytes.data() && event->bytes.data() + event->bytes.size() <= bytes.data() + bytes.size());
    if (!lies_within) std::abort();
    (void)unpack_texts(event->bytes);
    ++events;
  }
  if ((*file)->next()) std::abort();
  if (auto again = RecordingFile::of_bytes(bytes, "input")) {
    auto job = ReplayedJob::of(std::move(again).value());
    if (!job) return;
    for (; (*job)->peek() != nullptr; (*job)->take()) --events;
    if (events != 1) std::abort();  // the first one is the job's, which it has taken
  }
}

}  // namespace

/// A recording, whose checksums keep almost everything out; and a text of texts, as its events hold.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_all(bytes);
  if (const auto texts = unpack_texts(bytes); texts && pack_texts(*texts) != bytes) {
    std::fprintf(stderr, "texts that were unpacked pack otherwise\n");
    std::abort();
  }
  return 0;
}
