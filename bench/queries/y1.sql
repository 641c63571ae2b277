-- Y1: the Yahoo streaming benchmark: of the events of advertisements those that were seen, by campaign in windows of ten seconds.
CREATE STREAM ads (
  user_id STRING, page_id STRING, ad_id STRING, ad_type STRING, event_type STRING, event_time STRING, ip_address STRING,
  at AS timestamp_millis(CAST(event_time AS BIGINT))
) WITH (connector = 'file', path = '${DATA}', format = 'json');

CREATE TABLE campaigns WITH (path = '${CAMPAIGNS}', format = 'csv', header = true);

SELECT campaign_id, CAST(window_start AS BIGINT) AS start, count(*) AS n
FROM ads JOIN STATIC campaigns USING (ad_id) WHERE event_type = 'view' GROUP BY window(at, '10 seconds'), campaign_id EMIT COMPLETE ONCE;
