-- Words that each character has said so far: a row for each word of a quote, then a count.
-- Feed it with: millrace gen quotes --port 9999

CREATE STREAM quotes (
  character STRING,
  quote STRING
) WITH (connector = 'socket', host = '${HOST:-127.0.0.1}', port = ${PORT:-9999});

-- explode makes the rows, split the words. Two blanks have an empty word between them, which counts.
CREATE VIEW words AS SELECT character, explode(split(quote, ' ')) AS word FROM quotes;

SELECT character, count(*) AS count FROM words GROUP BY character EMIT COMPLETE EVERY 5 SECONDS;
