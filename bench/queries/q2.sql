-- Q2: averages by CUBE(gt, Model), rows with a hole left out.
CREATE STREAM iot (
  Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING,
  x DOUBLE, y DOUBLE, z DOUBLE
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT gt, Model, avg(x) AS ax, avg(y) AS ay, avg(z) AS az
FROM iot WHERE COLUMNS(*) IS NOT NULL GROUP BY CUBE(gt, Model) EMIT COMPLETE ONCE;
