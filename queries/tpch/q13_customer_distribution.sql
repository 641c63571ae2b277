-- TPC-H q13: how many customers have how many orders, those with special requests left out.
CREATE ${KIND:-STREAM} customer (
  c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey BIGINT, c_phone STRING, c_acctbal DECIMAL(15, 2), c_mktsegment STRING,
  c_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'customer', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} orders (
  o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15, 2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING,
  o_shippriority INT, o_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'orders', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE MATERIALIZED VIEW q13 AS
SELECT c_count, count(*) AS custdist
FROM (
  SELECT c_custkey, count(o_orderkey)
  FROM customer LEFT OUTER JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%'
  GROUP BY c_custkey) AS c_orders (c_custkey, c_count)
GROUP BY c_count;

SELECT * FROM q13 ORDER BY custdist DESC, c_count DESC;
