-- Q6: a filter by LIKE and a projection, written as JSON.
CREATE STREAM iot (
  Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING,
  x DOUBLE, y DOUBLE, z DOUBLE
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT gt, Model, Arrival_Time, Creation_Time FROM iot WHERE gt LIKE '%stairs%';
