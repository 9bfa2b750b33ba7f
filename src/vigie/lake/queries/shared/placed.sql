-- tables: spots, facts
-- params: from_us BIGINT = 0, to_us BIGINT = 9223372036854775807
-- params: west DOUBLE = NULL, south DOUBLE = NULL, east DOUBLE = NULL, north DOUBLE = NULL
-- params: kinds PREFIXES, sources LIST, severity_min INTEGER = 0, status LIST
-- window: earliest_us >= from_us, earliest_us < to_us
-- doc: What a map draws of the placed facts of a window, a box and a choice: of whole months from their spots, of other days from the facts.
SELECT *
FROM (
  SELECT fact_id, lon, lat, kind, source, severity, status, earliest_us, cell, cell8
  FROM spots
  UNION ALL
  SELECT fact_id, lon, lat, kind, source, severity, status, earliest_us, cell, cell8
  FROM facts
  WHERE cell IS NOT NULL
) AS drawn
WHERE earliest_us >= $from_us
  AND earliest_us < $to_us
  AND ($west IS NULL OR (lon BETWEEN $west AND $east AND lat BETWEEN $south AND $north))
  AND under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND ($severity_min <= 0 OR severity >= $severity_min)
  AND ($status = '' OR list_contains(string_split($status, ','), status))
