-- name: near_measures
-- tables: measures
-- params: from_us BIGINT, to_us BIGINT, lon DOUBLE, lat DOUBLE, radius_m DOUBLE, metrics LIST, limit_rows INTEGER = 10000
-- returns: measure_id TEXT, metric TEXT, source TEXT, place_id TEXT, from_us BIGINT, to_us BIGINT, value DOUBLE, unit TEXT, quality TEXT, lon DOUBLE, lat DOUBLE, accuracy_m FLOAT, distance_m DOUBLE
-- doc: Measures whose interval starts in a window, within a radius of a point, nearest first then newest; great-circle distance as near_facts.
WITH around AS (
  SELECT
    *,
    round(
      2 * 6371008.8 * asin(least(1.0, sqrt(
        pow(sin(radians(lat - $lat) / 2), 2)
        + cos(radians($lat)) * cos(radians(lat)) * pow(sin(radians(lon - $lon) / 2), 2)
      ))),
      2
    ) AS distance_m
  FROM measures
  WHERE from_us >= $from_us
    AND from_us < $to_us
    AND lat BETWEEN $lat - $radius_m / 111000.0 AND $lat + $radius_m / 111000.0
    AND lon BETWEEN $lon - $radius_m / (111000.0 * cos(radians($lat)))
      AND $lon + $radius_m / (111000.0 * cos(radians($lat)))
    AND ($metrics = '' OR list_contains(string_split($metrics, ','), metric))
)
SELECT
  measure_id, metric, source, place_id, from_us, to_us, value, unit, quality, lon, lat, accuracy_m,
  distance_m
FROM around
WHERE distance_m <= $radius_m
ORDER BY distance_m, from_us DESC, measure_id
LIMIT $limit_rows
