-- Nexmark q5: how many bids each auction had in the last ten seconds, every two seconds. The benchmark asks for the first of each window, too: that takes
-- an aggregation of an aggregation under EMIT APPEND, which there is not yet.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

SELECT window_start, auction, count(*) AS num FROM bid GROUP BY window(dateTime, '10 seconds', '2 seconds'), auction EMIT APPEND;
