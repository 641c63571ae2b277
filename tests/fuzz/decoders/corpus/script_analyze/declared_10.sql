SELECT * FROM (SELECT k, n FROM z) PIVOT (sum(n) FOR k IN ('a', 'b')) EMIT COMPLETE
