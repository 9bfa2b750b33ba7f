-- tables: facts
-- params: from_us BIGINT = 0, to_us BIGINT = 9223372036854775807
-- params: west DOUBLE = NULL, south DOUBLE = NULL, east DOUBLE = NULL, north DOUBLE = NULL
-- params: kinds PREFIXES, sources LIST, severity_min INTEGER = 0, status LIST, cells LIST
-- window: earliest_us >= from_us, earliest_us < to_us
-- doc: The facts of a window, a bounding box and a choice of kinds, sources, severities, statuses and cells (resolution 10).
SELECT *
FROM facts
WHERE earliest_us >= $from_us
  AND earliest_us < $to_us
  AND ($west IS NULL OR (lon BETWEEN $west AND $east AND lat BETWEEN $south AND $north))
  AND under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND ($severity_min <= 0 OR severity >= $severity_min)
  AND ($status = '' OR list_contains(string_split($status, ','), status))
  AND ($cells = '' OR list_contains(string_split($cells, ','), CAST(cell AS VARCHAR)))
