"""The indicator of crowds: people estimated now in a zone, against the same hour of other days.

The newest value is the estimate of the quarter of an hour, summed over the cells whose middle lies
in the zone; what is expected is their usual level with the interval that stands where nothing is
told. The ends of the cells are added up as if all erred alike, so the interval of a zone is rather
too wide. The values before are what presence told at the same local hour, one a day.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vigie.desk.indicators import Asked
from vigie.geo.cells import cell_centers
from vigie.geo.zonings import Zoning
from vigie.judge.crowding import Crowd, estimate
from vigie.judge.surveillance.expectation import Expectation, without_past
from vigie.judge.surveillance.trend import trend
from vigie.situation.crowding import QUARTER_US, Ground
from vigie.situation.indicators_reckoning import (
    HOUR_US,
    RECENT,
    Reckoned,
    Windows,
    windows,
)

CROWDING: Final = "presence.crowding"
"""Kind of an indicator of people present; no kind of fact."""
DAYS = 29


def reckon_crowd(
    asked: Asked, ground: Ground | None, zoning: Zoning | None, at_us: int, timezone: str
) -> Reckoned:
    """Return the figures of an indicator of crowds; unknown where nothing is told.

    Args:
        asked: The indicator.
        ground: What is known of crowds now.
        zoning: The zoning of its zone; None for the city.
        at_us: Now, epoch µs.
        timezone: IANA zone of the local clock.
    """
    begins = at_us // QUARTER_US * QUARTER_US
    hour = begins // HOUR_US * HOUR_US + HOUR_US
    over = windows(Asked(asked.title, rolling_h=1), hour, timezone, days=DAYS)
    shown = Windows(
        np.concatenate([over.from_us[:-1], [begins]]),
        np.concatenate([over.to_us[:-1], [begins + QUARTER_US]]),
    )
    counts = np.full(DAYS, np.nan)
    inside = np.empty(0, dtype=np.int64) if ground is None else _cells(ground, asked, zoning)
    if ground is None or not len(inside):
        nothing = without_past(0.0)
        nan = float("nan")
        return Reckoned(shown, counts, nothing, nan, nan, _limit(asked, nan), trend([], []))
    counts[:-1] = _told(ground, inside, over)
    crowds = ground.crowds()
    now = [crowds[n] for n in inside if crowds[n] is not None]
    usual = [estimate(ground.learnt, int(n), ground.slot, []) for n in inside]
    counts[-1] = round(sum(one.people for one in now if one is not None)) if now else np.nan
    low, expected, high = _sums([one for one in usual if one is not None])
    limit = _limit(asked, high)
    base = int(np.isfinite(counts[:-1]).sum())
    expectation = Expectation(expected, limit, float("nan"), base, low, count=float(counts[-1]))
    moving = trend(counts[-RECENT:], counts[:-RECENT])
    return Reckoned(shown, counts, expectation, low, high, limit, moving)


def _cells(ground: Ground, asked: Asked, zoning: Zoning | None) -> np.ndarray:
    if zoning is None:
        return np.arange(len(ground.cells))
    lon, lat = cell_centers(ground.cells)
    wanted = list(zoning.ids).index(asked.zone.partition(":")[2])
    return np.flatnonzero(np.asarray(zoning.assign(lon, lat)) == wanted)


def _told(ground: Ground, inside: np.ndarray, over: Windows) -> np.ndarray:
    """Return what presence told at the same hour of the days before, all cells of the zone told."""
    row = (over.from_us[:-1] - ground.hours[0]) // HOUR_US
    known = (row >= 0) & (row < len(ground.hours))
    told = np.full(len(row), np.nan)
    told[known] = ground.presence[row[known]][:, inside].sum(axis=1)
    return told


def _sums(crowds: list[Crowd]) -> tuple[float, float, float]:
    if not crowds:
        return (float("nan"),) * 3
    low, middle, high = (
        sum(getattr(one, name) for one in crowds) for name in ("low", "usual", "high")
    )
    return float(low), float(middle), float(high)


def _limit(asked: Asked, high: float) -> float:
    if asked.threshold is not None:
        return asked.threshold
    return high if np.isfinite(high) else float("inf")
