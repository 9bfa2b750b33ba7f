-- name: kind_cell_year
-- with: selected
-- returns: kind TEXT, cell BIGINT, n BIGINT, days BIGINT, night BIGINT, severity_mean DOUBLE, latest_us_p90 DOUBLE
-- doc: Year-scale features by kind and cell (resolution 10): facts, distinct days, facts between 22 and 6 local time, mean severity (to a millionth), and the 90th percentile of the length of the uncertain interval in microseconds (interpolated).
WITH by_day AS (
  SELECT
    kind,
    cell,
    local_day,
    count(*) AS n,
    count(*) FILTER (WHERE local_hour >= 22 OR local_hour < 6) AS night,
    sum(severity) AS severities,
    count(severity) AS known
  FROM selected
  WHERE cell IS NOT NULL
  GROUP BY kind, cell, local_day
),
counted AS (
  SELECT
    kind,
    cell,
    CAST(sum(n) AS BIGINT) AS n,
    count(local_day) AS days,
    CAST(sum(night) AS BIGINT) AS night,
    round(CAST(sum(severities) AS DOUBLE) / nullif(sum(known), 0), 6) AS severity_mean
  FROM by_day
  GROUP BY kind, cell
),
by_length AS (
  SELECT kind, cell, latest_us - earliest_us AS length, count(*) AS n
  FROM selected
  WHERE cell IS NOT NULL
  GROUP BY kind, cell, latest_us - earliest_us
),
ranked AS (
  SELECT
    kind,
    cell,
    length,
    sum(n) OVER (PARTITION BY kind, cell ORDER BY length) AS upto,
    CAST(0.9 AS DOUBLE) * (sum(n) OVER (PARTITION BY kind, cell) - 1) AS place
  FROM by_length
),
around AS (
  SELECT
    kind,
    cell,
    min(length) FILTER (WHERE upto > floor(place)) AS low,
    min(length) FILTER (WHERE upto > ceil(place)) AS high,
    max(place - floor(place)) AS above
  FROM ranked
  GROUP BY kind, cell
)
SELECT
  counted.kind,
  counted.cell,
  counted.n,
  counted.days,
  counted.night,
  counted.severity_mean,
  round(around.low + (around.high - around.low) * around.above, 3) AS latest_us_p90
FROM counted
JOIN around ON around.kind = counted.kind AND around.cell = counted.cell
ORDER BY counted.kind, counted.cell
