-- The ten words said most often, and where in a quote they stand first. LATERAL VIEW makes rows beside those of FROM.
-- Feed it with: millrace gen quotes --port 9999

CREATE STREAM quotes (
  character STRING,
  quote STRING
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

SELECT word, count(*) AS count, min(position) AS first_position
FROM quotes LATERAL VIEW posexplode(split(lower(quote), '[^\p{L}\p{N}'']+')) w AS position, word
WHERE word <> ''
GROUP BY word
ORDER BY count DESC, word
LIMIT 10
EMIT COMPLETE EVERY 5 SECONDS;
