-- name: map_points
-- with: selected
-- params: limit_rows INTEGER = 5000
-- returns: fact_id TEXT, lon DOUBLE, lat DOUBLE, kind TEXT, source TEXT, severity TINYINT, status TEXT, earliest_us BIGINT, latest_us BIGINT, accuracy_m FLOAT
-- doc: The placed facts, newest first, at most limit_rows of them.
SELECT fact_id, lon, lat, kind, source, severity, status, earliest_us, latest_us, accuracy_m
FROM selected
WHERE lon IS NOT NULL
ORDER BY earliest_us DESC, fact_id DESC
LIMIT $limit_rows
