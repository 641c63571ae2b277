-- Who is on the stairs, kept in memory: rows accumulate.
-- Ask while it runs: millrace shell queries/lab/views/07_stairs.sql, then SELECT * FROM only_stairs_activity \watch 1 10
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

CREATE MATERIALIZED VIEW only_stairs_activity AS
SELECT gt, model, arrival_time, creation_time
FROM (SELECT *, gt LIKE '%stairs%' AS is_stair_activity FROM clean) AS flagged
WHERE is_stair_activity;

SELECT * FROM only_stairs_activity;
