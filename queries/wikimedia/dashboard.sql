-- The four questions for the shell: each answer is a materialized view, kept up to date while it is asked.
--   millrace gen wikimedia --port 9999 --rate 50     and     millrace shell queries/wikimedia/dashboard.sql

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

CREATE TABLE sensitive WITH (path = '../data/pages_sensibles.csv', format = 'csv', header = true, delimiter = ';');

-- 1. What is of interest, and only that.
CREATE MATERIALIZED VIEW recent AS
SELECT title, user, bot, timestamp, wiki FROM changes EMIT APPEND EVERY ${REFRESH:-5 SECONDS};

-- 2. How many changes there were on each site.
CREATE MATERIALIZED VIEW by_site AS
SELECT wiki, count(*) AS changes FROM changes GROUP BY wiki EMIT COMPLETE EVERY ${REFRESH:-5 SECONDS};

-- 3. Edits of the French Wikipedia in a sliding hour.
CREATE MATERIALIZED VIEW french_edits AS
SELECT window_start, window_end, count(*) AS edits
FROM changes WHERE wiki = 'frwiki' AND type = 'edit'
GROUP BY window(event_time, '1 hour', '5 minutes')
EMIT UPDATE EVERY ${REFRESH:-5 SECONDS};

-- 4. How many changes there were on sensitive pages.
CREATE MATERIALIZED VIEW guarded AS
SELECT count(*) AS sensitive_changes
FROM changes JOIN STATIC sensitive USING (title)
WHERE wiki = 'frwiki'
EMIT COMPLETE EVERY ${REFRESH:-5 SECONDS};

SLEEP ${PATIENCE:-12};
SELECT * FROM recent ORDER BY timestamp DESC, title LIMIT 10;
SELECT * FROM by_site ORDER BY changes DESC, wiki;
SELECT * FROM french_edits ORDER BY window_start;
SELECT * FROM guarded;
SHOW QUERIES;
