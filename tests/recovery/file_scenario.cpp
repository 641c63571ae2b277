#include <csignal>
#include <filesystem>

#include "tests/recovery/process.h"
#include "tests/recovery/scenarios.h"

/// A file of rows is grouped by few and by many keys and joined with a table, each into a file, in batches of a thousand rows; lines that cannot be decoded are kept.
/// The files must be, byte for byte, those of one run.
namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;

constexpr int kRows = 400'000;
constexpr int kKeys = 500;
constexpr int kRowsOfBadLine = 5000;
constexpr const char* kOutputs[] = {"/groups.ndjson", "/many.ndjson", "/joined.csv", "/bad.ndjson"};

std::string rows_text(std::mt19937_64& random) {
  std::string text;
  for (int i = 0; i < kRows; ++i) {
    const auto number = random();
    if (i % kRowsOfBadLine == 77) text += "{\"id\": no number " + std::to_string(i) + "}\n";
    text += "{\"id\": " + std::to_string(i) + ", \"k\": \"key " + std::to_string(number % kKeys) + "\", \"x\": " +
            std::to_string(static_cast<double>(number >> 40) / 256.0) + "}\n";
  }
  return text;
}

std::string table_text() {
  std::string text = "k,name\n";
  for (int i = 0; i < kKeys; i += 2) text += "key " + std::to_string(i) + ",name of " + std::to_string(i) + "\n";
  return text;
}

constexpr const char* kFileScript = R"(
CREATE STREAM s (id BIGINT, k STRING, x DOUBLE) WITH (connector = 'file', path = '@/rows.ndjson', format = 'json',
                                                             dead_letter = 'bad.ndjson');
CREATE TABLE names WITH (path = '@/names.csv', format = 'csv', header = true);
CREATE SINK groups WITH (connector = 'file', path = 'groups.ndjson', format = 'json');
CREATE SINK many WITH (connector = 'file', path = 'many.ndjson', format = 'json');
CREATE SINK joined WITH (connector = 'file', path = 'joined.csv', format = 'csv', mode = 'append');
INSERT INTO groups SELECT k, count(*) AS n, avg(x) AS mean, min(k) AS least, count(DISTINCT id % 7) AS d, last(id) AS latest
  FROM s GROUP BY k EMIT UPDATE EVERY 1000 ROWS;
INSERT INTO many SELECT id % 50021 AS k, count(*) AS n, sum(x) AS s FROM s GROUP BY id % 50021 EMIT UPDATE EVERY 4000 ROWS;
INSERT INTO joined SELECT s.id, n.name, s.x FROM s JOIN names n ON s.k = n.k EMIT APPEND EVERY 700 ROWS;
)";

std::vector<std::string> command(const Setting& setting, const std::string& folder) {
  return {setting.millrace, "run", folder + "/job.sql", "--threads", std::to_string(setting.threads)};
}

std::vector<std::string> with_checkpoints(std::vector<std::string> words, const std::string& folder) {
  words.insert(words.end(), {"--checkpoint", folder + "/checkpoints", "--checkpoint-interval", "15 batches"});
  return words;
}

std::string make_job(const Setting& setting, const std::string& name) {
  const std::string folder = setting.folder + "/" + name;
  fs::create_directories(folder);
  std::string script = kFileScript;  // paths that are the same for both jobs, as dead letters tell them
  for (size_t at; (at = script.find('@')) != std::string::npos;) script.replace(at, 1, setting.folder);
  write_file(folder + "/job.sql", script);
  return folder;
}

/// Kills it, or now and then asks it to end, which may not show either; false when that does not work.
bool end_it(Process& process, std::mt19937_64& random) {
  constexpr int kOneIsAsked = 4;
  constexpr int kInterruptedAtOnce = 128 + SIGINT;  // before it listens
  if (random() % kOneIsAsked != 0) {
    process.kill();
    return true;
  }
  process.interrupt();
  return process.ended_within_ms(10'000) && (process.status() == 0 || process.status() == kInterruptedAtOnce);
}

}  // namespace

Outcome run_files(const Setting& setting, int kills_max) {
  Outcome outcome;
  write_file(setting.folder + "/rows.ndjson", rows_text(*setting.random));
  write_file(setting.folder + "/names.csv", table_text());
  const std::string whole = make_job(setting, "whole");
  Process reference(command(setting, whole), whole + "/log");
  if (!reference.ended_within_ms(60'000) || reference.status() != 0) {
    outcome.problem = "the uninterrupted run failed: " + read_file(whole + "/log");
    return outcome;
  }
  const std::string folder = make_job(setting, "killed");
  const auto words = with_checkpoints(command(setting, folder), folder);
  bool done = false;
  while (!done) {
    Process process(words, folder + "/log");
    const bool may_kill = outcome.kills < kills_max;
    done = process.ended_within_ms(may_kill ? patience_ms(setting, 250) : 120'000);
    if (!done && !may_kill) outcome.problem = "it does not end";
    if (!done) {
      if (!end_it(process, *setting.random)) outcome.problem = "it was asked to end, and failed or goes on";
      ++outcome.kills;
    } else if (process.status() != 0) {
      outcome.problem = "a run failed";
    }
    if (!outcome.problem.empty()) break;
  }
  for (int again = 0; again < 2 && outcome.problem.empty(); ++again) {  // a finished job that is run again adds nothing
    for (const char* name : kOutputs) {
      if (read_file(folder + name) != read_file(whole + name)) outcome.problem += std::string(name) + " is another one; ";
    }
    Process once_more(words, folder + "/log");
    if (!once_more.ended_within_ms(30'000) || once_more.status() != 0) outcome.problem += "running the finished job again failed";
  }
  outcome.problem += problem_of_checkpoints(folder + "/checkpoints", folder + "/log");
  if (!outcome.problem.empty()) outcome.problem += "\n" + read_file(folder + "/log");
  return outcome;
}

}  // namespace millrace::recovery
