-- name: watched_measures
-- tables: measures
-- params: from_us BIGINT, to_us BIGINT, metric TEXT, sources LIST
-- params: west DOUBLE = NULL, south DOUBLE = NULL, east DOUBLE = NULL, north DOUBLE = NULL
-- returns: metric TEXT, place_id TEXT, cell BIGINT, from_us BIGINT, value DOUBLE, unit TEXT, source TEXT, lon DOUBLE, lat DOUBLE
-- doc: What an alert rule sees of the measures of one metric, a window and a bounding box, by time.
SELECT metric, place_id, cell, from_us, value, unit, source, lon, lat
FROM measures
WHERE metric = $metric
  AND from_us >= $from_us
  AND from_us < $to_us
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND ($west IS NULL OR (lon BETWEEN $west AND $east AND lat BETWEEN $south AND $north))
ORDER BY from_us, measure_id
