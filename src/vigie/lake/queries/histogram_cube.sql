-- name: histogram_cube
-- tables: cube, facts
-- params: from_us BIGINT = 0, to_us BIGINT = 9223372036854775807, kinds PREFIXES, sources LIST, cells8 LIST
-- params: bucket_us BIGINT, origin_us BIGINT = 0
-- returns: bucket_us BIGINT, n BIGINT
-- merge: sum(n) by bucket_us
-- window: earliest_us >= from_us, earliest_us < to_us
-- doc: Facts by bucket from the cube; buckets and origin are whole hours, and the answer equals that of histogram with the same filters.
WITH pieces AS (
  SELECT hour_us AS us, n, kind, source, cell8
  FROM cube
  WHERE hour_us >= $from_us AND hour_us <= $to_us - 3600000000
  UNION ALL
  SELECT earliest_us AS us, CAST(1 AS BIGINT) AS n, kind, source, cell8
  FROM facts
  WHERE earliest_us >= $from_us
    AND earliest_us < $to_us
    AND (
      earliest_us - earliest_us % 3600000000 < $from_us
      OR earliest_us - earliest_us % 3600000000 > $to_us - 3600000000
    )
)
SELECT
  us - (((us - $origin_us) % $bucket_us) + $bucket_us) % $bucket_us AS bucket_us,
  CAST(sum(n) AS BIGINT) AS n
FROM pieces
WHERE under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND ($cells8 = '' OR list_contains(string_split($cells8, ','), CAST(cell8 AS VARCHAR)))
GROUP BY 1
ORDER BY 1
