-- name: facts_page
-- with: selected
-- params: before_us BIGINT = NULL, before_id TEXT = '', limit_rows INTEGER = 100
-- returns: facts
-- merge: first(limit_rows) by earliest_us DESC, fact_id DESC
-- doc: One page of facts, newest first, after the fact whose earliest_us and fact_id are given (keyset paging).
SELECT *
FROM selected
WHERE $before_us IS NULL
  OR earliest_us < $before_us
  OR (earliest_us = $before_us AND fact_id < $before_id)
ORDER BY earliest_us DESC, fact_id DESC
LIMIT $limit_rows
