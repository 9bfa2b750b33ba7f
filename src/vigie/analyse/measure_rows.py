"""From a row of a judged measure to the facts that it counts as observed.

A row that observes nothing (a power, a quotient, a control before the measure has a week) leads to
the facts it judges by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.analyse.analysis import Frame
from vigie.analyse.days import Bools, Floats, Ints, days_of, on_days, spread
from vigie.analyse.measure_study import BIN
from vigie.analyse.measures import FIRST_DONOR, WEEK, calendar, groups_of
from vigie.analyse.row_keys import day_of, text_of, wrong_row
from vigie.base.clock import EPOCH
from vigie.geo.zonings import Zoning

PLACE, NEAR, FAR = range(FIRST_DONOR)
"""Groups of facts: the place, the first ring and the second."""


def rests_on(
    facts: pa.Table,
    frame: Frame,
    row: Mapping[str, Any],
    *,
    zoning: Zoning,
    treated: tuple[str, ...],
    controls: tuple[str, ...],
    day: date | None,
    ring_m: float,
    longest_hours: float,
) -> Bools:
    """Return which facts a row counts; one of uncertain time where it may have happened then.

    The arguments are those of ``count_weeks``; ``row`` holds the row's key columns.

    Raises:
        NotFound: When a zone does not exist.
        WrongUsage: When no answer has such a row.
    """
    if not treated:
        raise wrong_row("part")
    known = spread(facts, longest_hours)
    lon, lat = (_floats(facts[name])[known.used] for name in ("lon", "lat"))
    group, zones = groups_of(
        lon, lat, zoning=zoning, treated=treated, controls=controls, ring_m=ring_m
    )
    start, before, first = calendar(days_of(frame), day)
    earlier = np.arange(start - WEEK * before, start)
    since = np.arange(start, start + WEEK * (len(first) - before))
    days = _days(row, start, earlier, since)
    counted = on_days(known.early, known.late, frame.timezone, days)
    found = np.zeros(facts.num_rows, np.bool_)
    found[np.flatnonzero(known.used)[counted & np.isin(group, _places(row, zoning, zones))]] = True
    return found


def _days(row: Mapping[str, Any], start: int, earlier: Ints, since: Ints) -> Ints:
    """Return the days a row counts: since the measure, unless its part says otherwise."""
    part = text_of(row, "part")
    if part == "event":
        first = _number(day_of(row, "day"))
        return np.arange(first, first + WEEK * BIN)
    if part == "placebo_time":
        return np.arange(_number(day_of(row, "day")), start)
    if part == "quotient":
        return np.concatenate([earlier, since])
    return earlier if part == "power" or (part == "control" and not len(since)) else since


def _places(row: Mapping[str, Any], zoning: Zoning, zones: Ints) -> list[int]:
    """Return the groups a row counts: the place, unless its part says otherwise."""
    part = text_of(row, "part")
    if part == "control":
        mine = np.flatnonzero(zones == zoning.index_of(text_of(row, "zone")))
        return (FIRST_DONOR + mine).tolist()
    if part == "ring":
        return [NEAR if text_of(row, "label").startswith("0–") else FAR]
    if part == "quotient":
        return [PLACE, NEAR]
    if part not in {"effect", "event", "placebo_time", "power"}:
        raise wrong_row("part")
    return [PLACE]


def _number(day: date) -> int:
    return (day - EPOCH.date()).days


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)
