-- Nexmark q10: every bid into files, with its day and minute. A file a batch, seen when it is whole; with --checkpoint each bid is in exactly one.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (${BID:-connector = 'generator', kind = 'nexmark_bid', rate = 9200});

CREATE SINK bids WITH (connector = 'directory', path = '${BIDS:-bids}', format = 'json');

INSERT INTO bids
SELECT auction, bidder, price, dateTime, extra, date_format(dateTime, 'yyyy-MM-dd') AS dt, date_format(dateTime, 'HH:mm') AS hm FROM bid;
