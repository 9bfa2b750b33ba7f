-- name: sums_rebuild
-- tables: facts
-- returns: cell BIGINT, kind TEXT, source TEXT, n BIGINT, lon_e7 BIGINT, lat_e7 BIGINT, severity_max TINYINT, part TEXT
-- doc: Sums of facts by part, kind, source and cell, of resolution 10 (with the sums of their places, in ten-millionths of a degree) and again of resolution 8. A cell at the edge of two larger ones may have two rows.
WITH grouped AS (
  SELECT
    part,
    cell,
    cell8,
    kind,
    source,
    CAST(count(*) AS BIGINT) AS n,
    CAST(sum(CAST(round(lon * 10000000) AS BIGINT)) AS BIGINT) AS lon_e7,
    CAST(sum(CAST(round(lat * 10000000) AS BIGINT)) AS BIGINT) AS lat_e7,
    max(severity) AS severity_max
  FROM facts
  GROUP BY part, cell, cell8, kind, source
)
SELECT cell, kind, source, n, lon_e7, lat_e7, severity_max, part
FROM grouped
UNION ALL
SELECT
  cell8 AS cell,
  kind,
  source,
  CAST(sum(n) AS BIGINT) AS n,
  CAST(NULL AS BIGINT) AS lon_e7,
  CAST(NULL AS BIGINT) AS lat_e7,
  max(severity_max) AS severity_max,
  part
FROM grouped
WHERE cell8 IS NOT NULL
GROUP BY part, cell8, kind, source
ORDER BY part, cell NULLS LAST, kind, source, n, lon_e7, lat_e7, severity_max
