-- TPC-H q11: the parts that make up most of the stock's value in Germany.
CREATE ${KIND:-STREAM} partsupp (
  ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15, 2), ps_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'partsupp', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} supplier (
  s_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey BIGINT, s_phone STRING, s_acctbal DECIMAL(15, 2), s_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'supplier', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} nation (
  n_nationkey BIGINT, n_name STRING, n_regionkey BIGINT, n_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'nation', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE MATERIALIZED VIEW q11 AS
SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
FROM partsupp, supplier, nation
WHERE ps_suppkey = s_suppkey
  AND s_nationkey = n_nationkey
  AND n_name = 'GERMANY'
GROUP BY ps_partkey
HAVING sum(ps_supplycost * ps_availqty) > (
  SELECT sum(ps_supplycost * ps_availqty) * ${FRACTION:-0.0001} / ${SCALE:-0.01}
  FROM partsupp, supplier, nation
  WHERE ps_suppkey = s_suppkey
    AND s_nationkey = n_nationkey
    AND n_name = 'GERMANY');

SELECT * FROM q11 ORDER BY value DESC;
