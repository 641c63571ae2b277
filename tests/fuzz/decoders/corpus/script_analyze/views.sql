SET timezone = 'Europe/Paris';
CREATE STREAM s WITH (connector = 'stdin');
CREATE VIEW r AS SELECT from_json(value, 'a INT, b STRING') AS j FROM s;
CREATE MATERIALIZED VIEW m AS SELECT j.b, count(*) AS n, collect_list(j.a) FROM r GROUP BY j.b;
CREATE SINK o (a STRING, n INT) WITH (connector = 'file', path = 'o.csv', header = false);
INSERT INTO o SELECT b, n FROM m;
SELECT b, row_number() OVER (PARTITION BY n ORDER BY b DESC) AS r FROM m ORDER BY 2 LIMIT 3;
SELECT * FROM s$errors; SELECT * FROM o$late; EXPLAIN STATE SELECT 1; DESCRIBE m; SHOW TABLES;
