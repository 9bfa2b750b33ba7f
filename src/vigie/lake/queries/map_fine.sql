-- name: map_fine
-- tables: sums, facts
-- params: from_us BIGINT = 0, to_us BIGINT = 9223372036854775807, kinds PREFIXES, sources LIST, ranges RANGES
-- returns: cell BIGINT, n BIGINT, severity_max TINYINT
-- merge: sum(n), max(severity_max) by cell
-- window: earliest_us >= from_us, earliest_us < to_us
-- doc: Facts by cell of resolution 10 within ranges of cells, from sums and from the facts of the parts that have none or that the window cuts; equal to map_cells at resolution 10 with the same filters.
WITH pieces AS (
  SELECT cell, n, severity_max, kind, source
  FROM sums
  WHERE cell >= 621496748577128448
    AND within(cell, $ranges)
  UNION ALL
  SELECT cell, CAST(1 AS BIGINT) AS n, severity AS severity_max, kind, source
  FROM facts
  WHERE earliest_us >= $from_us
    AND earliest_us < $to_us
    AND cell IS NOT NULL
    AND within(cell, $ranges)
)
SELECT cell, CAST(sum(n) AS BIGINT) AS n, max(severity_max) AS severity_max
FROM pieces
WHERE under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
GROUP BY cell
ORDER BY cell
