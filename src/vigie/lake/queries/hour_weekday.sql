-- name: hour_weekday
-- with: selected
-- returns: weekday TINYINT, local_hour TINYINT, n BIGINT, days BIGINT
-- doc: Facts by local weekday (0 = Monday) and hour, and the number of distinct local days behind each count.
SELECT weekday, local_hour, count(*) AS n, count(DISTINCT local_day) AS days
FROM selected
GROUP BY weekday, local_hour
ORDER BY weekday, local_hour
