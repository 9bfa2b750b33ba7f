"""City time: UTC microseconds to local day, hour and weekday, and local clock readings to UTC.

Everything is exact integer arithmetic over the zone's own table of offset changes, read through
``zoneinfo`` and kept by block of about eleven years. Reading the table needs one fact about the
time zone database: no zone has changed its offset twice within 25 hours since 1970 (a test walks
them all), so comparing the offset from day to day finds every change.

A local clock reading is not always an instant. In spring an hour does not exist, in autumn one
exists twice. The rule here, with a flag for every row it applied to:

* ambiguous reading: the first of the two instants (daylight time) when the earliest is wanted, the
  second when the latest is wanted; an uncertain interval therefore keeps its whole width;
* non-existent reading: moved forward by the length of the gap, as a person who had not yet changed
  the clock would mean it (PEP 495 with ``fold=0``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import EPOCH

Int64s = npt.NDArray[np.int64]

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US

EXACT, AMBIGUOUS, NONEXISTENT, UNREADABLE = 0, 1, 2, 3
FLAG_NAMES = ("exact", "ambiguous", "nonexistent", "unreadable")

_BLOCK_DAYS = 4096
_BLOCK_US = _BLOCK_DAYS * DAY_US
_FIRST_DAY = (date.min - EPOCH.date()).days + 2
_LAST_DAY = (date.max - EPOCH.date()).days - 2
_DENSE_BLOCKS = 64

Prefer = Literal["earliest", "latest"]


class LocalColumns(NamedTuple):
    """The three columns that every record carries, in the city's zone."""

    local_day: pa.Date32Array
    local_hour: pa.Int8Array
    weekday: pa.Int8Array


@dataclass(frozen=True, slots=True)
class Resolved:
    """Instants read from local clock readings.

    Attributes:
        at_us: Epoch microseconds; null where there is no instant.
        flags: One of ``EXACT``, ``AMBIGUOUS``, ``NONEXISTENT``, ``UNREADABLE`` for each row (a row
            that was null is ``EXACT``: nothing was read, nothing was guessed).
    """

    at_us: pa.Int64Array
    flags: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Offsets:
    """A zone's offset as a step function of UTC time.

    Attributes:
        starts_us: Where each step begins, UTC microseconds, ascending; the first is minus infinity.
        offsets_us: Offset of each step: local minus UTC.
    """

    starts_us: Int64s
    offsets_us: Int64s


