-- The errors that na.drop leaves, over raw lines and from_json: lines that are no JSON are rows of NULLs, and go too.
-- Feed it with: millrace gen iot --port 9999

CREATE STREAM raw WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

CREATE VIEW iot AS
SELECT json.*
FROM (SELECT from_json(value,
                       'Arrival_Time BIGINT, Creation_Time BIGINT, Device STRING, Index BIGINT, Model STRING, User STRING, gt STRING, x DOUBLE, y DOUBLE, z DOUBLE')
             AS json
      FROM raw);

CREATE VIEW iot_errors AS
SELECT *, Device IS NULL AND Index IS NULL AND Model IS NULL AND User IS NULL AND gt IS NULL AS error FROM iot;

-- na.drop("any"): a row with a hole anywhere is left out.
CREATE VIEW clean AS SELECT * FROM iot_errors WHERE COLUMNS(*) IS NOT NULL;

SELECT error, count(*) AS count FROM clean GROUP BY error EMIT COMPLETE;
