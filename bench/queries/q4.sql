-- Q4: sliding windows of ten seconds every five.
CREATE STREAM iot (
  Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING,
  x DOUBLE, y DOUBLE, z DOUBLE,
  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1000000000 AS TIMESTAMP)
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT CAST(window_start AS BIGINT) AS start, count(*) AS n
FROM iot GROUP BY window(event_time, '10 seconds', '5 seconds') EMIT COMPLETE ONCE;
