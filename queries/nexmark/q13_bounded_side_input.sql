-- Nexmark q13: bids, each with what a table says of its auction. The table is read before the stream begins.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

CREATE VIEW side_input (key, value) AS SELECT id, concat('about ', id) FROM range(10000);

SELECT b.auction, b.bidder, b.price, b.dateTime, s.value FROM bid AS b JOIN STATIC side_input AS s ON b.auction % 10000 = s.key;
