-- name: placed_facts
-- with: placed
-- returns: fact_id TEXT, lon DOUBLE, lat DOUBLE, kind TEXT, source TEXT, severity TINYINT, status TEXT, earliest_us BIGINT, cell BIGINT, cell8 BIGINT
-- doc: The placed facts with all that a map draws of them, in order of time.
SELECT fact_id, lon, lat, kind, source, severity, status, earliest_us, cell, cell8
FROM placed
ORDER BY earliest_us, fact_id
