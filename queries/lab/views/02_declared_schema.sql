-- The same rows kept in memory, to be asked again and again: the memory sink with queryName("iot_data").
-- Ask while it runs: millrace shell queries/lab/views/02_declared_schema.sql, then SELECT * FROM iot_data \watch 1 10
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

CREATE MATERIALIZED VIEW iot_data AS
SELECT * FROM iot;

SELECT * FROM iot_data;
