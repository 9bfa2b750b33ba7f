-- name: near_facts
-- with: selected
-- params: lon DOUBLE, lat DOUBLE, radius_m DOUBLE, limit_rows INTEGER = 10000
-- returns: fact_id TEXT, kind TEXT, source TEXT, severity TINYINT, status TEXT, lon DOUBLE, lat DOUBLE, earliest_us BIGINT, latest_us BIGINT, distance_m DOUBLE
-- merge: first(limit_rows) by distance_m, fact_id
-- doc: Facts within a radius of a point, nearest first; great-circle distance (haversine, sphere of 6 371 008.8 m), rounded to the centimetre.
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
  FROM selected
  WHERE lat BETWEEN $lat - $radius_m / 111000.0 AND $lat + $radius_m / 111000.0
    AND lon BETWEEN $lon - $radius_m / (111000.0 * cos(radians($lat)))
      AND $lon + $radius_m / (111000.0 * cos(radians($lat)))
)
SELECT fact_id, kind, source, severity, status, lon, lat, earliest_us, latest_us, distance_m
FROM around
WHERE distance_m <= $radius_m
ORDER BY distance_m, fact_id
LIMIT $limit_rows
