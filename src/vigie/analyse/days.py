"""Facts by local day, uncertain times spread: what analyses of time count in.

A fact known only to lie between two instants counts on each local day it may have happened on by
the share of its interval there (aoristic weights; Ratcliffe 2000). A count so weighted need not be
whole; intervals take the nearest whole number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import holidays
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.analyse.analysis import Frame
from vigie.analyse.intervals import poisson_interval
from vigie.base.clock import EPOCH
from vigie.base.remarks import remark
from vigie.model.aoristic import day_shares
from vigie.model.times import DAY_US, HOUR_US, local_us, resolve_local

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SPREAD_COLUMNS = ("earliest_us", "latest_us")
"""Columns of facts needed here."""


WEEKDAYS = {
    "0": ("Lundi", "Monday"),
    "1": ("Mardi", "Tuesday"),
    "2": ("Mercredi", "Wednesday"),
    "3": ("Jeudi", "Thursday"),
    "4": ("Vendredi", "Friday"),
    "5": ("Samedi", "Saturday"),
    "6": ("Dimanche", "Sunday"),
}
"""Words of a column of weekdays."""


@dataclass(frozen=True, slots=True)
class Days:
    """The local days a period touches.

    Attributes:
        number: Days since 1970-01-01, one after the other.
        covered: Which part of each day (of 23, 24 or 25 hours) lies in the period, 0 to 1.
    """

    number: Ints
    covered: Floats

    def __len__(self) -> int:
        """Return how many days."""
        return len(self.number)

    @property
    def weekday(self) -> Ints:
        """Weekday of each day, 0 = Monday (1970-01-01 was a Thursday)."""
        return (self.number + 3) % 7

    @property
    def week(self) -> Ints:
        """Number of the week (Monday to Sunday) of each day, rising by one."""
        return (self.number + 3) // 7

    @property
    def whole(self) -> Bools:
        """Whether the period covers all of the day."""
        return np.asarray(self.covered >= 1.0, np.bool_)


@dataclass(frozen=True, slots=True)
class Spread:
    """Facts whose times are certain enough.

    Attributes:
        early: Earliest instants, epoch µs.
        late: Latest instants, epoch µs.
        used: Which rows of the table they are.
        left_out: How many were too uncertain.
    """

    early: Ints
    late: Ints
    used: Bools
    left_out: int

    def note(self) -> tuple[dict[str, str], ...]:
        """Return the remark that some were left out, when some were."""
        if not self.left_out:
            return ()
        return (
            remark(
                "{n} faits trop incertains laissés de côté.",
                "{n} facts too uncertain were left out.",
                n=self.left_out,
            ),
        )


def spread(facts: pa.Table, longest_hours: float) -> Spread:
    """Return the intervals of the facts that are no longer than so many hours."""
    early = np.asarray(facts["earliest_us"].to_numpy(zero_copy_only=False), np.int64)
    late = np.asarray(facts["latest_us"].to_numpy(zero_copy_only=False), np.int64)
    used = np.asarray((late - early) <= longest_hours * HOUR_US, np.bool_)
    return Spread(early[used], late[used], used, int((~used).sum()))


def days_of(frame: Frame) -> Days:
    """Return the local days of the period of a frame."""
    span = np.array([frame.from_us, max(frame.from_us, frame.to_us - 1)], np.int64)
    first, last = (local_us(span, frame.timezone) // DAY_US).tolist()
    number = np.arange(first, last + 1, dtype=np.int64)
    midnights = resolve_local(np.append(number, last + 1) * DAY_US, frame.timezone)
    edges = np.asarray(midnights.at_us.to_numpy(), np.int64)
    within = np.minimum(edges[1:], frame.to_us) - np.maximum(edges[:-1], frame.from_us)
    return Days(number, np.clip(within, 0, None) / np.diff(edges))


def by_day(
    early: Ints,
    late: Ints,
    days: Days,
    timezone: str,
    *,
    group: Ints | None = None,
    groups: int = 1,
) -> Floats:
    """Return the weight of facts on each day, by group.

    Args:
        early: Earliest instants, epoch µs.
        late: Latest instants.
        days: The days; what falls outside of them is not counted.
        timezone: The city's zone.
        group: Group of each fact, below 0 for none; one group of all when not given.
        groups: Number of groups.

    Returns:
        An array of shape (groups, days).
    """
    shares = day_shares(early, late, timezone)
    at = shares.day - days.number[0]
    of = np.zeros(len(early), np.int64) if group is None else group
    row = of[shares.row]
    keep = (at >= 0) & (at < len(days)) & (row >= 0)
    flat = np.bincount(
        row[keep] * len(days) + at[keep],
        weights=shares.weight[keep],
        minlength=groups * len(days),
    )
    return np.asarray(flat.reshape(groups, len(days)), np.float64)


def on_days(early: Ints, late: Ints, timezone: str, wanted: Ints) -> Bools:
    """Return which facts may have happened on some of the days, numbered from 1970-01-01."""
    shares = day_shares(early, late, timezone)
    found = np.zeros(len(early), np.bool_)
    found[shares.row[np.isin(shares.day, wanted)]] = True
    return found


def windows(days: Ints, hour_from: int, hour_to: int, timezone: str) -> tuple[Ints, Ints]:
    """Return when local hours begin and end on each day, epoch µs; past midnight when reversed."""
    ends = days + (1 if hour_to <= hour_from else 0)
    start = resolve_local(days * DAY_US + hour_from * HOUR_US, timezone).at_us.to_numpy()
    end = resolve_local(ends * DAY_US + hour_to * HOUR_US, timezone).at_us.to_numpy()
    return np.asarray(start, np.int64), np.asarray(end, np.int64)


def by_window(
    early: Ints, late: Ints, starts: Ints, ends: Ints, *, group: Ints, groups: int
) -> Floats:
    """Return the weight of facts in each window of time, by group; shape (groups, windows).

    Args:
        early: Earliest instants, epoch µs.
        late: Latest instants.
        starts: Starts of the windows, rising.
        ends: Their ends, exclusive, rising; windows do not overlap.
        group: Group of each fact, below 0 for none.
        groups: Number of groups.
    """
    found = np.zeros((groups, len(starts)))
    first = np.searchsorted(ends, early, side="right")
    last = np.searchsorted(starts, late, side="right")
    length = np.maximum(late - early, 1)
    for step in range(int((last - first).max(initial=0))):
        rows = np.flatnonzero((first + step < last) & (group >= 0))
        at = first[rows] + step
        inside = np.minimum(late[rows], ends[at]) - np.maximum(early[rows], starts[at])
        instant = late[rows] == early[rows]
        weight = np.where(instant, 1.0, np.clip(inside, 0, None) / length[rows])
        np.add.at(found, (group[rows], at), weight)
    return found


def public_holidays(days: Days, country: str) -> Bools:
    """Return which days are public holidays of a country (ISO 3166-1)."""
    years = sorted({(EPOCH + timedelta(days=int(n))).year for n in days.number[[0, -1]]})
    every = holidays.country_holidays(country, years=range(years[0], years[-1] + 1))
    off = np.array([(day - EPOCH.date()).days for day in every], np.int64)
    return np.isin(days.number, off)


def dates(number: Ints) -> pa.Array:
    """Return days since 1970-01-01 as dates."""
    return pa.array(np.asarray(number, np.int32), type=pa.int32()).cast(pa.date32())


def count_bounds(weights: Floats) -> Floats:
    """Return the exact 95 % Poisson interval of each count, rounded; shape (counts, 2)."""
    found = [poisson_interval(round(max(0.0, float(w)))) for w in weights]
    return np.array(found, np.float64).reshape(-1, 2)
