-- name: plans_between
-- tables: plans
-- params: from_us BIGINT, to_us BIGINT, with_buffers BOOLEAN = TRUE, cancelled BOOLEAN = FALSE
-- params: kinds PREFIXES, sources LIST, states LIST, place_ids LIST
-- params: west DOUBLE = NULL, south DOUBLE = NULL, east DOUBLE = NULL, north DOUBLE = NULL
-- returns: plans
-- doc: Plans that occupy public space at some moment of a window, set-up and tear-down included unless with_buffers is false; cancelled ones only when asked for.
SELECT *
FROM plans
WHERE starts_us - CASE WHEN $with_buffers THEN coalesce(setup_s, 0) ELSE 0 END * 1000000 < $to_us
  AND ends_us + CASE WHEN $with_buffers THEN coalesce(teardown_s, 0) ELSE 0 END * 1000000 > $from_us
  AND ($cancelled OR state <> 'cancelled')
  AND under(kind, $kinds)
  AND ($sources = '' OR list_contains(string_split($sources, ','), source))
  AND ($states = '' OR list_contains(string_split($states, ','), state))
  AND ($place_ids = '' OR list_contains(string_split($place_ids, ','), place_id))
  AND ($west IS NULL OR (lon BETWEEN $west AND $east AND lat BETWEEN $south AND $north))
ORDER BY starts_us, plan_id
