-- name: part_hours
-- tables: facts
-- returns: part TEXT, first_us BIGINT, last_us BIGINT
-- doc: The least and the greatest microsecond of the facts of each part.
SELECT part, min(earliest_us) AS first_us, max(earliest_us) AS last_us
FROM facts
GROUP BY part
ORDER BY part
