-- The schema applied to raw lines by hand. EXPLAIN shows that the lines are read as records all the same: the scan finds the fields,
-- and the query runs as fast as over declared columns (02).
-- Feed it with: millrace gen iot --port 9999

CREATE STREAM raw WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

CREATE VIEW iot AS
SELECT json.*
FROM (SELECT from_json(CAST(value AS STRING),
                       'Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING, x DOUBLE, y DOUBLE, z DOUBLE')
             AS json
      FROM raw);

SELECT * FROM iot EMIT APPEND EVERY 5 SECONDS;
