"""Counts of facts on fixed partitions: every fact in exactly one cell of zone and theme, or day.

Audiences that see figures and no facts are answered from these alone: with free polygons or
windows, whether two answers give a small group away could not be decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.geo.zonings import Zoning
from vigie.lake.store import Lake
from vigie.model.taxonomy import THEMES
from vigie.model.times import day_bounds, local_columns
from vigie.privacy.suppression import TOTAL, Cell, Key, protect, small

Columns = Literal["theme", "day", "none"]
ELSEWHERE = "elsewhere"
"""Row of the facts without a place, or outside of every zone."""
OTHER = "other"
"""Column of the facts of no known theme."""


def rows_of(zoning: Zoning | None) -> dict[str, str]:
    """Return the rows of a partition, each with what it is part of: zones and elsewhere.

    Without a zoning: one row, elsewhere, for the whole city.
    """
    zones = () if zoning is None else zoning.ids
    return dict.fromkeys((*zones, ELSEWHERE), TOTAL)


def columns_of(columns: Columns, first: date, days: int) -> tuple[str, ...]:
    """Return the columns of a partition: the same whatever the facts are."""
    if columns == "theme":
        return (*THEMES, OTHER)
    if columns == "day":
        return tuple((first + timedelta(days=n)).isoformat() for n in range(days))
    return (TOTAL,)


def count_partition(
    lake: Lake,
    zoning: Zoning | None,
    columns: Columns,
    *,
    first: date,
    days: int,
    timezone: str,
    keep: Callable[[pa.Table], pa.Table] | None = None,
) -> dict[Key, int]:
    """Return the facts in each cell over whole local days, cells without one included.

    A fact counts at its earliest instant, at its place as the lake holds it now.

    Args:
        lake: Where the facts are.
        zoning: Zones of the rows; None for one row.
        columns: What the columns are.
        first: First local day.
        days: Number of days.
        timezone: The city's zone.
        keep: Which facts count, by ``kind``, ``source``, ``lon``, ``lat``; None for all.
    """
    rows, names = rows_of(zoning), columns_of(columns, first, days)
    table = lake.scan(
        "facts",
        from_us=day_bounds(first, timezone)[0],
        to_us=day_bounds(first + timedelta(days=days), timezone)[0],
        columns=["kind", "source", "lon", "lat", "earliest_us"],
    )
    table = table if keep is None else keep(table)
    zones = [ELSEWHERE] * table.num_rows
    if zoning is not None and table.num_rows:
        lon, lat = (pc.fill_null(table[name], np.nan).to_numpy() for name in ("lon", "lat"))
        zones = [ELSEWHERE if n < 0 else zoning.ids[n] for n in zoning.assign(lon, lat).tolist()]
    if columns == "theme":
        themes = [str(kind or "").partition(".")[0] for kind in table["kind"].to_pylist()]
        chosen = [theme if theme in names else OTHER for theme in themes]
    elif columns == "day":
        local = local_columns(table["earliest_us"].combine_chunks(), timezone).local_day
        chosen = [day.isoformat() for day in local.to_pylist()]
    else:
        chosen = [TOTAL] * table.num_rows
    found = Counter(zip(zones, chosen, strict=True))
    return {(row, name): found.get((row, name), 0) for row in rows for name in names}


def withheld_cells(cells: Sequence[Cell], least: int) -> frozenset[Key]:
    """Return the cells of a table to withhold from who sees figures without noise; zeros stay."""
    zeros = {cell.key for cell in cells if cell.value == 0}
    return protect(cells, small(cells, least), least, shown=zeros)
