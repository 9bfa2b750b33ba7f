-- name: histogram
-- with: selected
-- params: bucket_us BIGINT, origin_us BIGINT = 0
-- returns: bucket_us BIGINT, n BIGINT
-- merge: sum(n) by bucket_us
-- doc: Facts by bucket of equal length (its first microsecond), buckets counted from an origin; empty ones are absent.
SELECT
  earliest_us - (((earliest_us - $origin_us) % $bucket_us) + $bucket_us) % $bucket_us AS bucket_us,
  count(*) AS n
FROM selected
GROUP BY 1
ORDER BY 1
