-- name: cube_rebuild
-- tables: facts
-- returns: cell8 BIGINT, hour_us BIGINT, local_hour TINYINT, kind TEXT, source TEXT, n BIGINT, severity_max TINYINT, part TEXT
-- doc: The cube of facts: by part, cell (resolution 8), hour (its first microsecond, and the local hour), kind and source.
SELECT
  cell8,
  earliest_us - earliest_us % 3600000000 AS hour_us,
  local_hour,
  kind,
  source,
  count(*) AS n,
  max(severity) AS severity_max,
  part
FROM facts
GROUP BY part, cell8, earliest_us - earliest_us % 3600000000, local_hour, kind, source
ORDER BY part, cell8 NULLS LAST, hour_us, kind, source, local_hour
