-- TPC-H q9: what was earned with green parts, by nation and year.
CREATE ${KIND:-STREAM} part (
  p_partkey BIGINT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT, p_container STRING, p_retailprice DECIMAL(15, 2),
  p_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'part', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} supplier (
  s_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey BIGINT, s_phone STRING, s_acctbal DECIMAL(15, 2), s_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'supplier', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} lineitem (
  l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15, 2), l_extendedprice DECIMAL(15, 2),
  l_discount DECIMAL(15, 2), l_tax DECIMAL(15, 2), l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE,
  l_shipinstruct STRING, l_shipmode STRING, l_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'lineitem', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} partsupp (
  ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15, 2), ps_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'partsupp', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} orders (
  o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15, 2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING,
  o_shippriority INT, o_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'orders', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} nation (
  n_nationkey BIGINT, n_name STRING, n_regionkey BIGINT, n_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'nation', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE MATERIALIZED VIEW q9 AS
SELECT nation, o_year, sum(amount) AS sum_profit
FROM (
  SELECT n_name AS nation, extract(YEAR FROM o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
  FROM part, supplier, lineitem, partsupp, orders, nation
  WHERE s_suppkey = l_suppkey
    AND ps_suppkey = l_suppkey
    AND ps_partkey = l_partkey
    AND p_partkey = l_partkey
    AND o_orderkey = l_orderkey
    AND s_nationkey = n_nationkey
    AND p_name LIKE '%green%') AS profit
GROUP BY nation, o_year;

SELECT * FROM q9 ORDER BY nation, o_year DESC;