def _offset_us(zone: ZoneInfo, second: int) -> int:
    offset = (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the first second after ``low`` with the offset of ``high`` (bisection)."""
    before = _offset_us(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_us(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=4096)
def _block(key: str, block: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Return a block's offset at its start and its changes ``(utc_us, offset_us)``."""
    zone = ZoneInfo(key)
    first = min(max(block * _BLOCK_DAYS, _FIRST_DAY), _LAST_DAY)
    last = min(max((block + 1) * _BLOCK_DAYS, _FIRST_DAY), _LAST_DAY)
    opening = known = _offset_us(zone, first * 86_400)
    changes: list[tuple[int, int]] = []
    for day in range(first, last):
        following = _offset_us(zone, (day + 1) * 86_400)
        if following != known:
            at = _change_between(zone, day * 86_400, (day + 1) * 86_400)
            changes.append((at * SECOND_US, following))
            known = following
    return opening, tuple(changes)


def offsets(instants_us: Int64s, tz: str) -> Offsets:
    """Return the zone's steps that hold for all these instants.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: When the zone does not exist.
    """
    if len(instants_us) == 0:
        blocks: list[int] = [0]
    else:
        low, high = (int(bound) // _BLOCK_US for bound in (instants_us.min(), instants_us.max()))
        if high - low <= _DENSE_BLOCKS:
            blocks = list(range(low, high + 1))
        else:
            blocks = [int(block) for block in np.unique(instants_us // _BLOCK_US)]
    starts, steps = [np.iinfo(np.int64).min], [_block(tz, blocks[0])[0]]
    for block in blocks:
        opening, changes = _block(tz, block)
        for at, offset in ((block * _BLOCK_US, opening), *changes):
            if offset != steps[-1]:
                starts.append(at)
                steps.append(offset)
    return Offsets(np.array(starts, np.int64), np.array(steps, np.int64))


def local_us(instants_us: Int64s, tz: str) -> Int64s:
    """Return local clock readings, as microseconds since 1970-01-01T00:00 local."""
    table = offsets(instants_us, tz)
    if len(table.starts_us) == 1:
        return np.asarray(instants_us + table.offsets_us[0], np.int64)
    step = np.searchsorted(table.starts_us, instants_us, side="right") - 1
    return np.asarray(instants_us + table.offsets_us[step], np.int64)


def local_columns(epoch_us: pa.Array | pa.ChunkedArray | npt.NDArray[Any], tz: str) -> LocalColumns:
    """Return local day, hour and weekday of instants.

    Args:
        epoch_us: UTC microseconds: int64 or ``timestamp[us, UTC]`` Arrow array, or int64 NumPy
            array. Nulls stay null.
        tz: IANA name of the city's zone.

    Returns:
        ``local_day`` (date32), ``local_hour`` (int8, 0-23), ``weekday`` (int8, 0 = Monday).

    Raises:
        zoneinfo.ZoneInfoNotFoundError: When the zone does not exist.
    """
    instants, missing = to_numpy(epoch_us)
    local = local_us(instants, tz)
    day = local // DAY_US
    hour = (local - day * DAY_US) // HOUR_US
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    return LocalColumns(
        local_day=pa.array(day.astype(np.int32), mask=missing).cast(pa.date32()),
        local_hour=pa.array(hour.astype(np.int8), mask=missing),
        weekday=pa.array(weekday.astype(np.int8), mask=missing),
    )


def resolve_local(
    wall_us: pa.Array | pa.ChunkedArray | npt.NDArray[Any], tz: str, prefer: Prefer = "earliest"
) -> Resolved:
    """Return the instants that local clock readings mean, by the rule of this module.

    Args:
        wall_us: Local readings as microseconds since 1970-01-01T00:00 local; int64 or naive
            ``timestamp[us]`` Arrow array, or int64 NumPy array.
        tz: IANA name of the zone the readings are in.
        prefer: Which instant of an ambiguous reading: ``earliest`` for the start of an interval
            and for points, ``latest`` for its end.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: When the zone does not exist.
    """
    wall, missing = to_numpy(wall_us)
    margin = np.array([-2 * DAY_US, 2 * DAY_US], np.int64)
    reach = np.concatenate([wall.min() + margin, wall.max() + margin, wall]) if len(wall) else wall
    table = offsets(reach, tz)
    before, after = table.offsets_us[:-1], table.offsets_us[1:]
    changes = table.starts_us[1:]
    # On the local clock a step is left at the later reading (first) or at the earlier (second).
    first = np.searchsorted(changes + np.maximum(before, after), wall, side="right")
    second = np.searchsorted(changes + np.minimum(before, after), wall, side="right")
    falls_back = table.offsets_us[second] < table.offsets_us[first]
    unclear = first != second
    flags = np.where(unclear, np.where(falls_back, AMBIGUOUS, NONEXISTENT), EXACT).astype(np.int8)
    step = np.where(falls_back, second, first) if prefer == "latest" else first
    at_us = wall - table.offsets_us[step]
    if missing is not None:
        flags[missing] = EXACT
    return Resolved(at_us=pa.array(at_us, pa.int64(), mask=missing), flags=flags)


def day_bounds(day: date, tz: str) -> tuple[int, int]:
    """Return the UTC microseconds between which a local day lies (half-open, 23 to 25 hours)."""
    midnight = (day - EPOCH.date()).days * DAY_US
    walls = np.array([midnight, midnight + DAY_US], np.int64)
    start, end = resolve_local(walls, tz).at_us.to_pylist()
    return start, end


def at_local(us: int, tz: str) -> datetime:
    """Return an instant as an aware datetime in the city's zone, for showing it."""
    return (EPOCH + timedelta(microseconds=us)).astimezone(UTC).astimezone(ZoneInfo(tz))


def to_numpy(
    values: pa.Array | pa.ChunkedArray | npt.NDArray[Any],
) -> tuple[Int64s, npt.NDArray[np.bool_] | None]:
    """Return 64-bit integers and, where any is null, the mask of the nulls (0 stands there)."""
    if isinstance(values, np.ndarray):
        return values.astype(np.int64, copy=False), None
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_timestamp(values.type):
        values = pc.cast(values, pa.timestamp("us", tz=values.type.tz))
    integers = values.cast(pa.int64())
    if integers.null_count == 0:
        return integers.to_numpy(zero_copy_only=False), None
    missing = integers.is_null().to_numpy(zero_copy_only=False)
    return pc.fill_null(integers, 0).to_numpy(zero_copy_only=False), missing
