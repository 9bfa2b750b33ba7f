"""When facts of each kind happen in the whole city: by hour, kind of day and week.

The expected course of a kind in the city is what an ordinary hour of that weekday brings, times the
level of those weeks. It carries a count made at one time over to another: other weekdays, other
seasons, other levels of reporting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.bins import DAY_US, HOUR_US, Floats, Ints
from vigie.foresight.effects.calendar import Calendar
from vigie.foresight.effects.facts import Facts

DAYS = 7
PSEUDO = 30.0
"""Facts by which the course of one weekday leans on weekday x hour taken apart."""
WEEK_PSEUDO = 40.0
"""Facts by which the level of a kind in one week leans on that of all kinds."""
SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0


@dataclass(frozen=True)
class CityShape:
    """Expected facts of each kind in the whole city, hour after hour.

    Attributes:
        from_us: First hour, epoch µs, a whole UTC hour.
        rate: Facts an hour, kinds x hours.
        total: Running sums of ``rate``, kinds x (hours + 1).
    """

    from_us: int
    rate: Floats
    total: Floats

    def between(self, edges_us: Ints) -> Floats:
        """Return the expected facts between successive instants.

        Args:
            edges_us: Windows x (bins + 1) instants.

        Returns:
            Kinds x windows x bins.
        """
        hours = self.rate.shape[1]
        position = np.clip((edges_us - self.from_us) / HOUR_US, 0.0, hours)
        whole = np.minimum(position.astype(np.int64), hours - 1)
        part = position - whole
        sums = self.total[:, whole] + self.rate[:, whole] * part
        return np.asarray(np.diff(sums, axis=-1), np.float64)


def _by_day_and_hour(facts: Facts, calendar: Calendar, slots_us: Ints) -> Floats:
    """Return facts an hour by kind x kind of day x local hour, shrunk to day x hour apart."""
    kinds = len(facts.kinds)
    cell = calendar.kinds_of_day(facts.at_us) * 24 + calendar.hours_of(facts.at_us)
    counts = np.bincount(
        facts.kind * DAYS * 24 + cell, facts.weight, minlength=kinds * DAYS * 24
    ).reshape(kinds, DAYS, 24)
    slot = calendar.kinds_of_day(slots_us) * 24 + calendar.hours_of(slots_us)
    hours = np.bincount(slot, minlength=DAYS * 24).reshape(DAYS, 24).astype(np.float64)
    total = counts.sum((1, 2), keepdims=True) + 0.5
    every = hours.sum()
    by_hour = (counts.sum(1, keepdims=True) + 0.5 / 24) / np.maximum(hours.sum(0)[None, None], 1e-9)
    by_day = (counts.sum(2, keepdims=True) + 0.5 / DAYS) / np.maximum(
        hours.sum(1)[None, :, None], 1e-9
    )
    apart = by_hour * by_day / (total / every)
    strength = PSEUDO / np.maximum(apart, 1e-12)
    return np.asarray((counts + strength * apart) / (hours[None] + strength), np.float64)


def _weekly_level(facts: Facts, rate: Floats, from_us: int) -> Floats:
    """Return the level of each week, 1 on average, smoothed over five weeks.

    Each kind leans on the level of all kinds together by ``WEEK_PSEUDO`` facts.
    """
    week = np.arange(rate.shape[1]) // 168
    weeks = int(week[-1]) + 1
    seen = np.zeros((rate.shape[0], weeks))
    index = np.clip((facts.at_us - from_us) // (7 * DAY_US), 0, weeks - 1)
    np.add.at(seen, (facts.kind, index), facts.weight)
    usual = np.add.reduceat(rate, np.arange(0, rate.shape[1], 168), axis=1)

    def smooth(values: Floats) -> Floats:
        return np.apply_along_axis(lambda row: np.convolve(row, SMOOTH, "same"), 1, values)

    if weeks < len(SMOOTH):
        return np.ones((rate.shape[0], weeks))
    smooth_seen, smooth_usual = smooth(seen), smooth(usual)
    every = (smooth_seen.sum(0) + WEEK_PSEUDO) / (smooth_usual.sum(0) + WEEK_PSEUDO)
    level = (smooth_seen + WEEK_PSEUDO * every) / (smooth_usual + WEEK_PSEUDO)
    return np.asarray(level, np.float64)


def city_shape(
    facts: Facts, calendar: Calendar, *, from_us: int, to_us: int, until_us: int
) -> CityShape:
    """Return the city's expected course from its facts.

    Args:
        facts: Every fact of the city between ``from_us`` and ``to_us``.
        calendar: Its calendar.
        from_us: Start of the history.
        to_us: End of the history.
        until_us: End of the course, after ``to_us`` for days to come; they have the level of the
            last weeks.
    """
    start = from_us // HOUR_US * HOUR_US
    past = start + np.arange(max(1, (to_us - start) // HOUR_US), dtype=np.int64) * HOUR_US
    inside = facts.at_us < past[-1] + HOUR_US
    known = facts if bool(inside.all()) else _until(facts, int(past[-1]) + HOUR_US)
    table = _by_day_and_hour(known, calendar, past)
    every = start + np.arange(max(1, (until_us - start) // HOUR_US), dtype=np.int64) * HOUR_US
    days, hours = calendar.kinds_of_day(every), calendar.hours_of(every)
    rate = table[:, days, hours]
    level = _weekly_level(known, rate[:, : len(past)], start)
    centre = (np.arange(level.shape[1]) + 0.5) * 168
    at = np.arange(len(every)) + 0.5
    for row, course in zip(level, rate, strict=True):
        look()
        course *= np.interp(at, centre, row)  # noqa: PLW2901 - a view on the row, changed in place
    total = np.concatenate([np.zeros((len(rate), 1)), np.cumsum(rate, axis=1)], axis=1)
    return CityShape(start, rate, total)


def _until(facts: Facts, end_us: int) -> Facts:
    keep = facts.at_us < end_us
    return Facts(
        facts.kinds,
        facts.kind[keep],
        facts.at_us[keep],
        facts.x[keep],
        facts.y[keep],
        facts.weight[keep],
        facts.counted,
        facts.unsure,
    )
