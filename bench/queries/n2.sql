-- N2: Nexmark's q2, the bids for a few auctions.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT auction, price FROM bid WHERE auction % 123 = 0;
