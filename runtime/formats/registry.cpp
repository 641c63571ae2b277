#include "runtime/formats/registry.h"

namespace millrace {

namespace {

using abi::ConnectorSpec;
using abi::OptionKind;
using abi::OptionSpec;

constexpr std::string_view kOnErrorChoices[] = {"null", "skip", "fail"};
constexpr OptionSpec kOnError{.name = "on_error",
                              .default_value = "null",
                              .help = "what a malformed line gives: a row of NULLs, nothing, or the query's end",
                              .choices = kOnErrorChoices};

constexpr OptionSpec kJsonOptions[] = {
    kOnError,
    {.name = "strict",
     .kind = OptionKind::Boolean,
     .default_value = "false",
     .help = "check every byte of a line, not only what the query reads"},
};
constexpr ConnectorSpec kJsonInput{.name = "json", .help = "one JSON object a line", .source = true, .options = kJsonOptions};

constexpr OptionSpec kCsvOptions[] = {
    {.name = "delimiter", .kind = OptionKind::Character, .default_value = ",", .help = "between fields"},
    {.name = "header",
     .kind = OptionKind::Boolean,
     .default_value = "false",
     .help = "the first line names the columns"},
    {.name = "quote", .kind = OptionKind::Character, .default_value = "\"", .help = "around fields that hold a delimiter"},
    {.name = "escape", .kind = OptionKind::Character, .default_value = "\\", .help = "before a quote inside quotes"},
    {.name = "null_value", .help = "the text that means NULL, besides an empty field"},
    kOnError,
};
constexpr ConnectorSpec kCsvInput{
    .name = "csv", .help = "fields separated by a delimiter", .source = true, .options = kCsvOptions};

constexpr OptionSpec kTextOptions[] = {kOnError};
constexpr ConnectorSpec kTextInput{
    .name = "text", .help = "one column, value: the line", .source = true, .options = kTextOptions};

constexpr const ConnectorSpec* kInputFormats[] = {&kJsonInput, &kCsvInput, &kTextInput};

constexpr ConnectorSpec kTableOutput{.name = "table", .help = "a framed table for each batch, as Spark prints it", .sink = true};
constexpr ConnectorSpec kJsonOutput{.name = "json", .help = "one JSON object a row", .sink = true};

constexpr OptionSpec kCsvOutputOptions[] = {
    {.name = "header", .kind = OptionKind::Boolean, .default_value = "true", .help = "a first line with the columns' names"},
};
constexpr ConnectorSpec kCsvOutput{
    .name = "csv", .help = "fields separated by commas", .sink = true, .options = kCsvOutputOptions};

constexpr ConnectorSpec kChangelogOutput{
    .name = "changelog", .help = "rows with a column op: +I added, -U and +U replaced, -D gone; JSON, on the console a table", .sink = true};
constexpr ConnectorSpec kDebeziumOutput{
    .name = "debezium", .help = "JSON rows with before, after and op: c created, u updated, d deleted", .sink = true};

constexpr const ConnectorSpec* kOutputFormats[] = {&kTableOutput, &kJsonOutput, &kCsvOutput, &kChangelogOutput, &kDebeziumOutput};

}  // namespace

std::span<const ConnectorSpec* const> input_formats() { return kInputFormats; }

std::span<const ConnectorSpec* const> output_formats() { return kOutputFormats; }

}  // namespace millrace
