#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

using Texts = std::vector<std::string>;

TEST_CASE("a stream's computed columns and watermark stand right above its scan") {
  CHECK(analyze_query("SELECT * FROM iot").plan() ==
        "query 1: EMIT APPEND into console\n"
        "Project c, i, s, gt, x, b, d, t [append] [watermark: t]\n"
        "  ObserveTime t delay 10s [append] [watermark: t]\n"
        "    Project c, i, s, gt, x, b, d, CAST(c AS TIMESTAMP) [append]\n"
        "      Scan stream iot [append]");
}

TEST_CASE("a stream without columns has one, the line") {
  const Analyzed analyzed = analyze_text("CREATE STREAM raw WITH (connector = 'socket', port = 1); SELECT * FROM raw");
  const plan::Query& query = analyzed.query();
  CHECK(query.root->schema == Schema{{"value", TypeKind::String, true}});
  CHECK(query.sources.at(0).spec.format == abi::Format::Text);
}

TEST_CASE("a table's format and columns come from its file, its path from the script's folder") {
  const Analyzed analyzed = analyze_query("SELECT * FROM users");
  const plan::Query& query = analyzed.query();
  CHECK_FALSE(query.streaming);
  const abi::SourceSpec& source = query.sources.at(0).spec;
  CHECK(source.connector == "file");
  CHECK(source.format == abi::Format::Csv);
  CHECK(source.is_table);
  CHECK(source.options.at("path") == "/base/users.csv");
  CHECK(query.root->schema.size() == 3);
}

TEST_CASE("a declared NOT NULL of a text column cannot be relied on") {
  const Analyzed analyzed =
      analyze_text("CREATE STREAM a (i INT NOT NULL) WITH (connector = 'socket', port = 1); SELECT i FROM a");
  CHECK(analyzed.query().root->schema[0].nullable);
}

TEST_CASE("names are used once, unless the statement says otherwise") {
  CHECK(error_of("CREATE TABLE iot WITH (path = 'x.csv')").starts_with("there is a stream 'iot' already"));
  CHECK(error_of("CREATE STREAM IF NOT EXISTS iot (z INT) WITH (connector = 'nope')") == "no error");
  CHECK(error_of("CREATE OR REPLACE STREAM iot (z INT) WITH (connector = 'socket', port = 1); SELECT z FROM iot") ==
        "no error");
  CHECK(error_of("DROP STREAM iot; SELECT * FROM iot") ==
        "unknown stream, table or view 'iot' | CREATE it before it is used");
  CHECK(error_of("DROP STREAM users") == "'users' is a table, not a stream | write DROP TABLE users");
  CHECK(error_of("DROP VIEW IF EXISTS nope") == "no error");
}

TEST_CASE("a watermark is a TIMESTAMP column less a constant delay") {
  const std::string with = " WITH (connector = 'socket', port = 1)";
  CHECK(error_of("CREATE STREAM a (i INT, WATERMARK FOR i)" + with)
            .starts_with("an event time must be TIMESTAMP, but 'i' is INT"));
  CHECK(error_of("CREATE STREAM a (t TIMESTAMP, WATERMARK FOR tt)" + with) == "unknown column 'tt' — did you mean 't'?");
  CHECK(error_of("CREATE STREAM a (t TIMESTAMP, WATERMARK FOR t AS t - INTERVAL '1' MONTH)" + with)
            .starts_with("the delay of a watermark cannot be in months"));
  CHECK(error_of("CREATE STREAM a (t TIMESTAMP, WATERMARK FOR t AS t + INTERVAL '1' SECOND)" + with)
            .starts_with("a watermark is its column less a constant delay"));
  const Analyzed analyzed = analyze_text("CREATE STREAM a (t TIMESTAMP, WATERMARK FOR t)" + with + "; SELECT t FROM a");
  CHECK(analyzed.query().sources.at(0).spec.watermark_delay_us == 0);
}

TEST_CASE("computed columns may use those before them; their errors show at the declaration") {
  const std::string with = " WITH (connector = 'socket', port = 1)";
  const Analyzed analyzed = analyze_text("CREATE STREAM a (i INT, j AS i + 1, k AS j * 2)" + with + "; SELECT k FROM a");
  CHECK(analyzed.plan().find("Project i, (i + 1), ((i + 1) * 2)") != std::string::npos);
  CHECK(error_of("CREATE STREAM a (i INT, j AS k + 1, k AS 2)" + with).starts_with("unknown column 'k'"));
}

TEST_CASE("what uses a failed declaration says nothing more") {
  const Analyzed analyzed = analyze_text(
      "CREATE STREAM a (i BIGIN) WITH (connector = 'socket', port = 1); CREATE VIEW v AS SELECT * FROM a; SELECT * FROM v");
  CHECK(analyzed.errors() == Texts{"20:unknown type 'BIGIN' — did you mean 'BIGINT'?"});
}

TEST_CASE("views expand where they are used and cannot mean themselves") {
  const Analyzed analyzed =
      analyze_query("CREATE VIEW v(a, n) AS SELECT gt, count(*) FROM iot GROUP BY gt; SELECT A, n FROM v WHERE n > 1");
  CHECK(analyzed.query().root->schema[0].name == "A");
  CHECK(error_of("CREATE VIEW v AS SELECT i FROM iot; CREATE OR REPLACE VIEW v AS SELECT * FROM v") ==
        "view 'v' is defined by itself");
  CHECK(error_of("CREATE VIEW v(a, b) AS SELECT i FROM iot") == "the view names 2 columns, but its query has 1");
}

TEST_CASE("settings are known by name") {
  CHECK(error_of("SET timezon = 'UTC'") == "unknown setting 'timezon' — did you mean 'timezone'?");
  const Analyzed analyzed = analyze_text("SET timezone = 'Europe/Paris'; SET spark.sql.shuffle.partitions = 5");
  CHECK(analyzed.analysis.settings.at("timezone") == "Europe/Paris");
  REQUIRE(analyzed.analysis.diagnostics.size() == 1);
  CHECK(analyzed.analysis.diagnostics[0].severity == Severity::Note);
}

TEST_CASE("describe and show list what there is") {
  const Analyzed described = analyze_query("DESCRIBE iot");
  const auto& columns = std::get<AnalyzedListing>(described.analysis.statements.at(0));
  CHECK(columns.rows.size() == 8);
  CHECK(columns.rows.back() == Texts{"t", "TIMESTAMP", "computed, event time"});
  const Analyzed shown = analyze_query("SHOW TABLES");
  CHECK(std::get<AnalyzedListing>(shown.analysis.statements.at(0)).rows.size() == 3);
}

}  // namespace millrace
