-- The filter that every later query builds on, and the proof: the error count of what it leaves.
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

SELECT CASE WHEN Device IS NULL AND Index IS NULL AND Model IS NULL AND User IS NULL AND gt IS NULL THEN TRUE ELSE FALSE END AS error, count(*) AS count
FROM clean
GROUP BY error
EMIT COMPLETE;
