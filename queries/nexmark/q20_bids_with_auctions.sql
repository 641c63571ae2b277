-- Nexmark q20: bids at auctions of category 10, with what is sold.
CREATE STREAM auction (
  id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, dateTime TIMESTAMP, expires TIMESTAMP,
  seller BIGINT, category BIGINT, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_auction', rate = 600);

CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_bid', rate = 9200);

SELECT b.auction, b.bidder, b.price, a.itemName, a.seller FROM bid AS b JOIN auction AS a ON b.auction = a.id WHERE a.category = 10;
