SELECT k, count(*) AS c, avg(x) FROM s GROUP BY window(t, '10 seconds'), k HAVING c > 1 EMIT APPEND
