-- Nexmark q23: the bids of those who sell something themselves, with who they are and what they sell: three streams joined.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

CREATE STREAM person (
  id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_person', rate = 200);

CREATE STREAM auction (
  id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, dateTime TIMESTAMP, expires TIMESTAMP,
  seller BIGINT, category BIGINT, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_auction', rate = 600);

SELECT b.bidder, b.auction, b.price, b.dateTime, p.name, p.city, p.state, a.id AS sells, a.itemName, a.category
FROM bid AS b JOIN person AS p ON p.id = b.bidder JOIN auction AS a ON a.seller = b.bidder;
