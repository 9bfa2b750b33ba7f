-- name: map_points
-- with: placed
-- params: limit_rows INTEGER = 5000
-- returns: fact_id TEXT, lon DOUBLE, lat DOUBLE, kind TEXT, source TEXT, severity TINYINT, status TEXT, earliest_us BIGINT
-- merge: first(limit_rows) by earliest_us DESC, fact_id DESC
-- doc: The placed facts, newest first, at most limit_rows of them.
SELECT fact_id, lon, lat, kind, source, severity, status, earliest_us
FROM placed
ORDER BY earliest_us DESC, fact_id DESC
LIMIT $limit_rows
