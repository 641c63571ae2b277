-- Join with the users, then count, kept in memory.
-- Ask while it runs: millrace shell queries/lab/views/13_join_then_count.sql, then SELECT * FROM stat_user \watch 1 10
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

CREATE MATERIALIZED VIEW stat_user AS
SELECT User, FirstName, LastName, count(*) AS count
FROM clean JOIN STATIC users USING (User)
GROUP BY User, FirstName, LastName
EMIT COMPLETE;

SET truncate = false;
SET rows = 50;
SELECT * FROM stat_user;
