#include "compiler/driver/commands/recorded_inputs.h"

#include <algorithm>
#include <charconv>

#include "compiler/base/letter_case.h"

namespace millrace {
namespace {

constexpr int64_t kDefaultRows = 2'000'000;
constexpr double kLargestNumber = 1e12;


}  // namespace

double parse_number(std::string_view option, std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  const double scale = unit.empty() ? 1 : unit == "k" || unit == "K" ? 1e3 : unit == "M" || unit == "m" ? 1e6 : 0;
  number *= scale;
  if (error != std::errc() || !(number >= 1) || number > kLargestNumber) {
    throw UsageError("option " + std::string(option) + " takes numbers such as 100,10k,1M, not '" + std::string(text) + "'");
  }
  return number;
}

namespace {

/// By stream name, lower-case; an input without a name is under the empty one.
std::map<std::string, std::string> parse_inputs(const Arguments& arguments, const abi::Program& program) {
  std::map<std::string, std::string> inputs;
  for (const std::string& given : arguments.values("--input")) {
    const size_t equals = given.find('=');
    const std::string name = equals == std::string::npos ? "" : lower_case(given.substr(0, equals));
    const bool known = std::any_of(program.sources.begin(), program.sources.end(), [&](const abi::SourceSpec& source) { return lower_case(source.name) == name; });
    if (known) inputs[name] = given.substr(equals + 1);
    else inputs[""] = given;
  }
  return inputs;
}

std::vector<const abi::SourceSpec*> streams_of(const abi::Program& program) {
  std::vector<const abi::SourceSpec*> streams;
  for (size_t i = 0; i < program.sources.size(); ++i) {
    const auto reads = [&](const abi::QuerySpec& query) { return std::count(query.sources.begin(), query.sources.end(), static_cast<int32_t>(i)) > 0; };
    if (std::any_of(program.queries.begin(), program.queries.end(), reads)) streams.push_back(&program.sources[i]);
  }
  return streams;
}

}  // namespace

BenchJob::Recordings record_inputs(const Arguments& arguments, const abi::Program& program) {
  const std::map<std::string, std::string> inputs = parse_inputs(arguments, program);
  const std::vector<const abi::SourceSpec*> streams = streams_of(program);
  if (streams.empty()) throw UsageError("there is no streaming query to measure");
  if (inputs.contains("") && streams.size() > 1) throw UsageError("the queries read several streams: say which one's input it is, as --input " + streams[0]->name + "=" + inputs.at(""));
  const double rows_max = arguments.value("--rows") ? parse_number("--rows", *arguments.value("--rows")) : static_cast<double>(kDefaultRows);
  BenchJob::Recordings recordings;
  for (const abi::SourceSpec* stream : streams) {
    std::optional<std::string> input;
    if (inputs.contains("")) input = inputs.at("");
    else if (const auto found = inputs.find(lower_case(stream->name)); found != inputs.end()) input = found->second;
    if (!input && stream->connector != "file" && stream->connector != "generator") {
      throw UsageError("what comes from a " + stream->connector + " cannot be played again", "record some lines of '" + stream->name + "' and give them: --input lines.json, or --input generator:iot");
    }
    auto recording = record_stream(*stream, input, static_cast<int64_t>(rows_max));
    if (!recording) throw UsageError("the input of '" + stream->name + "' cannot be read: " + recording.error().message());
    if ((*recording)->rows() == 0) throw UsageError("the input of '" + stream->name + "' has no rows");
    recordings[lower_case(stream->name)] = *recording;
  }
  return recordings;
}

}  // namespace millrace
