"""Aoristic weights: where in the day and the week an event of uncertain time may have happened.

An event known only to lie between two instants is spread evenly over the interval; each bin (hour
of the day, hour of the week, day) gets the share of the interval that falls in it (J. H. Ratcliffe,
"Aoristic analysis: the spatial interpretation of unspecific temporal events", International
Journal of Geographical Information Science 14 (2000) 669-679). It assumes that every instant of the
interval is equally likely, which smooths peaks.

Bins are those of the local clock. On the day the clocks go forward one hour of the day has no
share, on the day they go back one has a double one: weights follow elapsed time. An instant (equal
ends) gives its whole weight to its bin. Lengths are integer microseconds until the last division.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vigie.base.errors import WrongUsage
from vigie.model.times import DAY_US, HOUR_US, Int64s, local_us, offsets

Bins = Literal["hour", "weekday_hour"]
Floats = npt.NDArray[np.float64]

MILLION = 1_000_000
WIDTHS: dict[Bins, int] = {"hour": 24, "weekday_hour": 168}
_MAX_PIECES = 1_000_000
_MAX_SPAN_US = 200 * 366 * DAY_US


@dataclass(frozen=True, slots=True)
class DayShares:
    """Sparse weights by local day.

    Attributes:
        row: Index of the event, ascending.
        day: Local day, days since 1970-01-01.
        weight: Share of the event on that day; shares of one event sum to 1.
    """

    row: Int64s
    day: Int64s
    weight: Floats


def weights(
    earliest_us: npt.ArrayLike, latest_us: npt.ArrayLike, tz: str, bins: Bins = "hour"
) -> Floats:
    """Return each event's weight in each bin.

    Args:
        earliest_us: Starts of the intervals, epoch microseconds.
        latest_us: Ends; not before the starts.
        tz: The city's zone.
        bins: ``hour`` (24) or ``weekday_hour`` (168, Monday 00:00 first).

    Returns:
        An array of shape (events, bins); every row sums to 1 within 1e-9.

    Raises:
        WrongUsage: When an interval is reversed or all together span more than 200 years.
    """
    early, late = _intervals(earliest_us, latest_us)
    if len(early) == 0:
        return np.zeros((0, WIDTHS[bins]))
    starts = _boundaries(early, late, tz, HOUR_US)
    label = _labels(starts, tz, bins)
    found = np.zeros((len(early), WIDTHS[bins]))
    for rows in _chunks(starts, early, late):
        row, piece, share = _pieces(starts, early[rows], late[rows])
        np.add.at(found[rows], (row, label[piece]), share)
    return found


def totals(
    earliest_us: npt.ArrayLike, latest_us: npt.ArrayLike, tz: str, bins: Bins = "hour"
) -> Floats:
    """Return the weights of all events summed by bin; see ``weights``.

    Costs the same for long intervals as for short ones: what lies between an event's first and last
    hour is added as a rate that starts and stops.
    """
    early, late = _intervals(earliest_us, latest_us)
    total = np.zeros(WIDTHS[bins])
    if len(early) == 0:
        return total
    starts = _boundaries(early, late, tz, HOUR_US)
    label = _labels(starts, tz, bins)
    first, last = _span(starts, early, late)
    length = np.maximum(late - early, 1).astype(np.float64)
    alone = first == last
    np.add.at(total, label[first[alone]], 1.0)
    early, late, length = early[~alone], late[~alone], length[~alone]
    first, last = first[~alone], last[~alone]
    np.add.at(total, label[first], (starts[first + 1] - early) / length)
    np.add.at(total, label[last], (late - starts[last]) / length)
    rate = np.zeros(len(starts) + 1)
    np.add.at(rate, first + 1, 1.0 / length)
    np.add.at(rate, last, -1.0 / length)
    inner = np.cumsum(rate)[: len(starts) - 1] * np.diff(starts)
    np.add.at(total, label[:-1], inner)
    return np.maximum(total, 0.0)


def hour_weights(earliest_us: npt.ArrayLike, latest_us: npt.ArrayLike, tz: str) -> Floats:
    """Return the events' total weight by hour of the day, 24 numbers; see ``totals``."""
    return totals(earliest_us, latest_us, tz, "hour")


def weekday_hour_weights(earliest_us: npt.ArrayLike, latest_us: npt.ArrayLike, tz: str) -> Floats:
    """Return the events' total weight by weekday and hour, 7 by 24 (Monday first)."""
    return totals(earliest_us, latest_us, tz, "weekday_hour").reshape(7, 24)


