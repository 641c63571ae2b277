-- Nexmark q19: the highest three bids at each auction. (The benchmark shows ten.)
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

SELECT auction, row_number() OVER (PARTITION BY auction ORDER BY price DESC, dateTime, bidder) AS rank, bidder, price FROM bid
QUALIFY rank <= 3
EMIT UPDATE;
