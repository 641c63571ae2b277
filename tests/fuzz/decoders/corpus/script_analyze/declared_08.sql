SELECT session_window(t, '5 seconds').end, max_by(k, x) FROM s GROUP BY session_window(t, '5 seconds') EMIT APPEND
