"""What a view of the map shows: cells, clusters or points; never more than the view needs.

The ladder goes by zoom (Web Mercator, 512-pixel tiles as MapLibre counts): far away hexagons of
resolution 8, nearer of resolution 10, then clusters, then points. Few facts are shown as points
sooner; too many points become clusters, too many cells become larger ones. Who may see figures but
not facts is told the total of whole days and nothing on the map: a hexagon holds too few facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_rfc3339
from vigie.geo.cells import cell_centers, cell_to_text
from vigie.geo.distance import grow_box
from vigie.situation.caller import Caller
from vigie.situation.days import day_figures, sees_figures_only
from vigie.situation.filters import Bbox, Filters
from vigie.situation.freshness import freshness
from vigie.situation.home import Home
from vigie.situation.reading import cell_counts, cluster_counts, newest_points, summed
from vigie.situation.rights import View

MAX_POINTS = 5_000
MAX_CELLS = 20_000
FEW_POINTS = 500
ZOOM_CELLS10 = 12.0
ZOOM_CLUSTERS = 14.0
ZOOM_POINTS = 16.0
ZOOM_FEW = 12.5
LONG_US = 14 * 86_400_000_000
"""A longer window is counted before its points are asked for."""
MOST_MASKED = 10_000
"""Facts whose shown place is looked up for one view; of more the fixed grid is told."""
_REACH_M = {8: 720.0, 10: 100.0}
"""More than a cell's circumradius (H3: 0.6 km and 0.09 km at most)."""

Mode = Literal["cells", "clusters", "points"]


