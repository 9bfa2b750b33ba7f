-- name: around_facts
-- with: selected
-- params: lon DOUBLE, lat DOUBLE, radius_m DOUBLE, since_us BIGINT, limit_rows INTEGER = 10000
-- returns: fact_id TEXT, kind TEXT, source TEXT, severity TINYINT, status TEXT, basis TEXT, discovered_by TEXT, lon DOUBLE, lat DOUBLE, accuracy_m FLOAT, earliest_us BIGINT, latest_us BIGINT, reported_at TIMESTAMP, distance_m DOUBLE
-- merge: first(limit_rows) by distance_m, fact_id
-- window: latest_us >= since_us
-- doc: Facts that can have happened since an instant within a radius of a point, nearest first, with how exactly place and time are known; distance as in near_facts.
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
    AND latest_us >= $since_us
)
SELECT
  fact_id, kind, source, severity, status, basis, discovered_by, lon, lat, accuracy_m,
  earliest_us, latest_us, reported_at, distance_m
FROM around
WHERE distance_m <= $radius_m
ORDER BY distance_m, fact_id
LIMIT $limit_rows
