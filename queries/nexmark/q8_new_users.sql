-- Nexmark q8: who became a member and sold something within the same ten seconds.
CREATE STREAM person (
  id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, dateTime TIMESTAMP, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_person', rate = 200);

CREATE STREAM auction (
  id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, dateTime TIMESTAMP, expires TIMESTAMP,
  seller BIGINT, category BIGINT, extra STRING,
  WATERMARK FOR dateTime AS dateTime - INTERVAL '4 seconds'
) WITH (connector = 'generator', kind = 'nexmark_auction', rate = 600);

SELECT p.id, p.name, p.window_start FROM
  (SELECT window_start, window_end, id, name FROM person GROUP BY window(dateTime, '10 seconds'), id, name) AS p
JOIN
  (SELECT window_start, window_end, seller FROM auction GROUP BY window(dateTime, '10 seconds'), seller) AS a
ON p.id = a.seller AND p.window_start = a.window_start AND p.window_end = a.window_end
EMIT APPEND;
