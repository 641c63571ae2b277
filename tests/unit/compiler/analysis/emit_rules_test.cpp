#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

namespace {

abi::EmitMode mode_of(const std::string& sql) { return analyze_query(sql).query().mode; }

size_t warnings_of(const std::string& sql) {
  const Analyzed analyzed = analyze_query(sql);
  CHECK(analyzed.errors().empty());
  return analyzed.analysis.diagnostics.size();
}

bool is_anew(const std::string& query) { return analyze_query(query).query().evaluates_anew; }

}  // namespace

TEST_CASE("the mode follows from whether there is an aggregation") {
  CHECK(mode_of("SELECT i FROM iot") == abi::EmitMode::Append);
  CHECK(mode_of("SELECT gt, count(*) FROM iot GROUP BY gt") == abi::EmitMode::Update);
  CHECK(mode_of("SELECT DISTINCT gt FROM iot") == abi::EmitMode::Append);
  CHECK(mode_of("SELECT gt, count(*) FROM iot GROUP BY gt EMIT CHANGES") == abi::EmitMode::Update);
  CHECK(mode_of("SELECT count(*) FROM iot GROUP BY window(t, '5 seconds') EMIT FINAL") == abi::EmitMode::Append);
  CHECK(mode_of("SELECT count(*) FROM iot GROUP BY window(t, '5 seconds') EMIT ON WINDOW CLOSE") == abi::EmitMode::Append);
}

TEST_CASE("append over an aggregation needs a watermark on a key") {
  CHECK(error_of("SELECT gt, count(*) FROM iot GROUP BY gt EMIT APPEND")
            .ends_with("group by a window of the event time, or use EMIT UPDATE or EMIT COMPLETE"));
  CHECK(error_of("SELECT count(*) FROM plain EMIT APPEND").find("declare WATERMARK") != std::string::npos);
}

TEST_CASE("order is not for append") {
  CHECK(error_of("SELECT i FROM iot ORDER BY i").starts_with("ORDER BY over a stream needs EMIT COMPLETE"));
  CHECK(error_of("SELECT gt, count(*) n FROM iot GROUP BY gt ORDER BY n LIMIT 3 EMIT COMPLETE") == "no error");
  CHECK(error_of("SELECT i FROM iot LIMIT 5") == "no error");
  CHECK(is_anew("SELECT gt, count(*) FROM iot GROUP BY gt LIMIT 5"));
  CHECK(error_of("SELECT i FROM iot LIMIT 5 OFFSET 2").starts_with("OFFSET over a stream needs EMIT COMPLETE"));
  CHECK(is_anew("SELECT count(*) FROM (SELECT i FROM iot LIMIT 5) q"));
  CHECK(error_of("SELECT i FROM (SELECT i FROM iot LIMIT 5) q WHERE i > 1").starts_with("not supported yet: ORDER BY or LIMIT in a subquery"));
}

TEST_CASE("above an inner order a query is evaluated anew, over rows or over groups") {
  CHECK(is_anew("SELECT count(*) FROM (SELECT gt FROM iot ORDER BY x LIMIT 2) q EMIT COMPLETE"));
  CHECK(is_anew("SELECT count(*) FROM (SELECT gt, count(*) AS n FROM iot GROUP BY gt ORDER BY n LIMIT 2) q EMIT COMPLETE"));
}

TEST_CASE("an aggregation of an aggregation is kept up to date by changes, and not for append") {
  const std::string query = "SELECT max(n) FROM (SELECT gt, count(*) AS n FROM iot GROUP BY gt) q";
  CHECK(is_anew(query));
  CHECK(is_anew(query + " EMIT COMPLETE"));
  CHECK(error_of("SELECT window_end, max(n) FROM (SELECT window_end, count(*) AS n FROM iot GROUP BY window(t, '5 seconds')) q GROUP BY window_end EMIT APPEND")
            .starts_with("not supported yet: an aggregation of an aggregation"));
}

TEST_CASE("complete without aggregation is allowed with a warning; EMIT over tables has no effect") {
  CHECK(warnings_of("SELECT i FROM iot EMIT COMPLETE") == 1);
  CHECK(warnings_of("SELECT gt, count(*) FROM iot GROUP BY gt EMIT COMPLETE") == 0);
  CHECK(warnings_of("SELECT age FROM users EMIT UPDATE") == 1);
}

TEST_CASE("complete both replaces groups and keeps rows") {
  const std::string query = "SELECT gt, count(*) AS n FROM iot GROUP BY gt UNION ALL SELECT s, 1 FROM iot";
  CHECK(is_anew(query + " EMIT COMPLETE"));
  CHECK(!is_anew(query));
}

TEST_CASE("changes follow the mode") {
  CHECK(analyze_query("SELECT gt, count(*) FROM iot GROUP BY gt").query().root->changes == plan::Changes::Upsert);
  CHECK(analyze_query("SELECT count(*) FROM iot GROUP BY tumble('5 seconds') EMIT APPEND").query().root->changes ==
        plan::Changes::Append);
  CHECK(analyze_query("SELECT DISTINCT gt FROM iot EMIT UPDATE").query().root->changes == plan::Changes::Append);
  CHECK(analyze_query("SELECT age, count(*) FROM users GROUP BY age").query().root->changes == plan::Changes::Append);
}

TEST_CASE("triggers are read and checked") {
  const auto trigger = [](const std::string& text) {
    return analyze_query("SELECT i FROM iot EMIT " + text).query().trigger;
  };
  CHECK(trigger("EVERY 2 SECONDS").interval_us == 2'000'000);
  CHECK(trigger("UPDATE EVERY 500 MILLISECONDS").kind == abi::TriggerKind::Interval);
  CHECK(trigger("EVERY 1000 ROWS").rows == 1000);
  CHECK(trigger("PER RECORD").rows == 1);
  CHECK(trigger("ONCE").kind == abi::TriggerKind::Once);
  CHECK(trigger("APPEND AUTO").kind == abi::TriggerKind::Auto);
  CHECK(error_of("SELECT i FROM iot EMIT EVERY 0 SECONDS") == "the period of EVERY must be positive");
  CHECK(error_of("SELECT i FROM iot EMIT EVERY 0 ROWS") == "EVERY … ROWS takes a positive number of rows");
  CHECK(trigger("AUTO LATENCY 5 MS").latency_us == 5000);
  CHECK(error_of("SELECT i FROM iot EMIT AUTO LATENCY 50 MICROSECONDS").starts_with("the latency of AUTO must be at least 100 microseconds"));
}

TEST_CASE("EMIT belongs to the outermost query") {
  CHECK(error_of("SELECT * FROM (SELECT i FROM iot EMIT UPDATE) q") != "no error");
  CHECK(error_of("CREATE VIEW v AS SELECT i FROM iot EMIT UPDATE") != "no error");
}

}  // namespace millrace
