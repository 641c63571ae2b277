-- Each row with its user's names, kept in memory.
-- Ask while it runs: millrace shell queries/lab/views/12_join_users.sql, then SELECT * FROM streamWithUserData \watch 1 10
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

CREATE TABLE users WITH (path = '../../data/users.csv', format = 'csv', header = true, delimiter = ';');

CREATE MATERIALIZED VIEW streamWithUserData AS
SELECT * EXCEPT (Arrival_Time, Creation_Time, Index, x, y, z)
FROM clean JOIN STATIC users USING (User);

SET truncate = false;
SET rows = 50;
SELECT * FROM streamWithUserData;
