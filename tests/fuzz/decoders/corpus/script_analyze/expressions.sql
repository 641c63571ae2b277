SELECT CASE WHEN 1 = 1 THEN 'a' ELSE NULL END, CAST('1' AS INT) + 2L * -3.5D, x'1F', E'\u00e9\n', "q", `b`, ARRAY[1, 2][0], map('a', 1)['a'],
  transform(array(1, 2), x -> x + 1), 1 BETWEEN 0 AND 2, 'a' IN ('b'), NOT TRUE <=> NULL, INTERVAL '1-2' YEAR TO MONTH, DATE '2020-03-21', x::STRING
FROM (VALUES (1, 'a'), (2, NULL)) AS t(x, y) LATERAL VIEW OUTER explode(split(y, ',')) e AS z
GROUP BY ALL UNION ALL (SELECT 1 EXCEPT SELECT 2) ORDER BY 1 NULLS LAST; -- end
SELECT grouping(k), sum(n) FROM VALUES ('a', 1) AS v(k, n) GROUP BY CUBE(k), ROLLUP(n) /* comment */
