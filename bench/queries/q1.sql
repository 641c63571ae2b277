-- Q1: rows of each activity, rows with a hole left out.
CREATE STREAM iot (
  Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING,
  x DOUBLE, y DOUBLE, z DOUBLE
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT gt, count(*) AS n FROM iot WHERE COLUMNS(*) IS NOT NULL GROUP BY gt EMIT COMPLETE ONCE;
