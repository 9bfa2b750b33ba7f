-- name: sums_merged
-- tables: sums
-- params: length INTEGER = 7, by_source BOOLEAN = TRUE
-- returns: cell BIGINT, kind TEXT, source TEXT, n BIGINT, lon_e7 BIGINT, lat_e7 BIGINT, severity_max TINYINT, part TEXT
-- doc: Sums of days as those of their month, or of months as those of their year (the first letters of the part); those of all sources together are of cells of resolution 10 only.
SELECT
  cell,
  kind,
  CASE WHEN $by_source THEN source END AS source,
  CAST(sum(n) AS BIGINT) AS n,
  CAST(sum(lon_e7) AS BIGINT) AS lon_e7,
  CAST(sum(lat_e7) AS BIGINT) AS lat_e7,
  max(severity_max) AS severity_max,
  substr(part, 1, $length) AS part
FROM sums
WHERE $by_source OR cell IS NULL OR cell >= 621496748577128448
GROUP BY substr(part, 1, $length), cell, kind, CASE WHEN $by_source THEN source END
ORDER BY part, cell NULLS LAST, kind, source
