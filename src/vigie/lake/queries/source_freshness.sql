-- name: source_freshness
-- tables: facts, measures, plans, means
-- params: from_us BIGINT = 0
-- returns: source TEXT, record TEXT, n BIGINT, first_us BIGINT, last_us BIGINT
-- doc: By source and kind of record: how many since an instant, and the first and last time of what they are about (not of their reception).
SELECT source, 'facts' AS record, count(*) AS n, min(earliest_us) AS first_us, max(earliest_us) AS last_us
FROM facts
WHERE earliest_us >= $from_us
GROUP BY source
UNION ALL
SELECT source, 'measures' AS record, count(*) AS n, min(from_us) AS first_us, max(from_us) AS last_us
FROM measures
WHERE from_us >= $from_us
GROUP BY source
UNION ALL
SELECT source, 'plans' AS record, count(*) AS n, min(starts_us) AS first_us, max(starts_us) AS last_us
FROM plans
WHERE starts_us >= $from_us
GROUP BY source
UNION ALL
SELECT source, 'means' AS record, count(*) AS n, min(at_us) AS first_us, max(at_us) AS last_us
FROM means
WHERE at_us >= $from_us
GROUP BY source
ORDER BY source, record
