#include <catch2/catch.hpp>

#include "parsing.h"

using millrace::error_of;

/// The lab's queries and the examples of the language's contract parse; what they become is tested piece by piece elsewhere.
TEST_CASE("the language's own examples parse") {
  CHECK(error_of(R"sql(
CREATE STREAM iot (
  Creation_Time BIGINT, "User" STRING, gt STRING, x DOUBLE,
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1e9 AS TIMESTAMP),   -- computed column
  WATERMARK FOR event_time AS event_time - INTERVAL '10 seconds'
) WITH (connector = 'socket', host = '127.0.0.1', port = 9999, format = 'json');
CREATE STREAM raw WITH (connector = 'socket', host = '127.0.0.1', port = 9999);
CREATE TABLE users WITH (path = 'users.csv', format = 'csv', header = true, delimiter = ';');
CREATE VIEW clean AS SELECT * FROM iot WHERE COLUMNS(*) IS NOT NULL;
CREATE MATERIALIZED VIEW activity AS SELECT gt, count(*) AS n FROM clean GROUP BY gt;
CREATE SINK out WITH (connector = 'file', path = 'out.ndjson', format = 'json');
INSERT INTO out SELECT gt, x FROM clean WHERE gt LIKE '%stairs%';
SELECT gt, count(*) FROM clean GROUP BY gt EMIT COMPLETE EVERY 2 SECONDS;
)sql")
            .empty());
}

TEST_CASE("the lab's queries parse") {
  CHECK(error_of(R"sql(
SELECT CASE WHEN Device IS NULL AND Index IS NULL AND Model IS NULL AND User IS NULL AND gt IS NULL THEN TRUE ELSE FALSE END
         AS error, count(*) AS count FROM iot GROUP BY error EMIT COMPLETE;
SELECT gt, model, avg(x), avg(y), avg(z) FROM clean GROUP BY CUBE(gt, model) EMIT COMPLETE;
SELECT window, count(*) AS count FROM clean GROUP BY window(event_time, '10 seconds', '5 seconds') EMIT COMPLETE;
SELECT User, FirstName, LastName, count(*) AS count FROM clean JOIN users USING (User) GROUP BY User, FirstName, LastName;
SELECT * EXCEPT (Arrival_Time, Creation_Time, Index, x, y, z) FROM clean JOIN STATIC users USING (User);
SELECT character, count(*) FROM (SELECT character, explode(split(quote, ' ')) AS word FROM quotes) GROUP BY character;
SELECT json.* FROM (SELECT from_json(value, 'title STRING, bot BOOLEAN') AS json FROM raw) WHERE wiki == 'frwiki';
SELECT a.User, a.x, b.bpm FROM iot a JOIN iot2 b ON a.User = b.User AND b.t BETWEEN a.t AND a.t + INTERVAL '1 hour';
)sql")
            .empty());
}
