"""What an indicator shows: its count, what was expected, its trend; each with interval and base.

Windows of the same length, one a day: the last so many hours, or a slot of the local clock that is
over. The count is compared with those of the same weekday in the eight weeks before (Poisson or
wider, ``judge.surveillance.exceedance``); the trend compares the last fourteen windows with the
forty-two before (``judge.surveillance.trend``, 80 % interval; stable while it holds 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.analyse.running import kind_mask
from vigie.base.clock import to_us
from vigie.desk.indicators import Asked
from vigie.geo.zonings import Zoning
from vigie.judge.surveillance.exceedance import exceedance, ordinary_upper
from vigie.judge.surveillance.expectation import Expectation
from vigie.judge.surveillance.trend import Trend, trend
from vigie.model.times import at_local

Ints = npt.NDArray[np.int64]

HOUR_US = 3_600_000_000
DAYS = 57
"""The window shown and the 56 before it: eight of each weekday."""
SHOWN = 28
RECENT = 14
ALPHA = 0.01
SHARE_BEYOND = 0.10
"""An interval of 80 % leaves this much on each side."""
COLUMNS = ("kind", "source", "earliest_us", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of an indicator, the newest last.

    Attributes:
        from_us: Starts, epoch µs, shape (n,).
        to_us: Ends, exclusive.
    """

    from_us: Ints
    to_us: Ints


def _clock(day: date, hour: int, timezone: str) -> int:
    """Return the instant at which a local clock shows an hour, 24 being the next midnight."""
    day, hour = day + timedelta(days=hour // 24), hour % 24
    return to_us(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(timezone)))


def windows(asked: Asked, at_us: int, timezone: str, days: int = DAYS) -> Windows:
    """Return the last windows that are over at an instant, one a day."""
    found: list[tuple[int, int]] = []
    if asked.rolling_h:
        end = at_us // HOUR_US * HOUR_US
        local = at_local(end, timezone)
        for ago in range(days):
            day = local.date() - timedelta(days=ago)
            ends = _clock(day, local.hour, timezone) if ago else end
            found.append((ends - asked.rolling_h * HOUR_US, ends))
    else:
        day = at_local(at_us, timezone).date()
        ago = 0
        while len(found) < days:
            begins = day - timedelta(days=ago)
            ends_on = begins + timedelta(days=asked.to_h <= asked.from_h)
            ends = _clock(ends_on, asked.to_h, timezone)
            if ends <= at_us:
                found.append((_clock(begins, asked.from_h, timezone), ends))
            ago += 1
    ordered = np.array(found[::-1], dtype=np.int64)
    return Windows(ordered[:, 0], ordered[:, 1])


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An indicator's figures.

    Attributes:
        windows: The windows, the newest last.
        counts: Facts in each; nan before the lake begins.
        expectation: Of the newest, against the same weekday before.
        low: Lower end of the 80 % interval of what was expected; nan without a past.
        high: Upper end.
        limit: Count above which it matters.
        trend: Of the last fourteen windows against those before.
    """

    windows: Windows
    counts: npt.NDArray[np.float64]
    expectation: Expectation
    low: float
    high: float
    limit: float
    trend: Trend

    @property
    def above(self) -> bool:
        """Whether the newest count is above its limit."""
        return bool(self.counts[-1] > self.limit)

    def crossings(self) -> int:
        """Return how many of the windows shown began to be above the limit in force now."""
        over = np.nan_to_num(self.counts[-SHOWN - 1 :], nan=-1.0) > self.limit
        return int((over[1:] & ~over[:-1]).sum())


def instants_of(facts: pa.Table, asked: Asked, zoning: Zoning | None) -> Ints:
    """Return the instants of the facts that an indicator counts, in order.

    Args:
        facts: Columns ``COLUMNS``.
        asked: The indicator.
        zoning: The zoning of its zone; None for the city.
    """
    if asked.kind:
        facts = facts.filter(kind_mask(facts["kind"], [asked.kind]))
    if zoning is not None:
        lon, lat = (facts[name].to_numpy(zero_copy_only=False) for name in ("lon", "lat"))
        wanted = list(zoning.ids).index(asked.zone.partition(":")[2])
        facts = facts.filter(pa.array(np.asarray(zoning.assign(lon, lat)) == wanted))
    return np.sort(np.asarray(facts["earliest_us"].to_numpy(), dtype=np.int64))


def reckon(asked: Asked, instants: Ints, at_us: int, since_us: int, timezone: str) -> Reckoned:
    """Return the figures of an indicator.

    Args:
        asked: The indicator.
        instants: Instants of its facts, in order.
        at_us: Now, epoch µs.
        since_us: From when on the lake holds facts.
        timezone: IANA zone of the local clock.
    """
    over = windows(asked, at_us, timezone)
    ends, starts = (np.searchsorted(instants, edge) for edge in (over.to_us, over.from_us))
    counts = (ends - starts).astype(np.float64)
    counts[over.from_us < since_us] = np.nan
    same = counts[:-1][::-1][6::7]
    now = float(counts[-1])
    expectation = exceedance(0.0 if np.isnan(now) else now, same, alpha=ALPHA)
    low = high = float("nan")
    if expectation.base:
        wide = expectation.dispersion * (1.0 + 1.0 / expectation.base)
        high = float(ordinary_upper(SHARE_BEYOND, expectation.expected, wide))
        low = float(ordinary_upper(1.0 - SHARE_BEYOND, expectation.expected, wide))
    limit = expectation.upper if asked.threshold is None else asked.threshold
    return Reckoned(
        over, counts, expectation, low, high, limit, trend(counts[-RECENT:], counts[:-RECENT])
    )
