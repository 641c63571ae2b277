-- K1: count and sum by a million keys.
CREATE STREAM keyed (k BIGINT, v BIGINT) WITH (connector = 'file', path = '${DATA}', format = 'json');

SELECT count(*) AS groups, max(n) AS most, sum(s) AS s FROM (SELECT k, count(*) AS n, sum(v) AS s FROM keyed GROUP BY k) EMIT COMPLETE ONCE;
