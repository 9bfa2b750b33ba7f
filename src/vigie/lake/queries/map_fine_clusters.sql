-- name: map_fine_clusters
-- tables: sums, facts
-- params: from_us BIGINT = 0, to_us BIGINT = 9223372036854775807, kinds PREFIXES, sources LIST, ranges RANGES
-- returns: cell BIGINT, n BIGINT, lon DOUBLE, lat DOUBLE, severity_max TINYINT
-- doc: Facts by cell of resolution 10 with their mean place, as map_fine; equal to map_clusters at resolution 10 with the same filters.
WITH pieces AS (
  SELECT cell, n, lon_e7, lat_e7, severity_max, kind, source
  FROM sums
  WHERE cell >= 621496748577128448
    AND within(cell, $ranges)
  UNION ALL
  SELECT
    cell,
    CAST(1 AS BIGINT) AS n,
    CAST(round(lon * 10000000) AS BIGINT) AS lon_e7,
    CAST(round(lat * 10000000) AS BIGINT) AS lat_e7,
    severity AS severity_max,
    kind,
    source
  FROM facts
  WHERE earliest_us >= $from_us
    AND earliest_us < $to_us
    AND cell IS NOT NULL
    AND within(cell, $ranges)
)
SELECT
  cell,
  CAST(sum(n) AS BIGINT) AS n,
  round(CAST(sum(lon_e7) AS DOUBLE) / CAST(sum(n) AS DOUBLE) / 10) / 1000000 AS lon,
  round(CAST(sum(lat_e7) AS DOUBLE) / CAST(sum(n) AS DOUBLE) / 10) / 1000000 AS lat,
  max(severity_max) AS severity_max
FROM pieces
WHERE under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
GROUP BY cell
ORDER BY cell
