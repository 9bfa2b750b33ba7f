-- name: watched_facts
-- with: selected
-- params: batches LIST, limit_rows INTEGER = 2000000000
-- returns: fact_id TEXT, kind TEXT, source TEXT, earliest_us BIGINT, severity TINYINT, lon DOUBLE, lat DOUBLE, cell8 BIGINT
-- doc: What an alert rule sees of the facts of a window and a choice, of some commits' batches or of all, the newest first.
SELECT fact_id, kind, source, earliest_us, severity, lon, lat, cell8
FROM selected
WHERE $batches = '' OR list_contains(string_split($batches, ','), batch_id)
ORDER BY earliest_us DESC, fact_id DESC
LIMIT $limit_rows
