CREATE STREAM s (k STRING, v DOUBLE, c BIGINT, t AS CAST(c / 1e9 AS TIMESTAMP), WATERMARK FOR t AS t - INTERVAL '10 seconds') WITH (connector = 'socket', port = 9999);
SELECT window_start, k, count(*) AS n, avg(v) FILTER (WHERE v > 0) FROM s WHERE k LIKE 'a%' GROUP BY window(t, '10 seconds', '5 seconds'), k HAVING n > 1 EMIT APPEND EVERY 2 SECONDS;
SELECT * FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '5' SECOND)) EMIT UPDATE;
