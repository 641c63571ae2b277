-- Nexmark q11: how many bids a bidder made without a pause of ten seconds.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

SELECT bidder, count(*) AS bids, window_start, window_end FROM bid GROUP BY bidder, session_window(dateTime, '10 seconds') EMIT APPEND;
