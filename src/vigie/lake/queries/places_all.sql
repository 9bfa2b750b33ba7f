-- name: places_all
-- tables: places
-- params: kinds PREFIXES, sources LIST
-- params: west DOUBLE = NULL, south DOUBLE = NULL, east DOUBLE = NULL, north DOUBLE = NULL
-- returns: places
-- doc: Places by kind, source and bounding box of their point.
SELECT *
FROM places
WHERE under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND ($west IS NULL OR (lon BETWEEN $west AND $east AND lat BETWEEN $south AND $north))
ORDER BY kind, label, place_id
