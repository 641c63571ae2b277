-- TPC-H q18: the largest orders, and whose they are.
CREATE ${KIND:-STREAM} customer (
  c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey BIGINT, c_phone STRING, c_acctbal DECIMAL(15, 2), c_mktsegment STRING,
  c_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'customer', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} orders (
  o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15, 2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING,
  o_shippriority INT, o_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'orders', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} lineitem (
  l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15, 2), l_extendedprice DECIMAL(15, 2),
  l_discount DECIMAL(15, 2), l_tax DECIMAL(15, 2), l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE,
  l_shipinstruct STRING, l_shipmode STRING, l_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'lineitem', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE MATERIALIZED VIEW q18 AS
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) AS sum_quantity
FROM customer, orders, lineitem
WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > ${QUANTITY:-300})
  AND c_custkey = o_custkey
  AND o_orderkey = l_orderkey
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice;

SELECT * FROM q18 ORDER BY o_totalprice DESC, o_orderdate LIMIT 100;
