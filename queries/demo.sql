-- What `millrace demo` runs: five questions to one live stream of watch records. They share one connection and one
-- pass over its bytes, and each is one loop of machine code.

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
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1000000000 AS TIMESTAMP),
  WATERMARK FOR event_time AS event_time - INTERVAL '2 seconds'
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

-- na.drop("any"): a row with a hole anywhere is left out.
CREATE VIEW clean AS SELECT * FROM iot WHERE COLUMNS(*) IS NOT NULL;

CREATE TABLE users WITH (path = 'data/users.csv', format = 'csv', header = true, delimiter = ';');

-- How often each activity was seen so far.
SELECT gt, count(*) AS count FROM clean GROUP BY gt EMIT COMPLETE EVERY 3 SECONDS;

-- Averages by activity and model, by each alone, and over all.
SELECT gt, Model, avg(x), avg(y), avg(z), count(*) AS n FROM clean GROUP BY CUBE(gt, Model) EMIT COMPLETE EVERY 5 SECONDS;

-- Windows of five seconds of event time, each shown once, when no more of its events can come.
SELECT window_start, window_end, count(*) AS events, avg(x) AS x
FROM clean GROUP BY window(event_time, '5 seconds') EMIT APPEND EVERY 5 SECONDS;

-- Sliding windows: those that changed.
SELECT window_start, window_end, count(*) AS stairs
FROM clean WHERE gt LIKE 'stairs%' GROUP BY window(event_time, '10 seconds', '5 seconds') EMIT UPDATE EVERY 5 SECONDS;

-- The most active users, with their names from a static table.
SELECT User, FirstName, LastName, count(*) AS n
FROM clean JOIN STATIC users USING (User)
GROUP BY User, FirstName, LastName ORDER BY n DESC, User LIMIT 5 EMIT COMPLETE EVERY 5 SECONDS;
