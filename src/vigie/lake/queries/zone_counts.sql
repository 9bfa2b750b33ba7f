-- name: zone_counts
-- with: selected
-- tables: zone_cells(zone TEXT, cell BIGINT, weight DOUBLE)
-- returns: zone TEXT, kind TEXT, n DOUBLE, facts BIGINT
-- doc: Facts by zone and kind through a table of cells (resolution 10): n is weighted by the share of each cell that lies in the zone (to a millionth), facts is the number of facts touched.
SELECT z.zone AS zone, s.kind AS kind, round(sum(z.weight), 6) AS n, count(*) AS facts
FROM selected AS s
JOIN zone_cells AS z ON z.cell = s.cell
GROUP BY z.zone, s.kind
ORDER BY z.zone, s.kind
