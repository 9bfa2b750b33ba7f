-- name: map_cells
-- with: selected
-- params: resolution INTEGER = 10
-- returns: cell BIGINT, n BIGINT, severity_max TINYINT
-- merge: sum(n), max(severity_max) by cell
-- doc: Facts by H3 cell of a resolution of at most 10, ordered by cell; up to 8 it is the ancestor of cell8, above it that of cell, computed on the index bits.
SELECT
  ((CASE WHEN $resolution <= 8 THEN cell8 ELSE cell END) & ~(CAST(15 AS BIGINT) << 52))
    | (CAST($resolution AS BIGINT) << 52)
    | ((CAST(1 AS BIGINT) << (45 - 3 * $resolution)) - 1) AS cell,
  count(*) AS n,
  max(severity) AS severity_max
FROM selected
WHERE cell IS NOT NULL
GROUP BY 1
ORDER BY 1
