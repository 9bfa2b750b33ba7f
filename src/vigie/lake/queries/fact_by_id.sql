-- name: fact_by_id
-- tables: facts
-- params: fact_id TEXT
-- returns: facts
-- doc: The fact of an id; no row when there is none.
SELECT *
FROM facts
WHERE fact_id = $fact_id
