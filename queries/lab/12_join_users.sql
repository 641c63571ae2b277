-- Each row with what is known of its user: a stream joined with a static table from a CSV file.
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

SELECT * EXCEPT (Arrival_Time, Creation_Time, Index, x, y, z)
FROM clean JOIN STATIC users USING (User);
