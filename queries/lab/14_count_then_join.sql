-- The same answer the other way round: count first, then join the few counts.
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

CREATE TABLE users WITH (path = '../data/users.csv', format = 'csv', header = true, delimiter = ';');

SELECT User, count, FirstName, LastName, Age
FROM (SELECT User, count(*) AS count FROM clean GROUP BY User) AS counts
JOIN STATIC users USING (User)
EMIT COMPLETE;
