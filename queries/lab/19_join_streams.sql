-- Two streams of watches, joined by user: every row of one with every row of the other. Nothing bounds the time between them, so both are
-- kept for ever, and a warning says so; the next step bounds it.
-- Feed it with: millrace gen iot --port 9999   and   millrace gen iot2 --port 10000

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

CREATE STREAM iot2 (
  Arrival_Time BIGINT,
  Creation_Time BIGINT,
  Device STRING,
  Index BIGINT,
  Model STRING,
  User STRING,
  bpm SMALLINT
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT2:-10000});

-- na.drop("any"): a row with a hole anywhere is left out.
CREATE VIEW clean AS SELECT * FROM iot WHERE COLUMNS(*) IS NOT NULL;
CREATE VIEW clean2 AS SELECT * FROM iot2 WHERE COLUMNS(*) IS NOT NULL;

SELECT * FROM clean JOIN clean2 USING (User) EMIT APPEND EVERY 10 SECONDS;
