WITH c AS (SELECT * FROM v WHERE n IN (SELECT n FROM u)) SELECT c.k, u.x FROM c JOIN u ON c.k = u.k
