-- What a stream without columns looks like: one column, the line. Nothing is read for this.

CREATE STREAM raw WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

DESCRIBE raw;
