"""Columns of times, as a recipe of the mapping wants them: instants, and how sure each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.intake.tabular.cells import as_text, at, is_text
from vigie.intake.tabular.problems import Problems
from vigie.model.contracts import TIMESTAMP
from vigie.model.times import (
    AMBIGUOUS,
    DAY_US,
    NONEXISTENT,
    UNREADABLE,
    Prefer,
    local_us,
    resolve_local,
    to_numpy,
)
from vigie.model.timetext import ISO8601, parse_times

Mask = npt.NDArray[np.bool_]

_NO_INSTANT = pa.nulls(1, pa.int64())[0]
_NO_TEXT = pa.nulls(1, pa.string())[0]
_ZONED = r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$"
_DATE_LENGTH = 10
_CLOCK_MARKS = ("%H", "%I", "%X", "%c", "%T", "%s")


class Instants(NamedTuple):
    """Times read from a column.

    Attributes:
        us: Epoch microseconds; null where there is none.
        flags: ``EXACT``, ``AMBIGUOUS``, ``NONEXISTENT`` or ``UNREADABLE`` (``vigie.model.times``).
        date_only: Rows that named a day and no hour.
        naive: Rows whose text named no zone although its format could have.
    """

    us: pa.Int64Array
    flags: npt.NDArray[np.int8]
    date_only: Mask
    naive: Mask


def read_instants(
    array: pa.Array, formats: Sequence[str], tz: str, prefer: Prefer = "earliest"
) -> Instants:
    """Return the instants a column means.

    Args:
        array: Texts, numbers (epoch formats), dates or timestamps.
        formats: Tried in order on the texts not read yet; ``rfc3339`` reads like ``iso8601``.
        tz: Zone of what names none.
        prefer: Which instant of an ambiguous reading.
    """
    if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        return _native(array, tz, prefer)
    if formats[0].startswith("epoch") and not is_text(array):
        found = parse_times(array, formats[0], tz, prefer)
        nothing = np.zeros(len(array), np.bool_)
        return Instants(found.at_us, found.flags, nothing, nothing)
    return _from_text(as_text(array), formats, tz, prefer)


def _native(array: pa.Array, tz: str, prefer: Prefer) -> Instants:
    size = len(array)
    date_only = np.full(size, bool(pa.types.is_date(array.type)))
    stamps = pc.cast(array, pa.timestamp("us", tz=getattr(array.type, "tz", None)), safe=False)
    if stamps.type.tz is not None:
        exact = np.zeros(size, np.int8)
        return Instants(stamps.cast(pa.int64()), exact, date_only, np.zeros(size, np.bool_))
    found = resolve_local(stamps, tz, prefer)
    return Instants(found.at_us, found.flags, date_only, np.ones(size, np.bool_) & ~date_only)


def _from_text(text: pa.StringArray, formats: Sequence[str], tz: str, prefer: Prefer) -> Instants:
    at_us: pa.Array = pa.nulls(len(text), pa.int64())
    flags = np.zeros(len(text), np.int8)
    date_only = np.zeros(len(text), np.bool_)
    naive = np.zeros(len(text), np.bool_)
    rest = text
    for form in formats:
        plain = ISO8601 if form == "rfc3339" else form
        found = parse_times(rest, plain, tz, prefer)
        got = pc.is_valid(found.at_us).to_numpy(zero_copy_only=False)
        at_us = pc.coalesce(at_us, found.at_us)
        flags = np.where(got, found.flags, flags).astype(np.int8)
        if plain == ISO8601:
            zoned = pc.fill_null(pc.match_substring_regex(rest, _ZONED), False)
            short = pc.fill_null(pc.less_equal(pc.utf8_length(rest), _DATE_LENGTH), False)
            days = got & short.to_numpy(zero_copy_only=False)
            date_only |= days
            naive |= got & ~days & ~zoned.to_numpy(zero_copy_only=False)
        elif not form.startswith("epoch") and not any(mark in form for mark in _CLOCK_MARKS):
            date_only |= got
        if len(formats) > 1:
            rest = pc.if_else(pc.is_valid(at_us), _NO_TEXT, text)
            if rest.null_count == len(rest):
                break
    lost = pc.and_(pc.is_valid(text), pc.is_null(at_us)).to_numpy(zero_copy_only=False)
    flags[lost] = UNREADABLE
    return Instants(at_us, flags, date_only, naive)


def end_of_local_day(us: pa.Int64Array, tz: str) -> pa.Int64Array:
    """Return the last microsecond of the local day of each instant; null stays null."""
    instants, missing = to_numpy(us)
    next_day = (local_us(instants, tz) // DAY_US + 1) * DAY_US
    ends = resolve_local(next_day, tz).at_us
    last = pc.subtract(ends, 1)
    return last if missing is None else pc.if_else(pa.array(missing), _NO_INSTANT, last)


def report(found: Instants, problems: Problems, column: str, source: pa.Array) -> None:
    """Refuse unreadable rows and remark on the hours that the clock change makes unclear."""
    if not found.flags.any():
        return
    problems.refuse(
        found.flags == UNREADABLE,
        "bad_time",
        lambda index: {"value": at(source, index), "column": column},
    )
    problems.remark_mask((found.flags == AMBIGUOUS) & problems.good, "ambiguous_time")
    problems.remark_mask((found.flags == NONEXISTENT) & problems.good, "nonexistent_time")


def as_timestamps(us: pa.Int64Array) -> pa.TimestampArray:
    """Return epoch microseconds as the contract's timestamps."""
    return us.cast(TIMESTAMP)
