"""The places of a forecast: hexagons, squares or zones, each with what people call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from vigie.desk.forecasts import ForecastRun
from vigie.foresight.forecasting.shelf import GRID, PLACES, SLOTS, ForecastShelf
from vigie.privacy.disclosure import may_show
from vigie.situation.home import Home
from vigie.situation.place_names import names_of, point_name
from vigie.situation.tomorrow.forecast_card import rate_of
from vigie.situation.view import View

ZONED = "zoning:"
"""How the grid of a run of zones is called, before the zoning's name."""


def outlines_of(shelf: ForecastShelf, run: ForecastRun, view: View) -> dict[str, dict[str, Any]]:
    """Return the places of a run by name, those within the view's zones, each with its district."""
    grid = shelf.told(run.forecast_id, GRID)
    names = [*grid["areas"], ""]  # the last one for those in none, -1
    cells = [{**one, "title": names[one["area"]]} for one in grid["cells"]]
    area = view.area
    if area is not None:
        cells = [one for one in cells if shapely.intersects_xy(area, one["lon"], one["lat"])]
    return {one["cell"]: one for one in cells}


def names_of_places(
    home: Home, grid: str, places: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Return what people call each place: a zone by its label, a cell by what is known near it."""
    shown = list(places)
    if grid.startswith(ZONED):
        zoning = home.frame.zonings.get(grid.removeprefix(ZONED))
        named = names_of(home.frame, [one["cell"] for one in shown], "zone", zoning)
        return {one.place_id: {"fr": one.fr, "en": one.en} for one in named}
    called = ((one["cell"], point_name(home.frame, one["lon"], one["lat"])) for one in shown)
    return {cell: {"fr": fr, "en": en} for cell, (fr, en) in called}


def places_of(
    home: Home, shelf: ForecastShelf, run: ForecastRun, view: View, kind: str
) -> list[dict[str, Any]]:
    """Return every place of a run that the view opens, with what is expected slot by slot."""
    name = run.forecast_id
    outlines = outlines_of(shelf, run, view)
    names = names_of_places(home, run.asked.grid, outlines.values())
    told = shelf.told(name)
    rows = shelf.table(name, PLACES, kind=kind).to_pylist()
    slots = shelf.table(name, SLOTS, kind=kind)
    expected, low, high = (by_cell(slots, one) for one in ("expected", "low80", "high80"))
    return [
        {
            "cell": row["cell"],
            "name": names[row["cell"]],
            "lon": outlines[row["cell"]]["lon"],
            "lat": outlines[row["cell"]]["lat"],
            "area": outlines[row["cell"]]["title"],
            "base": row["base"] if may_show(row["base"], view.least) else None,
            "base_rate": rate_of(row["base"], told, view.least),
            "small": row["small"],
            "flagged": row["flagged"],
            "stays": round(row["stays"], 3),
            "grey": row["grey"],
            "expected": [round(one, 4) for one in expected[row["cell"]]],
            "low": [int(one) for one in low[row["cell"]]],
            "high": [int(one) for one in high[row["cell"]]],
        }
        for row in rows
        if row["cell"] in outlines
    ]


def by_cell(slots: pa.Table, column: str) -> dict[str, list[float]]:
    """Return a column by place; rows of a place stand together, in order of slot."""
    names = slots["cell"].cast(pa.string()).to_numpy()
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    values = slots[column].to_numpy()
    pieces = np.split(values, starts[1:])
    return {str(names[at]): piece.tolist() for at, piece in zip(starts, pieces, strict=True)}
