#include "compiler/analysis/analyze_options.h"

#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

namespace {
std::string stream_error(const std::string& options) { return error_of("CREATE STREAM a (i INT) WITH (" + options + ")"); }
}  // namespace

TEST_CASE("options are completed with defaults and kept by lower-case name") {
  const Analyzed analyzed =
      analyze_text("CREATE STREAM a (i INT) WITH (connector = 'socket', PORT = 9, connect_timeout = 5); SELECT i FROM a");
  const abi::Options& options = analyzed.query().sources.at(0).spec.options;
  CHECK(options ==
        abi::Options{{"connect_timeout", "5 seconds"}, {"host", "127.0.0.1"}, {"listen", "false"}, {"port", "9"}});
}

TEST_CASE("wrong options name the nearest right ones") {
  CHECK(stream_error("connector = 'sockte', port = 1") == "unknown connector 'sockte' — did you mean 'socket'?");
  CHECK(stream_error("connector = 'socket', prot = 1") == "unknown option 'prot' of socket and json — did you mean 'port'?");
  CHECK(stream_error("connector = 'socket', port = 99999") == "option 'port' must be between 1 and 65535, not 99999");
  CHECK(stream_error("connector = 'socket', port = 'abc'") == "option 'port' takes an integer, not 'abc'");
  CHECK(stream_error("connector = 'socket', port = 1, listen = 3") == "option 'listen' takes true or false, not '3'");
  CHECK(stream_error("connector = 'socket', port = 1, connect_timeout = 'soon'")
            .starts_with("option 'connect_timeout' takes a duration"));
  CHECK(stream_error("connector = 'socket'") == "socket needs the option 'port'");
  CHECK(stream_error("connector = 'socket', port = 1, port = 2") == "option 'port' is given twice");
  CHECK(stream_error("connector = 'kafka'") == "not supported yet: connector 'kafka'");
  CHECK(stream_error("connector = 'socket', port = 1, format = 'jsn'") == "unknown format 'jsn' — did you mean 'json'?");
  CHECK(stream_error("port = 1").starts_with("'a' needs a connector"));
}

TEST_CASE("sinks take their format from the file's name when none is stated") {
  const Analyzed analyzed =
      analyze_query("CREATE SINK o WITH (connector = 'file', path = 'o.csv'); INSERT INTO o SELECT i FROM iot");
  CHECK(analyzed.query().sink.format == abi::OutputFormat::Csv);
  CHECK(analyzed.query().name == "o");
  CHECK(error_of("CREATE SINK o WITH (connector = 'file', path = 'o', mode = 'apend')")
            .starts_with("option 'mode' cannot be 'apend' — did you mean 'append'?"));
  CHECK(error_of("CREATE SINK o WITH (connector = 'file', path = 'o', format = 'table')")
            .starts_with("format 'table' is for the console"));
}

TEST_CASE("relative paths are taken from a folder") {
  CHECK(absolute_path("a/b", "/base") == "/base/a/b");
  CHECK(absolute_path("/a/b", "/base") == "/a/b");
  CHECK(absolute_path("a", "") == "a");
}

TEST_CASE("INSERT fits the query to the sink's columns") {
  const std::string sink = "CREATE SINK o (a BIGINT, b STRING) WITH (connector = 'file', path = 'o.json'); ";
  const Analyzed by_position = analyze_query(sink + "INSERT INTO o SELECT i, x FROM iot");
  CHECK(by_position.query().root->schema == Schema{{"a", TypeKind::BigInt, true}, {"b", TypeKind::String, true}});
  const Analyzed by_name = analyze_query(sink + "INSERT INTO o (b) SELECT gt FROM iot");
  CHECK(by_name.plan().find("Project NULL, gt") != std::string::npos);
  CHECK(error_of(sink + "INSERT INTO o SELECT i FROM iot") == "the query has 1 column, but 'o' takes 2");
  CHECK(error_of(sink + "INSERT INTO oo SELECT i FROM iot") == "unknown sink 'oo' — did you mean 'o'?");
  CHECK(error_of(sink + "INSERT INTO iot SELECT i FROM iot").starts_with("'iot' is no sink"));
}

TEST_CASE("json and csv refuse two columns of one name") {
  const std::string sink = "CREATE SINK o WITH (connector = 'file', path = 'o.json'); ";
  CHECK(error_of(sink + "INSERT INTO o SELECT i, i FROM iot").starts_with("two columns are called 'i'"));
  CHECK(error_of("SELECT i, i FROM iot") == "no error");
}

}  // namespace millrace
