-- name: day_counts
-- with: selected
-- returns: local_day DATE, n BIGINT, severity_max TINYINT
-- merge: sum(n), max(severity_max) by local_day
-- doc: Facts by local day; days without any are absent.
SELECT local_day, count(*) AS n, max(severity) AS severity_max
FROM selected
GROUP BY local_day
ORDER BY local_day
