-- name: summary_counts
-- with: selected
-- returns: kind TEXT, source TEXT, severity TINYINT, status TEXT, n BIGINT
-- merge: sum(n) by kind, source, severity, status
-- doc: Facts by kind, source, severity and status together; add up over the others for one of them.
SELECT kind, source, severity, status, count(*) AS n
FROM selected
GROUP BY kind, source, severity, status
ORDER BY kind, source, severity NULLS LAST, status NULLS LAST
