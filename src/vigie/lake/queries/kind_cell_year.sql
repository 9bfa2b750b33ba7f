-- name: kind_cell_year
-- with: selected
-- returns: kind TEXT, cell BIGINT, n BIGINT, days BIGINT, night BIGINT, severity_mean DOUBLE, latest_us_p90 DOUBLE
-- doc: Year-scale features by kind and cell (resolution 10): facts, distinct days, facts between 22 and 6 local time, mean severity (to a millionth), and the 90th percentile of the length of the uncertain interval in microseconds (interpolated).
SELECT
  kind,
  cell,
  count(*) AS n,
  count(DISTINCT local_day) AS days,
  count(*) FILTER (WHERE local_hour >= 22 OR local_hour < 6) AS night,
  round(avg(severity), 6) AS severity_mean,
  round(quantile_cont(latest_us - earliest_us, 0.9), 3) AS latest_us_p90
FROM selected
WHERE cell IS NOT NULL
GROUP BY kind, cell
ORDER BY kind, cell
