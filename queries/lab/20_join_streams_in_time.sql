-- The pulse of each user while walking: rows of the two streams of watches that lie within a second of each other. The bound and the watermarks
-- say when a row can have no match any more: it is then forgotten, and shown with NULLs when it had none.
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
  z DOUBLE,
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1e9 AS TIMESTAMP),
  WATERMARK FOR event_time AS event_time - INTERVAL '5 seconds'
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

CREATE STREAM iot2 (
  Arrival_Time BIGINT,
  Creation_Time BIGINT,
  Device STRING,
  Index BIGINT,
  Model STRING,
  User STRING,
  bpm SMALLINT,
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1e9 AS TIMESTAMP),
  WATERMARK FOR event_time AS event_time - INTERVAL '5 seconds'
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT2:-10000});

CREATE VIEW walking AS SELECT User, gt, event_time FROM iot WHERE gt = 'walk' AND COLUMNS(*) IS NOT NULL;
CREATE VIEW pulse AS SELECT User, bpm, event_time FROM iot2 WHERE COLUMNS(*) IS NOT NULL;

SELECT w.User, w.event_time AS walked, p.event_time AS measured, bpm
FROM walking w LEFT JOIN pulse p
  ON w.User = p.User AND p.event_time BETWEEN w.event_time - INTERVAL '1 second' AND w.event_time + INTERVAL '1 second'
EMIT APPEND EVERY 2 SECONDS;
