-- A dashboard for Wikimedia: four questions to one stream of page changes, all at once, on one connection and in one pass over its bytes.
--
-- Over made-up changes:  millrace gen wikimedia --port 9999 --rate 50     and     millrace run queries/wikimedia/four_questions.sql
-- Over the real ones:    millrace run queries/wikimedia/four_questions.sql --var
--                          SOURCE="connector = 'sse', url = 'https://stream.wikimedia.org/v2/stream/recentchange'"

CREATE STREAM changes (
  title STRING,
  user STRING,
  bot BOOLEAN,
  timestamp BIGINT,
  wiki STRING,
  type STRING,
  event_time AS CAST(timestamp AS TIMESTAMP),
  WATERMARK FOR event_time AS event_time - INTERVAL '10 minutes'
) WITH (${SOURCE:-connector = 'socket', host = '127.0.0.1', port = 9999});

-- The pages of the French Wikipedia that are to be guarded.
CREATE TABLE sensitive WITH (path = '../data/pages_sensibles.csv', format = 'csv', header = true, delimiter = ';');

-- 1. What is of interest, and only that, every five seconds.
SELECT title, user, bot, timestamp, wiki FROM changes EMIT APPEND EVERY 5 SECONDS;

-- 2. How many changes there were on each site since the beginning.
SELECT wiki, count(*) AS changes FROM changes GROUP BY wiki ORDER BY changes DESC, wiki EMIT COMPLETE EVERY 5 SECONDS;

-- 3. Edits of the French Wikipedia in an hour, computed anew every five minutes of event time.
SELECT window_start, window_end, count(*) AS edits
FROM changes WHERE wiki = 'frwiki' AND type = 'edit'
GROUP BY window(event_time, '1 hour', '5 minutes')
EMIT UPDATE EVERY 5 SECONDS;

-- 4. How many changes there were on sensitive pages since the beginning.
SELECT count(*) AS sensitive_changes
FROM changes JOIN STATIC sensitive USING (title)
WHERE wiki = 'frwiki'
EMIT COMPLETE EVERY 5 SECONDS;
