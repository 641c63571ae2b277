-- Rows of each activity so far, kept in memory.
-- Ask while it runs: millrace shell queries/lab/views/05_activity_counts.sql, then SELECT * FROM activityCount_stream \watch 1 10
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
  z DOUBLE
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

-- na.drop("any"): a row with a hole anywhere is left out.
CREATE VIEW clean AS SELECT * FROM iot WHERE COLUMNS(*) IS NOT NULL;

CREATE MATERIALIZED VIEW activityCount_stream AS
SELECT gt, count(*) AS count FROM clean GROUP BY gt EMIT COMPLETE EVERY 2 SECONDS;

SELECT * FROM activityCount_stream;
