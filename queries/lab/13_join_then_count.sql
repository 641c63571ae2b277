-- Rows of each user by name: join first, then count.
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

SELECT User, FirstName, LastName, count(*) AS count
FROM clean JOIN STATIC users USING (User)
GROUP BY User, FirstName, LastName
EMIT COMPLETE;
