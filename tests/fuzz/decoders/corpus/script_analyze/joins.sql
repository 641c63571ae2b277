CREATE STREAM a (k INT, x DECIMAL(10,2), t TIMESTAMP, WATERMARK FOR t) WITH (connector = 'file', path = 'a.json');
CREATE STREAM b (k INT, y ARRAY<STRUCT<p: INT, q: STRING>>, t TIMESTAMP, WATERMARK FOR t) WITH (connector = 'file', path = 'b.json');
CREATE TABLE u WITH (path = 'u.csv');
SELECT a.k, x + 1 AS z, y[0].q FROM a LEFT JOIN b ON a.k = b.k AND b.t BETWEEN a.t AND a.t + INTERVAL '1 hour' EMIT APPEND;
WITH w AS (SELECT k, max(x) AS m FROM a GROUP BY k) SELECT w.*, u.n FROM w JOIN STATIC u ON w.k = u.n WHERE EXISTS (SELECT 1 FROM u WHERE u.n = w.k) EMIT COMPLETE;
