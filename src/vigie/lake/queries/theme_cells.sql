-- name: theme_cells
-- with: selected
-- params: bucket_us BIGINT, origin_us BIGINT = 0
-- returns: theme TEXT, cell8 BIGINT, bucket_us BIGINT, n BIGINT
-- doc: Placed facts by theme (the first word of their kind), cell (resolution 8) and bucket of equal length (its first microsecond), buckets counted from an origin; empty ones are absent.
SELECT
  split_part(kind, '.', 1) AS theme,
  cell8,
  earliest_us - (((earliest_us - $origin_us) % $bucket_us) + $bucket_us) % $bucket_us AS bucket_us,
  count(*) AS n
FROM selected
WHERE cell8 IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
