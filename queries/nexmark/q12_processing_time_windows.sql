-- Nexmark q12: how many bids a bidder makes in each ten seconds by this machine's clock, whatever the bids say of their time.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  arrived AS current_timestamp(),
  WATERMARK FOR arrived
) WITH (${BID:-connector = 'generator', kind = 'nexmark_bid', rate = 9200});

SELECT bidder, count(*) AS bids, window_start, window_end FROM bid GROUP BY bidder, window(arrived, '10 seconds') EMIT APPEND;
