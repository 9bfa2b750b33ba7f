-- name: extent
-- tables: facts
-- returns: first_us BIGINT, last_us BIGINT, n BIGINT
-- merge: min(first_us), max(last_us), sum(n)
-- doc: First and last earliest_us of all facts, and how many there are; nulls when there are none.
SELECT min(earliest_us) AS first_us, max(earliest_us) AS last_us, count(*) AS n
FROM facts
