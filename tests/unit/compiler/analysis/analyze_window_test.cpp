#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

namespace {

/// From the Aggregate down to the window.
std::string windowed(const std::string& sql) {
  const std::string plan = analyze_query(sql).plan();
  const size_t begin = plan.find("Aggregate");
  REQUIRE(begin != std::string::npos);
  const size_t assign = plan.find("WindowAssign", begin);
  REQUIRE(assign != std::string::npos);
  return plan.substr(begin, plan.find(" [", begin) - begin) + " / " + plan.substr(assign, plan.find(" [", assign) - assign);
}

const std::string kTumbling = "Aggregate by window_start, window_end / WindowAssign window(t, size 5s)";
const std::string kHopping = "Aggregate by window_start, window_end / WindowAssign window(t, size 10s, slide 5s)";

}  // namespace

TEST_CASE("every spelling of a tumbling window is one plan") {
  for (const char* sql : {
           "SELECT count(*) FROM iot GROUP BY window(t, '5 seconds')",
           "SELECT window.start, window_end, window, count(*) FROM iot GROUP BY window(t, INTERVAL '5' SECOND)",
           "SELECT window(t, '5 seconds') AS w, count(*) FROM iot GROUP BY w",
           "SELECT count(*) FROM iot GROUP BY tumble('5 seconds')",
           "SELECT count(*) FROM iot WINDOW TUMBLING (SIZE 5 SECONDS)",
           "SELECT count(*) FROM TABLE(TUMBLE(TABLE iot, DESCRIPTOR(t), INTERVAL '5' SECOND)) GROUP BY window_start, "
           "window_end",
           "SELECT count(*) FROM TUMBLE(iot, t, INTERVAL '5' SECOND) GROUP BY window_start",
       }) {
    CAPTURE(sql);
    CHECK(windowed(sql).starts_with(kTumbling.substr(0, kTumbling.find(" / "))));
    CHECK(windowed(sql).ends_with("WindowAssign window(t, size 5s)"));
  }
}

TEST_CASE("every spelling of a hopping window is one plan, whatever its order of arguments") {
  for (const char* sql : {
           "SELECT count(*) FROM iot GROUP BY window(t, '10 seconds', '5 seconds')",
           "SELECT count(*) FROM iot GROUP BY hop('5 seconds', '10 seconds')",
           "SELECT count(*) FROM iot WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS)",
           "SELECT count(*) FROM HOP(iot, t, '5 seconds', '10 seconds') GROUP BY window_start, window_end",
           "SELECT count(*) FROM TABLE(HOP(DATA => TABLE iot, TIMECOL => DESCRIPTOR(t), SLIDE => INTERVAL '5' SECOND, "
           "SIZE => INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
       }) {
    CAPTURE(sql);
    CHECK(windowed(sql).ends_with(kHopping.substr(kHopping.find("WindowAssign"))));
  }
}

TEST_CASE("every spelling of a session window is one plan") {
  for (const char* sql : {
           "SELECT gt, count(*) FROM iot GROUP BY session_window(t, '5 minutes'), gt",
           "SELECT gt, session_window.start, count(*) FROM iot GROUP BY gt, session(INTERVAL 5 MINUTES)",
           "SELECT gt, count(*) FROM iot WINDOW SESSION (5 MINUTES) GROUP BY gt",
           "SELECT gt, count(*) FROM TABLE(SESSION(TABLE iot PARTITION BY gt, DESCRIPTOR(t), INTERVAL '5' MINUTE)) "
           "GROUP BY window_start, window_end, gt",
           "SELECT gt, count(*) FROM SESSION(iot, t, GAP => '5 minutes') GROUP BY window_start, gt",
       }) {
    CAPTURE(sql);
    CHECK(windowed(sql).ends_with("WindowAssign session(t, gap 300s)"));
  }
}

TEST_CASE("a cumulating window is told by its end, not by its start") {
  const std::string from = " FROM TABLE(CUMULATE(TABLE iot, DESCRIPTOR(t), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY ";
  CHECK(windowed("SELECT count(*)" + from + "window_end") ==
        "Aggregate by window_end, window_start / WindowAssign cumulate(t, step 5s, size 10s)");
  CHECK(windowed("SELECT count(*)" + from + "window_start") ==
        "Aggregate by window_start: count(*) / WindowAssign cumulate(t, step 5s, size 10s)");
}

TEST_CASE("the window's end carries the watermark, so that groups can be closed") {
  CHECK(analyze_query("SELECT gt, count(*) FROM iot GROUP BY gt, window(t, '5 seconds') EMIT APPEND")
            .plan()
            .find("[closed by window_end]") != std::string::npos);
  CHECK(analyze_query("SELECT t, count(*) FROM iot GROUP BY t EMIT APPEND").plan().find("[closed by t]") !=
        std::string::npos);
  CHECK(error_of("SELECT count(*) FROM plain GROUP BY window(t, '5 seconds') EMIT APPEND")
            .starts_with("EMIT APPEND gives a group once it is final"));
  CHECK(error_of("SELECT count(*) FROM iot GROUP BY CUBE(t) EMIT APPEND")
            .starts_with("EMIT APPEND gives a group once it is final"));
}

TEST_CASE("the watermark follows its column through views and subqueries") {
  CHECK(analyze_query("CREATE VIEW v AS SELECT t AS et, gt FROM iot WHERE i > 0; "
                      "SELECT count(*) FROM (SELECT et AS e FROM v) q GROUP BY window(e, '5 seconds') EMIT APPEND")
            .errors()
            .empty());
  CHECK(
      error_of(
          "SELECT count(*) FROM (SELECT t + INTERVAL 1 SECOND AS e FROM iot) q GROUP BY window(e, '5 seconds') EMIT APPEND")
          .starts_with("EMIT APPEND gives a group once it is final"));
}

TEST_CASE("a window in a plain projection gives each row once for every window") {
  const std::string plan =
      analyze_query("SELECT i, window(t, '10 seconds', '5 seconds').start AS ws FROM iot WHERE i > 0").plan();
  CHECK(plan.find("Project i, window_start") != std::string::npos);
  CHECK(plan.find("WindowAssign") < plan.find("Filter"));
}

TEST_CASE("windows that cannot be are errors that say so") {
  const auto window = [](const std::string& call) { return error_of("SELECT count(*) FROM iot GROUP BY " + call); };
  CHECK(window("window(t, '5 seconds', '10 seconds')").starts_with("the slide of a window is longer than its size"));
  CHECK(window("window(t, '1 month')").starts_with("the size of a window cannot be in months"));
  CHECK(window("window(t, '0 seconds')") == "the size of a window must be positive");
  CHECK(window("window(t, '5 seconds', '-1 second')") == "the slide of a window must be positive");
  CHECK(window("window(t, '5 seconds', '5 seconds', '5 seconds')") ==
        "the offset of a window must be shorter than its slide");
  CHECK(window("window(i, '5 seconds')").starts_with("the time of a window must be TIMESTAMP, not INT"));
  CHECK(window("window(t, '5 seconds'), window(t, '6 seconds')").starts_with("a SELECT can have one window only"));
  CHECK(window("session_window(t, '0 seconds')") == "the gap of a session must be positive");
  CHECK(window("cumulate('3 seconds', '10 seconds')") == "the size of a cumulating window must be a whole number of steps");
  CHECK(error_of("SELECT count(*) FROM plain GROUP BY tumble('5 seconds')").starts_with("this window has no time"));
  CHECK(
      error_of("SELECT i FROM iot WHERE window(t, '5 seconds').start > t").starts_with("window() is not allowed in WHERE"));
}

}  // namespace millrace
