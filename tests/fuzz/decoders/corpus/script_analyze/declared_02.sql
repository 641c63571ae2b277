SELECT s.k, z.n FROM s LEFT JOIN z ON s.k = z.k AND z.t BETWEEN s.t AND s.t + INTERVAL '1 hour'
