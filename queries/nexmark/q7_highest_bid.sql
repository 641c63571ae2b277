-- Nexmark q7: the highest bids of every ten seconds.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

SELECT b.auction, b.bidder, b.price, b.dateTime FROM bid AS b
JOIN (SELECT window_start, window_end, max(price) AS most FROM bid GROUP BY window(dateTime, '10 seconds')) AS m
ON b.price = m.most AND b.dateTime >= m.window_start AND b.dateTime < m.window_end
EMIT APPEND;
