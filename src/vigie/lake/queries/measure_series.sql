-- name: measure_series
-- tables: measures
-- params: from_us BIGINT, to_us BIGINT, metric TEXT, bucket_us BIGINT, origin_us BIGINT = 0
-- params: place_ids LIST, cells LIST, sources LIST
-- returns: bucket_us BIGINT, place_id TEXT, unit TEXT, n BIGINT, mean DOUBLE, low DOUBLE, high DOUBLE, total DOUBLE, suspect BIGINT
-- doc: One metric by place and bucket of equal length (its first microsecond): number of values, mean, least, greatest, sum (to a millionth), and how many are not of good quality; bad values are left out.
SELECT
  from_us - (((from_us - $origin_us) % $bucket_us) + $bucket_us) % $bucket_us AS bucket_us,
  place_id,
  unit,
  count(*) AS n,
  round(avg(value), 6) AS mean,
  min(value) AS low,
  max(value) AS high,
  round(sum(value), 6) AS total,
  count(*) FILTER (WHERE quality <> 'good') AS suspect
FROM measures
WHERE metric = $metric
  AND from_us >= $from_us
  AND from_us < $to_us
  AND (quality IS NULL OR quality <> 'bad')
  AND ($place_ids = '' OR list_contains(string_split($place_ids, ','), place_id))
  AND ($cells = '' OR list_contains(string_split($cells, ','), CAST(cell AS VARCHAR)))
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
GROUP BY 1, 2, 3
ORDER BY 1, 2 NULLS LAST, 3
