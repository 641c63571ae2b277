#include "compiler/driver/command_line.h"

#include <catch2/catch.hpp>

using namespace millrace;

namespace {

constexpr OptionRule kOptions[] = {
    {.name = "--var", .value = OptionRule::Value::Required, .value_name = "K=V", .help = "sets", .repeatable = true},
    {.name = "--batch-rows", .value = OptionRule::Value::Required, .value_name = "N", .help = "cuts"},
    {.name = "--progress", .value = OptionRule::Value::Optional, .value_name = "json", .help = "shows"},
    {.name = "--quiet", .help = "less"},
    {.name = "--timeout", .value = OptionRule::Value::Required, .value_name = "T", .help = "ends"},
    {.name = "--metrics-port", .value = OptionRule::Value::Required, .value_name = "P", .help = "serves", .supported = false},
};
constexpr CommandRule kRule = {.name = "run", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
                               .summary = "Runs.", .details = "", .options = kOptions};

Arguments parse(std::vector<const char*> words) { return Arguments(kRule, words); }

std::string error_of(std::vector<const char*> words) {
  try {
    parse(std::move(words));
  } catch (const UsageError& error) {
    return error.message;
  }
  return "";
}

}  // namespace

TEST_CASE("options take their value after a blank or an equals sign") {
  const Arguments arguments = parse({"a.sql", "--var", "A=1", "--batch-rows=7", "--var=B=x=y", "--quiet"});
  CHECK(arguments.positional() == std::vector<std::string>{"a.sql"});
  CHECK(arguments.values("--var") == std::vector<std::string>{"A=1", "B=x=y"});
  CHECK(arguments.integer("--batch-rows", 1) == 7);
  CHECK(arguments.has("--quiet"));
  CHECK_FALSE(arguments.has("--timeout"));
}

TEST_CASE("an option whose value is optional does not take the next word") {
  const Arguments arguments = parse({"--progress", "a.sql"});
  CHECK(arguments.value("--progress") == "");
  CHECK(arguments.positional().size() == 1);
  CHECK(parse({"--progress=json"}).value("--progress") == "json");
}

TEST_CASE("after two dashes everything is an argument") {
  CHECK(parse({"--", "--quiet"}).positional() == std::vector<std::string>{"--quiet"});
}

TEST_CASE("a wrong command line says what is wrong") {
  CHECK(error_of({"--batch-row", "7"}) == "unknown option '--batch-row' — did you mean '--batch-rows'?");
  CHECK(error_of({"--batch-rows"}) == "option --batch-rows needs a value: --batch-rows N");
  CHECK(error_of({"--quiet=1"}) == "option --quiet takes no value");
  CHECK(error_of({"--quiet", "--quiet"}) == "option --quiet is given twice");
  CHECK(error_of({"a.sql", "b.sql"}) == "unexpected argument 'b.sql'");
  CHECK(error_of({"--metrics-port", "1"}) == "not supported yet: option --metrics-port");
}

TEST_CASE("numbers, durations and choices are checked") {
  CHECK_THROWS_AS(parse({"--batch-rows", "0"}).integer("--batch-rows", 1), UsageError);
  CHECK_THROWS_AS(parse({"--batch-rows", "7x"}).integer("--batch-rows", 1), UsageError);
  CHECK(parse({"--timeout", "1m30s"}).duration_us("--timeout") == 90'000'000);
  CHECK_THROWS_AS(parse({"--timeout", "soon"}).duration_us("--timeout"), UsageError);
  constexpr std::string_view kFormats[] = {"table", "json", "csv"};
  CHECK_THROWS_WITH(parse({"--var", "jsn"}).choice("--var", kFormats),
                    "option --var takes one of table, json, csv, not 'jsn' — did you mean 'json'?");
}
