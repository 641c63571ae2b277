SELECT r , count(*) AS c, avg(x) FROM s GROUP BY window(t, '10 seconds'), k  - 2.> 1 EMIT APPEND
