-- N5: Nexmark's q5 but for the choice of the hottest: bids by auction in windows of ten seconds every two; how many rows that gives, and their most.
CREATE STREAM bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP, extra STRING
) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT count(*) AS rows, sum(num) AS bids, max(num) AS most FROM (
  SELECT auction, count(*) AS num FROM bid GROUP BY window(dateTime, '10 seconds', '2 seconds'), auction
) EMIT COMPLETE ONCE;
