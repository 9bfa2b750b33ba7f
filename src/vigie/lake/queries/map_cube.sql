-- name: map_cube
-- tables: sums, cube, facts
-- params: from_us BIGINT = 0, to_us BIGINT = 9223372036854775807, kinds PREFIXES, sources LIST, ranges RANGES
-- returns: cell BIGINT, n BIGINT, severity_max TINYINT
-- merge: sum(n), max(severity_max) by cell
-- window: earliest_us >= from_us, earliest_us < to_us
-- doc: Facts by cell of resolution 8 from sums (whole parts), the cube (whole hours of other parts) and the facts of the two hours that the window cuts; equal to map_cells at resolution 8 with the same filters.
WITH pieces AS (
  SELECT cell AS cell8, n, severity_max, kind, source
  FROM sums
  WHERE cell < 621496748577128448
    AND within(cell, $ranges)
  UNION ALL
  SELECT cell8, n, severity_max, kind, source
  FROM cube
  WHERE hour_us >= $from_us AND hour_us <= $to_us - 3600000000
  UNION ALL
  SELECT cell8, CAST(1 AS BIGINT) AS n, severity AS severity_max, kind, source
  FROM facts
  WHERE earliest_us >= $from_us
    AND earliest_us < $to_us
    AND (
      earliest_us - earliest_us % 3600000000 < $from_us
      OR earliest_us - earliest_us % 3600000000 > $to_us - 3600000000
    )
)
SELECT cell8 AS cell, CAST(sum(n) AS BIGINT) AS n, max(severity_max) AS severity_max
FROM pieces
WHERE cell8 IS NOT NULL
  AND under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND within(cell8, $ranges)
GROUP BY cell8
ORDER BY cell8
