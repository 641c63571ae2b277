-- The stream as it comes: a row a line, nothing decoded, uncut, printed every three seconds.
-- Feed it with: millrace gen iot --port 9999

CREATE STREAM raw WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});
CREATE SINK screen WITH (connector = 'console', truncate = false);

INSERT INTO screen SELECT value FROM raw EMIT APPEND EVERY 3 SECONDS;
