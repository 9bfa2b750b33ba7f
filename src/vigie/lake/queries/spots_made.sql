-- name: spots_made
-- tables: facts
-- params: ranges RANGES
-- returns: fact_id TEXT, lon DOUBLE, lat DOUBLE, kind TEXT, source TEXT, severity TINYINT, status TEXT, earliest_us BIGINT, cell BIGINT, cell8 BIGINT, part TEXT
-- doc: What a map draws of the placed facts of each month within ranges of cells, sorted by cell.
SELECT
  fact_id, lon, lat, kind, source, severity, status, earliest_us, cell, cell8,
  substr(part, 1, 7) AS part
FROM facts
WHERE cell IS NOT NULL
  AND within(cell, $ranges)
ORDER BY substr(part, 1, 7), cell, earliest_us, fact_id
