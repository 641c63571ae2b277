SELECT e, count(DISTINCT d ) FROM s LATERAL VIEW explode(a) y AS e GROUP BY e UNION ALL SELECT 1e3  % (SELECT max(n) FROM s) || count(*) , bit_xor(1 ) FROM z