@dataclass(frozen=True, slots=True)
class MapView:
    """The answer to a view; one of the three lists is filled.

    Attributes:
        mode: What is drawn.
        resolution: H3 resolution of the cells behind it; None for points.
        total: Facts in the view; for cells and clusters, in the cells that touch it.
        shown: Facts drawn.
        age_s: Age of the newest data received.
        stale: Whether a feeding source is silent for too long.
        rows: The list drawn, ready for JSON.
        withheld: Days left out of the total, too few facts to be told.
    """

    mode: Mode
    resolution: int | None
    total: int
    shown: int
    age_s: float | None
    stale: bool
    rows: list[dict[str, Any]]
    withheld: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the view as the interface answers it."""
        return {
            "mode": self.mode,
            "resolution": self.resolution,
            "total": self.total,
            "shown": self.shown,
            "truncated": self.shown < self.total,
            "withheld": self.withheld,
            "age_s": self.age_s,
            "stale": self.stale,
            "cells": self.rows if self.mode == "cells" else [],
            "clusters": self.rows if self.mode == "clusters" else [],
            "points": self.rows if self.mode == "points" else [],
        }


def view_map(home: Home, caller: Caller, filters: Filters, zoom: float) -> MapView:
    """Return what the map shows at a zoom, within the filters' box and window.

    Raises:
        Forbidden: When the role may not even see figures.
    """
    figures = home.rights.ask(caller, "figures", subject=filters.subject())
    if sees_figures_only(home, caller):
        fresh = freshness(home, ())
        total, withheld = day_figures(home, figures, filters).sum()
        return MapView("cells", 8, total, 0, fresh.age_s, fresh.stale, [], withheld)
    close = zoom >= ZOOM_CELLS10 and home.rights.may(caller, "facts")
    subject = {**filters.subject(), "zoom": zoom}
    facts = home.rights.ask(caller, "facts", subject=subject) if close else None
    filters = (facts or figures).narrow(filters)
    fresh = freshness(home, filters.sources)
    mode, resolution, total, table = _choose(home, filters, zoom, facts)
    rows = _ROWS[mode](table)
    shown = table.num_rows if mode == "points" else int(pc.sum(table["n"]).as_py() or 0)
    return MapView(mode, resolution, total, shown, fresh.age_s, fresh.stale, rows)


def _choose(
    home: Home, filters: Filters, zoom: float, facts: View | None
) -> tuple[Mode, int | None, int, pa.Table]:
    if facts is None or not all(facts.sees(name) for name in ("lon", "lat", "cell")):
        return _large(_fixed_grid(home, filters))
    if filters.masking is not None:
        whole = _fixed_grid(home, filters)
        if _total(whole) > MOST_MASKED:
            return _large(whole)
    mode: Mode = "clusters" if zoom >= ZOOM_CLUSTERS else "cells"
    known = _fine(home, filters, mode) if _is_long(filters) and summed(filters) else None
    if zoom >= ZOOM_POINTS and not _surely_many(known, filters.bbox):
        points = newest_points(home, filters, MAX_POINTS + 1)
        if points.num_rows <= MAX_POINTS:
            return "points", None, points.num_rows, facts.rows(points)
    found = _fine(home, filters, mode) if known is None else known
    total = _total(found)
    if zoom >= ZOOM_FEW and total <= FEW_POINTS:
        points = newest_points(home, filters, MAX_POINTS)
        return "points", None, points.num_rows, facts.rows(points)
    if found.num_rows > MAX_CELLS:
        return _large(_fixed_grid(home, filters))
    return mode, 10, total, found


def _fine(home: Home, filters: Filters, mode: Mode) -> pa.Table:
    return _clusters(home, filters) if mode == "clusters" else _whole_cells(home, filters, 10)


def _is_long(filters: Filters) -> bool:
    """Say whether counting the facts of a window costs much less than reading them."""
    if filters.from_us is None or filters.to_us is None:
        return True
    return filters.to_us - filters.from_us > LONG_US


def _surely_many(cells: pa.Table | None, bbox: Bbox | None) -> bool:
    """Say whether the cells that lie wholly in a box hold more facts than are shown as points."""
    if cells is None:
        return False
    inside = cells if bbox is None else cells.filter(_touching(cells, bbox, -_REACH_M[10]))
    return _total(inside) > MAX_POINTS


def _fixed_grid(home: Home, filters: Filters) -> pa.Table:
    """Return counts of large cells, the same grid for everybody."""
    return _whole_cells(home, replace(filters, masking=None), 8)


def _large(cells: pa.Table) -> tuple[Mode, int | None, int, pa.Table]:
    return "cells", 8, _total(cells), _capped(cells)


def _whole_cells(home: Home, filters: Filters, resolution: int) -> pa.Table:
    """Return counts of the cells that touch the view, each of them whole.

    A cell cut by the edge of the view would change its number with every step of the map.
    """
    if filters.bbox is None:
        return cell_counts(home, filters, resolution)
    reach = _REACH_M[resolution]
    cells = cell_counts(home, filters.over(grow_box(filters.bbox, 2 * reach)), resolution)
    return cells.filter(_touching(cells, filters.bbox, reach))


def _clusters(home: Home, filters: Filters) -> pa.Table:
    if filters.bbox is None:
        return cluster_counts(home, filters, 10)
    reach = _REACH_M[10]
    found = cluster_counts(home, filters.over(grow_box(filters.bbox, 2 * reach)), 10)
    return found.filter(_touching(found, filters.bbox, reach))


def _touching(cells: pa.Table, bbox: Bbox, reach: float) -> pa.Array:
    """Return which cells may touch a box: those whose centre lies within a circumradius of it."""
    west, south, east, north = grow_box(bbox, reach)
    lon, lat = cell_centers(cells["cell"].combine_chunks())
    return pa.array((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _total(cells: pa.Table) -> int:
    return int(pc.sum(cells["n"]).as_py() or 0)


def _capped(cells: pa.Table) -> pa.Table:
    if cells.num_rows <= MAX_CELLS:
        return cells
    return cells.sort_by([("n", "descending")]).slice(0, MAX_CELLS)


def _cell_rows(table: pa.Table) -> list[dict[str, Any]]:
    names = cell_to_text(table["cell"].combine_chunks()).to_pylist()
    counts = table["n"].to_pylist()
    severities = table["severity_max"].to_pylist()
    return [
        {"cell": cell, "n": n, "severity_max": severity}
        for cell, n, severity in zip(names, counts, severities, strict=True)
    ]


def _cluster_rows(table: pa.Table) -> list[dict[str, Any]]:
    rows = _cell_rows(table)
    for row, lon, lat in zip(rows, table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True):
        row["lon"], row["lat"] = round(lon, 6), round(lat, 6)
    return rows


def _point_rows(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        row["at"] = to_rfc3339(row.pop("earliest_us"))
    return rows


_ROWS = {"cells": _cell_rows, "clusters": _cluster_rows, "points": _point_rows}
