-- A filter and a projection: who is on the stairs. Columns are spelled as the query spells them.
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

SELECT gt, model, arrival_time, creation_time
FROM (SELECT *, gt LIKE '%stairs%' AS is_stair_activity FROM clean) AS flagged
WHERE is_stair_activity;
