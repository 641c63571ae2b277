SELECT r.a, m['x'], a[0], transform(a, e -> e + d), CASE WHEN b THEN x ELSE NULL END FROM s
