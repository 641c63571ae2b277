-- Q7: arithmetic over the rows that two comparisons leave.
CREATE STREAM iot (
  Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING,
  x DOUBLE, y DOUBLE, z DOUBLE
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT sum(x * y + z) AS s FROM iot WHERE x > 0.9 AND gt = 'walk' EMIT COMPLETE ONCE;
