-- The lab's memory sinks one after the other, as they are typed there: each is started, asked once a second, and stopped.
-- Play the watches in one terminal, and this in another:
--   millrace gen iot --port 9999
--   millrace shell queries/lab/views/session.sql
-- `\watch 1 10` is `for x in range(10): spark.sql(…).show(); sleep(1)`.

SET spark.sql.shuffle.partitions = 5;

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
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1000000000 AS TIMESTAMP)
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});
DESCRIBE iot;

-- Lines with errors, counted in the console for ten seconds.
SELECT error, count(*) AS count
FROM (SELECT *, CASE WHEN Device IS NULL AND Index IS NULL AND Model IS NULL AND User IS NULL AND gt IS NULL THEN TRUE ELSE FALSE END AS error
      FROM iot) AS flagged
GROUP BY error
EMIT COMPLETE;
SLEEP ${SECONDS_LONG:-10};
STOP QUERY query_1;

-- The rows themselves.
CREATE MATERIALIZED VIEW iot_data AS SELECT * FROM iot;
SELECT * FROM iot_data \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY iot_data;

CREATE VIEW clean AS SELECT * FROM iot WHERE COLUMNS(*) IS NOT NULL;

CREATE MATERIALIZED VIEW activityCount_stream AS
SELECT gt, count(*) AS count FROM clean GROUP BY gt
EMIT COMPLETE EVERY 2 SECONDS;
SELECT * FROM activityCount_stream \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY activityCount_stream;

CREATE MATERIALIZED VIEW only_stairs_activity AS
SELECT gt, model, arrival_time, creation_time
FROM (SELECT *, gt LIKE '%stairs%' AS is_stair_activity FROM clean) AS flagged
WHERE is_stair_activity;
SELECT * FROM only_stairs_activity \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY only_stairs_activity;

CREATE MATERIALIZED VIEW deviceMobileStats AS
SELECT gt, model, avg(x), avg(y), avg(z) FROM clean GROUP BY CUBE(gt, model)
EMIT COMPLETE;
SELECT * FROM deviceMobileStats \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY deviceMobileStats;

-- show(50, False)
SET rows = 50;
SET truncate = false;

CREATE MATERIALIZED VIEW event_per_window AS
SELECT window, count(*) AS count FROM clean GROUP BY window(event_time, '5 seconds')
EMIT COMPLETE;
SELECT * FROM event_per_window \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY event_per_window;

-- The name is free again.
CREATE MATERIALIZED VIEW event_per_window AS
SELECT window, count(*) AS count FROM clean GROUP BY window(event_time, '10 seconds', '5 seconds')
EMIT COMPLETE;
SELECT * FROM event_per_window \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY event_per_window;

CREATE TABLE users WITH (path = '../../data/users.csv', format = 'csv', header = true, delimiter = ';');

CREATE MATERIALIZED VIEW streamWithUserData AS
SELECT * EXCEPT (Arrival_Time, Creation_Time, Index, event_time, x, y, z)
FROM clean JOIN STATIC users USING (User);
SELECT * FROM streamWithUserData \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY streamWithUserData;

CREATE MATERIALIZED VIEW stat_user AS
SELECT User, FirstName, LastName, count(*) AS count
FROM clean JOIN STATIC users USING (User)
GROUP BY User, FirstName, LastName
EMIT COMPLETE;
SELECT * FROM stat_user \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY stat_user;

-- The same result, by another plan.
CREATE MATERIALIZED VIEW stat_user AS
SELECT User, count, FirstName, LastName
FROM (SELECT User, count(*) AS count FROM clean GROUP BY User) AS counts
JOIN STATIC users USING (User)
EMIT COMPLETE;
SELECT * FROM stat_user \watch ${EVERY:-1} ${TIMES:-10}
STOP QUERY stat_user;

SHOW QUERIES;
