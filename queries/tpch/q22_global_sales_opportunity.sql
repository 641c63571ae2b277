-- TPC-H q22: customers of some countries with money who have not ordered for long: how many, and how much they have.
CREATE ${KIND:-STREAM} customer (
  c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey BIGINT, c_phone STRING, c_acctbal DECIMAL(15, 2), c_mktsegment STRING,
  c_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'customer', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE ${KIND:-STREAM} orders (
  o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15, 2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING,
  o_shippriority INT, o_comment STRING
) WITH (connector = 'generator', kind = 'tpch', table = 'orders', scale = ${SCALE:-0.01}, seed = ${SEED:-1});

CREATE MATERIALIZED VIEW q22 AS
SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal
FROM (
  SELECT substring(c_phone FROM 1 FOR 2) AS cntrycode, c_acctbal
  FROM customer
  WHERE substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17')
    AND c_acctbal > (
      SELECT avg(c_acctbal)
      FROM customer
      WHERE c_acctbal > 0.00
        AND substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17'))
    AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)) AS custsale
GROUP BY cntrycode;

SELECT * FROM q22 ORDER BY cntrycode;
