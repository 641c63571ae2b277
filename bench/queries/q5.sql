-- Q5: a join with a static table of 26 rows, counted by three columns.
CREATE STREAM iot (
  Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING,
  x DOUBLE, y DOUBLE, z DOUBLE
) WITH (connector = 'file', path = '${DATA}', format = 'json');

CREATE TABLE users WITH (path = '${USERS}', format = 'csv', header = true, delimiter = ';');

SELECT User, FirstName, LastName, count(*) AS n
FROM iot JOIN STATIC users USING (User) GROUP BY User, FirstName, LastName EMIT COMPLETE ONCE;
