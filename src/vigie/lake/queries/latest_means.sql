-- name: latest_means
-- tables: means
-- params: from_us BIGINT, to_us BIGINT = 9223372036854775807, sources LIST
-- returns: means_id TEXT, unit_ref TEXT, kind TEXT, label TEXT, source TEXT, at_us BIGINT, lon DOUBLE, lat DOUBLE, accuracy_m FLOAT, heading_deg FLOAT, speed_kmh FLOAT, status TEXT, capacity DOUBLE, attributes MAP
-- doc: The latest reported state of each moving means within a window, by source and unit.
WITH ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY source, unit_ref ORDER BY at_us DESC, means_id DESC) AS place
  FROM means
  WHERE at_us >= $from_us
    AND at_us < $to_us
    AND ($sources = '' OR list_contains(string_split($sources, ','), source))
)
SELECT
  means_id, unit_ref, kind, label, source, at_us, lon, lat, accuracy_m, heading_deg, speed_kmh, status,
  capacity, attributes
FROM ranked
WHERE place = 1
ORDER BY source, unit_ref
