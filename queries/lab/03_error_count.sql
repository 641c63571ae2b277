-- How many rows came without their values: a computed flag, counted, the whole result after each batch.
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

SELECT CASE WHEN Device IS NULL AND Index IS NULL AND Model IS NULL AND User IS NULL AND gt IS NULL THEN TRUE ELSE FALSE END AS error, count(*) AS count
FROM iot
GROUP BY error
EMIT COMPLETE;
