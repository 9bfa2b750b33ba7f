-- name: map_clusters
-- with: selected
-- params: resolution INTEGER = 9
-- returns: cell BIGINT, n BIGINT, lon DOUBLE, lat DOUBLE, severity_max TINYINT
-- doc: Facts by H3 cell with their mean place (to a millionth of a degree; summed in ten-millionths, so that no order of adding tells), ordered by cell.
SELECT
  ((CASE WHEN $resolution <= 8 THEN cell8 ELSE cell END) & ~(CAST(15 AS BIGINT) << 52))
    | (CAST($resolution AS BIGINT) << 52)
    | ((CAST(1 AS BIGINT) << (45 - 3 * $resolution)) - 1) AS cell,
  count(*) AS n,
  round(CAST(sum(CAST(round(lon * 10000000) AS BIGINT)) AS DOUBLE) / CAST(count(*) AS DOUBLE) / 10)
    / 1000000 AS lon,
  round(CAST(sum(CAST(round(lat * 10000000) AS BIGINT)) AS DOUBLE) / CAST(count(*) AS DOUBLE) / 10)
    / 1000000 AS lat,
  max(severity) AS severity_max
FROM selected
WHERE cell IS NOT NULL
GROUP BY 1
ORDER BY 1