def to_ppm(shares: Floats) -> Int64s:
    """Return weights as whole parts per million that sum to exactly 1,000,000 in every row.

    Largest remainders: each weight is rounded down, and the parts left over go to the largest
    fractions, the earlier bin first among equals.
    """
    scaled = shares * MILLION
    parts = np.floor(scaled)
    missing = np.rint(MILLION - parts.sum(axis=1)).astype(np.int64)
    order = np.argsort(-(scaled - parts), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(shares.shape[1])[None, :], axis=1)
    ppm: Int64s = parts.astype(np.int64) + (rank < missing[:, None])
    return ppm


def day_shares(earliest_us: npt.ArrayLike, latest_us: npt.ArrayLike, tz: str) -> DayShares:
    """Return each event's weight on each local day it may have happened (23 and 25 hours right).

    Raises:
        WrongUsage: When an interval is reversed or all together span more than 200 years.
    """
    early, late = _intervals(earliest_us, latest_us)
    if len(early) == 0:
        nothing = np.zeros(0, np.int64)
        return DayShares(nothing, nothing, np.zeros(0))
    starts = _boundaries(early, late, tz, DAY_US)
    row, piece, share = _pieces(starts, early, late)
    begin = np.maximum(starts[piece], early[row])
    day = local_us(begin, tz) // DAY_US
    return _join_same_day(DayShares(row, day, share))


def _join_same_day(shares: DayShares) -> DayShares:
    """Join neighbouring pieces of one event and day (a change of the clocks cuts a day in two)."""
    new = np.ones(len(shares.row), np.bool_)
    new[1:] = (np.diff(shares.row) != 0) | (np.diff(shares.day) != 0)
    heads = np.flatnonzero(new)
    weight = np.add.reduceat(shares.weight, heads)
    return DayShares(shares.row[heads], shares.day[heads], weight)


def _intervals(earliest_us: npt.ArrayLike, latest_us: npt.ArrayLike) -> tuple[Int64s, Int64s]:
    early, late = np.asarray(earliest_us, np.int64), np.asarray(latest_us, np.int64)
    if early.shape != late.shape:
        raise WrongUsage("aoristic: starts and ends differ in number")
    if len(early) and bool((late < early).any()):
        raise WrongUsage("aoristic: an interval ends before it starts")
    if len(early) and int(late.max()) - int(early.min()) > _MAX_SPAN_US:
        raise WrongUsage("aoristic: more than 200 years")
    return early, late


def _boundaries(early: Int64s, late: Int64s, tz: str, step_us: int) -> Int64s:
    """Return every UTC instant at which a local hour (or day) begins, or the clocks change."""
    low, high = int(early.min()) - 2 * DAY_US, int(late.max()) + 2 * DAY_US
    table = offsets(np.array([low, high], np.int64), tz)
    edges = np.clip(np.append(table.starts_us, high), low, high)
    pieces = [
        np.arange(-(-(start + offset) // step_us), (end + offset - 1) // step_us + 1) * step_us
        - offset
        for start, end, offset in zip(
            edges[:-1].tolist(), edges[1:].tolist(), table.offsets_us.tolist(), strict=True
        )
    ]
    return np.unique(np.concatenate([edges, *pieces]))


def _labels(starts: Int64s, tz: str, bins: Bins) -> Int64s:
    """Return the bin of the hour that begins at each boundary (1970-01-01 was a Thursday)."""
    hours = local_us(starts, tz) // HOUR_US
    return hours % 24 if bins == "hour" else (hours + 72) % 168


def _span(starts: Int64s, early: Int64s, late: Int64s) -> tuple[Int64s, Int64s]:
    """Return the first and the last piece that each interval touches."""
    first = np.searchsorted(starts, early, side="right") - 1
    return first, np.maximum(np.searchsorted(starts, late, side="left") - 1, first)


def _pieces(starts: Int64s, early: Int64s, late: Int64s) -> tuple[Int64s, Int64s, Floats]:
    """Return, for every event and piece it touches, the event, the piece and the share of it."""
    first, last = _span(starts, early, late)
    count = last - first + 1
    row = np.repeat(np.arange(len(early)), count)
    piece = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    begin = np.maximum(starts[piece], early[row])
    end = np.minimum(starts[piece + 1], late[row])
    length = (late - early)[row]
    return row, piece, np.where(length > 0, (end - begin) / np.maximum(length, 1), 1.0)


def _chunks(starts: Int64s, early: Int64s, late: Int64s) -> Iterator[slice]:
    """Cut the events so that each cut touches few enough pieces at once (one event at least)."""
    first, last = _span(starts, early, late)
    reached = np.cumsum(last - first + 1)
    begin = 0
    while begin < len(early):
        done = int(reached[begin - 1]) if begin else 0
        stop = int(np.searchsorted(reached, done + _MAX_PIECES, side="right"))
        yield slice(begin, max(stop, begin + 1))
        begin = max(stop, begin + 1)
