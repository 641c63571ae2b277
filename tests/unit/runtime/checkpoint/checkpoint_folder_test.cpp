#include "runtime/checkpoint/checkpoint_folder.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "runtime/checkpoint/coordinator.h"
#include "runtime/connectors/received_journal.h"

namespace {

using namespace millrace;
namespace fs = std::filesystem;

/// A folder that is removed with its content.
struct Scratch {
  Scratch() {
    std::string name = (fs::temp_directory_path() / "millrace_folder_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Scratch() { fs::remove_all(path); }
  std::string path;
};

CheckpointCoordinator::Write writes(int64_t value) {
  return [value](SnapshotWriter& writer) {
    writer.put(value);
    return Status{};
  };
}

int64_t value_of(const CheckpointFolder::Latest& latest) { return latest.file->reader().get<int64_t>(); }

void damage(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(20);
  file.put('\x7f');
}

TEST_CASE("the last two checkpoints of a part are kept, and a damaged one is passed over for the one before") {
  Scratch scratch;
  auto folder = CheckpointFolder::open(scratch.path);
  REQUIRE(folder.has_value());
  std::string told;
  const auto notice = [&told](std::string_view text) { told += text; };
  CheckpointCoordinator coordinator(**folder, "a", {}, -1, notice);
  for (int64_t i = 0; i < 5; ++i) REQUIRE(coordinator.take_now(writes(100 + i)).ok());
  CHECK_FALSE(fs::exists((*folder)->path_of("a", 2)));
  CHECK(fs::exists((*folder)->path_of("a", 3)));
  auto latest = (*folder)->latest("a", notice);
  REQUIRE(latest.has_value());
  CHECK(latest->number == 4);
  CHECK(value_of(*latest) == 104);

  damage((*folder)->path_of("a", 4));
  latest = (*folder)->latest("a", notice);
  REQUIRE(latest.has_value());
  CHECK(value_of(*latest) == 103);
  CHECK(told.find("damaged") != std::string::npos);

  damage((*folder)->path_of("a", 3));
  CHECK_FALSE((*folder)->latest("a", notice).has_value());
  REQUIRE((*folder)->reset().ok());
  latest = (*folder)->latest("a", notice);
  REQUIRE(latest.has_value());
  CHECK(latest->file == nullptr);
}

TEST_CASE("a copy of the process writes what was there when it was made") {
  Scratch scratch;
  auto folder = CheckpointFolder::open(scratch.path);
  REQUIRE(folder.has_value());
  std::string told;
  CheckpointCoordinator coordinator(**folder, "a", {.batches = 2}, -1, [&told](std::string_view text) { told += text; });
  int64_t value = 7;
  CHECK_FALSE(coordinator.is_due(1));
  CHECK(coordinator.is_due(2));
  coordinator.take_in_background([&value](SnapshotWriter& writer) {
    ::usleep(20'000);
    writer.put(value);
    return Status{};
  });
  value = 8;
  CHECK_FALSE(coordinator.is_due(3));
  while (!coordinator.is_due(4)) ::usleep(1000);
  CHECK(coordinator.last_whole() == 0);
  auto latest = (*folder)->latest("a", {});
  REQUIRE(latest.has_value());
  CHECK(value_of(*latest) == 7);

  coordinator.take_in_background([](SnapshotWriter&) { return Status::error("no room"); });
  REQUIRE(coordinator.take_now(writes(9)).ok());
  CHECK(told == "no checkpoint: no room; the one before stays");
  CHECK(coordinator.last_whole() == 2);
}

TEST_CASE("once the disk has refused what was written there is no further checkpoint, whatever the disk says later") {
  Scratch scratch;
  const bool in_copy = GENERATE(false, true);
  auto folder = CheckpointFolder::open(scratch.path);
  REQUIRE(folder.has_value());
  std::string told;
  CheckpointCoordinator coordinator(**folder, "a", {.batches = 1}, -1, [&told](std::string_view text) { told += text; });
  bool refuses = false;
  coordinator.make_lasting_by([&refuses] { return refuses ? Status::error("cannot write 'out': Input/output error") : Status{}; });
  REQUIRE(coordinator.take_now(writes(1)).ok());
  CHECK(coordinator.not_lasting().ok());
  refuses = true;
  if (in_copy) {
    coordinator.take_in_background(writes(2));
    for (int waited = 0; waited < 10'000 && !coordinator.is_due(5); ++waited) ::usleep(1000);
  } else {
    CHECK_FALSE(coordinator.take_now(writes(2)).ok());
  }
  refuses = false;
  CHECK(coordinator.not_lasting().message() == "cannot write 'out': Input/output error");
  CHECK_FALSE(coordinator.take_now(writes(3)).ok());
  auto latest = (*folder)->latest("a", {});
  REQUIRE(latest.has_value());
  CHECK(value_of(*latest) == 1);
  CHECK(told.empty());
}

std::string all_of(const CheckpointFolder::Latest& latest) {
  SnapshotReader reader = latest.file->reader();
  std::string bytes(reader.bytes_left(), '\0');
  REQUIRE(reader.read(bytes.data(), bytes.size()));
  return bytes;
}

TEST_CASE("blocks that have not changed are not written again, and are there as long as a kept checkpoint needs them") {
  Scratch scratch;
  auto folder = CheckpointFolder::open(scratch.path);
  REQUIRE(folder.has_value());
  CheckpointCoordinator coordinator(**folder, "a", {}, -1, [](std::string_view) {});
  constexpr size_t kBlocks = 8, kBlock = SnapshotWriter::kBlockBytes;
  std::string state;
  for (size_t i = 0; i < kBlocks * kBlock; ++i) state += static_cast<char>(i * i >> 7);
  const auto write = [&state](SnapshotWriter& writer) {
    writer.put(int64_t{1});
    writer.begin_block();
    writer.write(state.data(), state.size());
    return Status{};
  };
  const auto size_of = [&](int64_t number) { return fs::file_size((*folder)->path_of("a", number)); };
  REQUIRE(coordinator.take_now(write).ok());
  for (int64_t number = 1; number < 40; ++number) {
    state[static_cast<size_t>(number) % 3 * kBlock] += 1;
    REQUIRE(coordinator.take_now(write).ok());
    auto latest = (*folder)->latest("a", {});
    REQUIRE(latest.has_value());
    REQUIRE(latest->number == number);
    CHECK(all_of(*latest).substr(8) == state);
    if (number < 4) CHECK(size_of(number) < kBlock * 3 / 2);
    uintmax_t on_disk = 0;
    for (const auto& entry : fs::directory_iterator(scratch.path)) on_disk += entry.file_size();
    CHECK(on_disk < 4 * state.size());
  }
  auto latest = (*folder)->latest("a", {});
  CHECK(coordinator.costs().bytes == static_cast<int64_t>(state.size()) + 8);
  CHECK(coordinator.costs().bytes_written < coordinator.costs().bytes);

  // The one before has other files.
  damage((*folder)->path_of("a", 39));
  latest = (*folder)->latest("a", {});
  REQUIRE(latest.has_value());
  CHECK(latest->number == 38);
  state[0] += 1;
  CHECK(all_of(*latest).substr(8) != state);
}

TEST_CASE("a checkpoint that needs a file that is gone is told so") {
  Scratch scratch;
  auto folder = CheckpointFolder::open(scratch.path);
  REQUIRE(folder.has_value());
  CheckpointCoordinator coordinator(**folder, "a", {}, -1, [](std::string_view) {});
  const std::string state(SnapshotWriter::kBlockBytes * 3, 'x');
  const auto write = [&state](SnapshotWriter& writer) {
    writer.write(state.data(), state.size());
    return Status{};
  };
  REQUIRE(coordinator.take_now(write).ok());
  REQUIRE(coordinator.take_now(write).ok());
  fs::remove((*folder)->path_of("a", 0));
  const auto latest = (*folder)->latest("a", {});
  REQUIRE_FALSE(latest.has_value());
  CHECK(latest.error().message().find("needs an earlier one") != std::string::npos);
}

std::string all_of(ReceivedJournal& journal) {
  std::string text;
  char buffer[5];
  for (;;) {
    auto got = journal.read(buffer);
    REQUIRE(got.has_value());
    if (*got == 0) return text;
    text.append(buffer, *got);
  }
}

TEST_CASE("a journal gives what was appended behind a place, however often it is opened") {
  Scratch scratch;
  const auto open_at = [&](int64_t place, const std::string& expected, const std::string& more) {
    ReceivedJournal journal(scratch.path);
    REQUIRE(journal.open(place).ok());
    CHECK(all_of(journal) == expected);
    if (!more.empty()) REQUIRE(journal.append(more).ok());
  };
  open_at(0, "", "one ");
  open_at(0, "one ", "two ");
  open_at(2, "e two ", "three");
  // What a process that was killed had begun to write is cut off.
  for (const auto& entry : fs::directory_iterator(scratch.path)) {
    if (entry.path().filename().string().find("000008") != std::string::npos) fs::resize_file(entry.path(), fs::file_size(entry.path()) - 2);
  }
  open_at(0, "one two ", "four");
  open_at(4, "two four", "");
  ReceivedJournal lost(scratch.path);
  REQUIRE(lost.open(99).ok());
  char byte[1];
  CHECK_FALSE(lost.read(byte).has_value());
}

TEST_CASE("a journal keeps the mark of a line that was given up, and gives nothing twice, whoever reads it from where") {
  Scratch scratch;
  enum class Then { Append, GiveUp, Nothing, AppendMore };
  for (const Then then : {Then::Append, Then::GiveUp, Then::Nothing, Then::AppendMore}) {  // a process each
    ReceivedJournal journal(scratch.path);
    REQUIRE(journal.open(0).ok());
    CHECK(all_of(journal) == (then == Then::Append ? "" : "a\nb"));
    const bool was_given_up = then == Then::Nothing || then == Then::AppendMore;
    CHECK(journal.take_cut() == was_given_up);
    if (was_given_up) CHECK(all_of(journal).empty());
    if (then == Then::Append) REQUIRE(journal.append("a\nb").ok());
    if (then == Then::GiveUp) REQUIRE(journal.append_cut().ok());
    if (then == Then::AppendMore) REQUIRE(journal.append("c\n").ok());
  }
  for (const int64_t place : {0, 1, 3}) {
    ReceivedJournal journal(scratch.path);
    REQUIRE(journal.open(place).ok());
    CHECK(all_of(journal) == std::string("a\nb").substr(static_cast<size_t>(place)));
    REQUIRE(journal.take_cut());
    CHECK(all_of(journal) == "c\n");
    CHECK_FALSE(journal.take_cut());
  }
}

TEST_CASE("a journal remembers the stream's end, and forgets segments that nobody needs") {
  Scratch scratch;
  for (const char* text : {"aa", "bb", "cc"}) {
    ReceivedJournal journal(scratch.path);
    REQUIRE(journal.open(0).ok());
    (void)all_of(journal);
    REQUIRE(journal.append(text).ok());
    if (std::string(text) == "cc") {
      journal.forget_before(4);
      REQUIRE(journal.append_end().ok());
    }
  }
  ReceivedJournal journal(scratch.path);
  CHECK_FALSE(ReceivedJournal(scratch.path).open(0).ok());
  REQUIRE(journal.open(4).ok());
  CHECK(all_of(journal) == "cc");
  CHECK(journal.has_ended());
}

}  // namespace
