-- Nexmark q5: which auctions had the most bids in the last ten seconds, every two seconds: the first of the groups of each window.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

SELECT window_start, auction, num FROM (
  SELECT window_start, auction, count(*) AS num FROM bid GROUP BY window(dateTime, '10 seconds', '2 seconds'), auction) AS counts
QUALIFY rank() OVER (PARTITION BY window_start ORDER BY num DESC) = 1
EMIT UPDATE;
