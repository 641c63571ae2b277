-- Count, then join with the users, kept in memory: the same answer.
-- Ask while it runs: millrace shell queries/lab/views/14_count_then_join.sql, then SELECT * FROM stat_user \watch 1 10
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
SELECT User, count, FirstName, LastName, Age
FROM (SELECT User, count(*) AS count FROM clean GROUP BY User) AS counts
JOIN STATIC users USING (User)
EMIT COMPLETE;

SET truncate = false;
SET rows = 50;
SELECT * FROM stat_user;
