-- Events in windows of five seconds, kept in memory.
-- Ask while it runs: millrace shell queries/lab/views/10_tumbling_window.sql, then SELECT * FROM event_per_window \watch 1 10
-- Feed it with: millrace gen iot --port 9999

CREATE STREAM iot (
  Arrival_Time BIGINT,
  Creation_Time BIGINT,
  Device STRING,
  Index BIGINT,
  Model STRING,
  User STRING,
  gt STRING,
  x DOUBLE,
  y DOUBLE,
  z DOUBLE,
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1000000000 AS TIMESTAMP)
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

-- na.drop("any"): a row with a hole anywhere is left out.
CREATE VIEW clean AS SELECT * FROM iot WHERE COLUMNS(*) IS NOT NULL;

CREATE MATERIALIZED VIEW event_per_window AS
SELECT window, count(*) AS count
FROM clean
GROUP BY window(event_time, '5 seconds')
EMIT COMPLETE;

SET truncate = false;
SET rows = 50;
SELECT * FROM event_per_window;
