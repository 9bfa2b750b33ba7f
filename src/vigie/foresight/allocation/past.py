"""Comparable past occasions, read from the lake: same weekday, same hours, week after week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.analyse.running import Selection, select_facts
from vigie.base.clock import to_us
from vigie.foresight.allocation.demand import Ints
from vigie.foresight.forecasting.evidence import weigh
from vigie.lake.store import Lake
from vigie.model.times import at_local

HOUR_US: Final = 3_600_000_000
LATE_US: Final = 2 * 24 * HOUR_US
"""The last days are left out: late reports still come."""
COLUMNS: Final = ("cell", "earliest_us", "kind", "discovered_by", "lon", "lat")


@dataclass(frozen=True, slots=True)
class PastFacts:
    """Facts of comparable occasions.

    Attributes:
        cells: Cell of each, resolution 10.
        hours: Hour of the occasion.
        evidence: Whether it counts: not found by patrol or camera, not of a kind that follows them.
        occasions: How many occasions were looked at.
    """

    cells: Ints
    hours: Ints
    evidence: npt.NDArray[np.bool_]
    occasions: int


def weeks_before(
    from_us: int, until_us: int, *, weeks: int, timezone: str, known: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return the same hours of the same weekday in earlier weeks, latest first.

    Clock time is kept over changes of the clock. Only whole windows within what is known count.

    Args:
        from_us: Start of the occasion, epoch µs.
        until_us: Its end.
        weeks: Most windows.
        timezone: The city's.
        known: First and last instant of which facts are complete.
    """
    start = at_local(from_us, timezone)
    length = until_us - from_us
    found: list[tuple[int, int]] = []
    back = 1
    while len(found) < weeks:
        begin = to_us(start - timedelta(weeks=back))
        if begin < known[0]:
            break
        if begin + length <= known[1]:
            found.append((begin, begin + length))
        back += 1
    return found


def read_past(
    lake: Lake, selection: Selection, windows: list[tuple[int, int]], area: BaseGeometry | None
) -> PastFacts:
    """Return the facts of the windows, within an area.

    Args:
        lake: Where facts stand.
        selection: What may be seen; its window is not looked at.
        windows: Windows that do not overlap.
        area: Where, WGS 84; None for everywhere that may be seen.
    """
    none = np.zeros(0, np.int64)
    if not windows:
        return PastFacts(none, none, none.astype(bool), 0)
    ordered = sorted(windows)
    wide = Selection(
        from_us=ordered[0][0],
        to_us=ordered[-1][1],
        kinds=selection.kinds,
        sources=selection.sources,
        area=selection.area,
    )
    table = _in_windows(select_facts(lake, wide, COLUMNS, {}), ordered)
    x, y = (np.asarray(table[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    placed = np.isfinite(x) & np.isfinite(y) & np.asarray(pc.is_valid(table["cell"]))
    if area is not None:
        shapely.prepare(area)
        placed &= shapely.intersects_xy(area, x, y)
    table = table.filter(pa.array(placed))
    starts = np.array([start for start, _ in ordered], np.int64)
    at = table["earliest_us"].to_numpy().astype(np.int64)
    index = np.searchsorted(starts, at, side="right") - 1
    return PastFacts(
        cells=table["cell"].to_numpy().astype(np.int64),
        hours=(at - starts[index]) // HOUR_US,
        evidence=weigh(table).weight > 0.0,
        occasions=len(windows),
    )


def _in_windows(table: pa.Table, ordered: list[tuple[int, int]]) -> pa.Table:
    starts, ends = (np.array(part, np.int64) for part in zip(*ordered, strict=True))
    at = table["earliest_us"].to_numpy().astype(np.int64)
    index = np.searchsorted(starts, at, side="right") - 1
    return table.filter(pa.array((index >= 0) & (at < ends[np.maximum(index, 0)])))
