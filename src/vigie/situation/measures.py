"""Series of measures: one metric at one place or in one cell, by bucket of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import to_rfc3339
from vigie.base.errors import TooLarge, WrongUsage
from vigie.geo.cells import parse_cell, resolution_of
from vigie.model.units import Metric, get_metric
from vigie.situation.caller import Caller
from vigie.situation.home import Home

Floats = npt.NDArray[np.float64]
SeriesBucket = Literal["minute", "quarter", "hour", "day"]
SECONDS: dict[SeriesBucket, int] = {"minute": 60, "quarter": 900, "hour": 3_600, "day": 86_400}
MAX_BUCKETS = 20_000
_SECOND_US = 1_000_000
_CELL, _CELL8 = 10, 8


@dataclass(frozen=True, slots=True)
class Series:
    """A metric over time.

    Attributes:
        metric: What was measured.
        bucket: Kind of bucket.
        items: ``at``, ``value``, ``low``, ``high``, ``n`` of each bucket that holds a measure.
    """

    metric: Metric
    bucket: SeriesBucket
    items: list[dict[str, Any]]


def _energy(values: Floats) -> float:
    return float(10.0 * np.log10(np.mean(np.power(10.0, values / 10.0))))


_COMBINE: dict[str, Callable[[Floats], float]] = {
    "add": lambda values: float(np.sum(values)),
    "mean": lambda values: float(np.mean(values)),
    "energy": _energy,
    "last": lambda values: float(values[-1]),
    "max": lambda values: float(np.max(values)),
}


def _select(
    home: Home, metric: str, place_id: str | None, cell: str | None, window: tuple[int, int]
) -> pa.Table:
    columns = ["metric", "place_id", "cell", "cell8", "from_us", "value", "quality"]
    columns += ["source", "lon", "lat"]
    table = home.lake.scan("measures", from_us=window[0], to_us=window[1], columns=columns)
    keep = pc.and_kleene(
        pc.equal(table["metric"], metric),
        pc.fill_null(pc.not_equal(table["quality"], "bad"), True),
    )
    if place_id is not None:
        keep = pc.and_kleene(keep, pc.equal(table["place_id"], place_id))
    if cell is not None:
        number = parse_cell(cell)
        names = {_CELL: "cell", _CELL8: "cell8"}
        if resolution_of(number) not in names:
            raise WrongUsage(reason="cell: resolution 8 or 10", field="cell")
        keep = pc.and_kleene(keep, pc.equal(table[names[resolution_of(number)]], number))
    return table.filter(keep, null_selection_behavior="drop")


def measure_series(
    home: Home,
    caller: Caller,
    metric: str,
    *,
    from_us: int,
    to_us: int,
    place_id: str | None = None,
    cell: str | None = None,
    bucket: SeriesBucket = "hour",
) -> Series:
    """Return a series; values of a bucket combine as the metric's register says, bad ones left out.

    Counts add, levels are averaged, decibels by energy (ISO 1996-1), states take the last.

    Raises:
        Forbidden: When the role may not see figures.
        NotFound: When the metric does not exist.
        WrongUsage: When the window is empty or the cell is of another resolution.
        TooLarge: When the buckets asked for are more than 20,000.
    """
    view = home.rights.ask(caller, "measures", subject={"metric": metric})
    known = get_metric(metric)
    if to_us <= from_us:
        raise WrongUsage(reason="from >= to", field="to")
    step_us = SECONDS[bucket] * _SECOND_US
    if (to_us - from_us) // step_us > MAX_BUCKETS:
        raise TooLarge(limit=MAX_BUCKETS)
    table = view.rows(_select(home, metric, place_id, cell, (from_us, to_us)))
    if table.num_rows == 0:
        return Series(known, bucket, [])
    table = table.sort_by("from_us")
    times = table["from_us"].to_numpy()
    values = table["value"].to_numpy().astype(np.float64)
    starts, firsts = np.unique(times - times % step_us, return_index=True)
    items = [
        {
            "at": to_rfc3339(int(start)),
            "value": _COMBINE[known.sums](group),
            "low": float(group.min()),
            "high": float(group.max()),
            "n": len(group),
        }
        for start, group in zip(starts, np.split(values, firsts[1:]), strict=True)
    ]
    return Series(known, bucket, items)
