"""Times written as text: formats of ``strptime``, ISO 8601, epoch seconds and milliseconds.

Whole columns at once. Arrow's parser is fast and forgiving (it reads the 31st of February as the
3rd of March), so what it says is checked, and what it cannot say is asked of Python, by value.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import EPOCH, MICROSECOND
from vigie.model.times import EXACT, UNREADABLE, Prefer, Resolved, resolve_local

ISO8601 = "iso8601"
_NO_FRACTION = (pa.int64(), pa.float64(), pa.bool_())
_EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
_MAX_TEXT = 64
_SECOND = pa.timestamp("s")
_MICRO = pa.timestamp("us")

_DATE = (
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = r"[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_PLAIN_NAIVE = f"^{_DATE}(?:{_CLOCK})?$"
_PLAIN_ZONED = f"^{_DATE}{_CLOCK}{_ZONE}$"

Column: TypeAlias = pa.Array | pa.ChunkedArray


def parse_times(texts: Column, form: str, tz: str, prefer: Prefer = "earliest") -> Resolved:
    """Return the instants that a column of texts (or numbers) means.

    Args:
        texts: String array; for the epoch forms also a number array. Null and blank give null.
        form: A ``strptime`` format, or ``iso8601``, ``epoch_s``, ``epoch_ms``, ``epoch_us``.
        tz: Zone of the texts that name none.
        prefer: Which instant of an ambiguous local reading (see ``vigie.model.times``).

    Returns:
        Instants and a flag for each row; an unreadable text is null with flag ``UNREADABLE``.
    """
    if form == ISO8601:
        return parse_iso8601(texts, tz, prefer)
    if form in _EPOCHS:
        return _parse_epoch(texts, _EPOCHS[form])
    return parse_local(texts, form, tz, prefer)


def parse_local(texts: Column, form: str, tz: str, prefer: Prefer = "earliest") -> Resolved:
    """Return the instants of texts in a ``strptime`` format; ``%z`` is honoured.

    See ``parse_times``.
    """
    trimmed = _trim(texts)
    zoned = "%z" in form
    parsed = None if "%f" in form or zoned else _by_arrow(trimmed, form)
    if parsed is None:
        parsed = _by_python(trimmed, lambda text: datetime.strptime(text, form))  # noqa: DTZ007 -- the zone is given beside
        return _merge(trimmed, parsed, tz, prefer)
    resolved = resolve_local(parsed, tz, prefer)
    return _flag_unreadable(trimmed, resolved)


def parse_iso8601(texts: Column, tz: str, prefer: Prefer = "earliest") -> Resolved:
    """Return the instants of ISO 8601 texts; those without an offset are local to ``tz``.

    See ``parse_times``.
    """
    trimmed = _trim(texts)
    naive = pc.fill_null(pc.match_substring_regex(trimmed, _PLAIN_NAIVE), False)
    zoned = pc.fill_null(pc.match_substring_regex(trimmed, _PLAIN_ZONED), False)
    nothing = pa.scalar(None, pa.string())
    local = resolve_local(pc.cast(pc.if_else(naive, trimmed, nothing), _MICRO), tz, prefer)
    exact = pc.cast(pc.if_else(zoned, trimmed, nothing), pa.timestamp("us", tz="UTC"))
    at_us = pc.coalesce(local.at_us, exact.cast(pa.int64()))
    flags = local.flags
    odd = pc.and_(pc.is_valid(trimmed), pc.invert(pc.or_(naive, zoned)))
    if pc.any(odd).as_py():
        rest = pc.if_else(odd, trimmed, nothing)
        other = _merge(rest, _by_python(rest, _read_iso), tz, prefer)
        at_us = pc.coalesce(at_us, other.at_us)
        flags = np.where(odd.to_numpy(zero_copy_only=False), other.flags, flags).astype(np.int8)
    return Resolved(at_us=at_us, flags=flags)


def _trim(texts: Column) -> pa.StringArray:
    """Return one string array without surrounding blanks; blank becomes null."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    text = pc.utf8_trim_whitespace(pc.cast(whole, pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _by_arrow(texts: pa.StringArray, form: str) -> pa.TimestampArray | None:
    """Parse with Arrow and check what it may have bent; ``None`` if it cannot read the format."""
    try:
        parsed = pc.strptime(texts, format=form, unit="us", error_is_null=True)
    except pa.ArrowInvalid:
        return None
    # A day past the end of its month comes out as day 1 to 3; a year of two digits as year 26.
    doubtful = pc.or_(pc.less_equal(pc.day(parsed), 3), pc.less(pc.year(parsed), 1000))
    rows = np.flatnonzero(pc.fill_null(doubtful, False).to_numpy(zero_copy_only=False))
    if len(rows) == 0:
        return parsed
    chosen = pa.array(rows)
    asked, said = texts.take(chosen), pc.strftime(parsed.take(chosen).cast(_SECOND), format=form)
    differs = pc.not_equal(asked, said).to_numpy(zero_copy_only=False)
    if not differs.any():
        return parsed
    suspects = pa.array(rows[differs])
    read, _ = _by_python(texts.take(suspects), lambda text: datetime.strptime(text, form))  # noqa: DTZ007 -- the zone is given beside
    mask = np.zeros(len(parsed), np.bool_)
    mask[rows[differs]] = True
    return pc.replace_with_mask(parsed, pa.array(mask), read.cast(_MICRO))


def _by_python(
    texts: pa.StringArray, read: Callable[[str], datetime]
) -> tuple[pa.Int64Array, pa.BooleanArray]:
    """Parse each different text once: microseconds or null, and whether it named a zone."""
    encoded = texts.dictionary_encode()
    values: list[int | None] = []
    zoned: list[bool] = []
    for text in encoded.dictionary.to_pylist():
        at = _try(read, text)
        zoned.append(at is not None and at.tzinfo is not None)
        if at is None:
            values.append(None)
        else:
            values.append(
                (at - (EPOCH if at.tzinfo else EPOCH.replace(tzinfo=None))) // MICROSECOND
            )
    indices = encoded.indices
    return pa.array(values, pa.int64()).take(indices), pa.array(zoned, pa.bool_()).take(indices)


def _try(read: Callable[[str], datetime], text: str) -> datetime | None:
    if len(text) > _MAX_TEXT:
        return None
    try:
        return read(text)
    except (ValueError, OverflowError):
        return None


def _read_iso(text: str) -> datetime:
    """Read one ISO 8601 text; hour 24 is refused on every Python (3.13 began to take it)."""
    clock = text[10:].lstrip("T ") if text[4:5] == "-" else text[8:].lstrip("T ")
    if clock.startswith("24"):
        raise ValueError(text)
    return datetime.fromisoformat(text.replace(",", "."))


def _merge(
    texts: pa.StringArray,
    parsed: tuple[pa.Int64Array, pa.BooleanArray],
    tz: str,
    prefer: Prefer,
) -> Resolved:
    """Resolve the rows that named no zone; keep the others as they are."""
    values, zoned = parsed
    with_zone = pc.fill_null(zoned, False)
    local = resolve_local(pc.if_else(with_zone, pa.scalar(None, pa.int64()), values), tz, prefer)
    at_us = pc.if_else(with_zone, values, local.at_us)
    return _flag_unreadable(texts, Resolved(at_us=at_us, flags=local.flags))


def _flag_unreadable(texts: pa.StringArray, resolved: Resolved) -> Resolved:
    lost = pc.and_(pc.is_valid(texts), pc.is_null(resolved.at_us)).to_numpy(zero_copy_only=False)
    flags = np.where(lost, UNREADABLE, resolved.flags).astype(np.int8)
    return Resolved(at_us=resolved.at_us, flags=flags)


def _parse_epoch(values: Column, factor: int) -> Resolved:
    """Read epoch numbers; a text's fraction is exact to the microsecond, a double's nearly."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_string(whole.type) or pa.types.is_large_string(whole.type):
        text = _trim(whole)
        number = pc.fill_null(
            pc.match_substring_regex(text, r"^[+-]?[0-9]{1,17}(?:\.[0-9]*)?$"), False
        )
        given = pc.is_valid(text)
        whole = pc.if_else(number, text, pa.scalar(None, pa.string()))
        is_whole = pc.fill_null(pc.match_substring_regex(whole, r"^[+-]?[0-9]+$"), False)
        integers = pc.cast(
            pc.if_else(is_whole, pc.utf8_ltrim(whole, characters="+"), None), pa.int64()
        )
        floats = pc.cast(whole, pa.float64())
        split = pc.extract_regex(whole, r"^(?P<sign>[+-]?)(?P<units>[0-9]+)(?P<rest>\.[0-9]+)$")
        units = pc.cast(pc.struct_field(split, "units"), pa.int64())
        rest = pc.multiply(pc.cast(pc.struct_field(split, "rest"), pa.float64()), float(factor))
        minus = pc.equal(pc.struct_field(split, "sign"), "-")
    else:
        units, rest, minus = (pa.nulls(len(whole), kind) for kind in _NO_FRACTION)
        given = pc.is_valid(whole)
        floats = pc.cast(whole, pa.float64())
        integers = (
            pc.cast(whole, pa.int64())
            if pa.types.is_integer(whole.type)
            else pa.nulls(len(whole), pa.int64())
        )
    limit = 2**62 // factor
    inside = pc.less(pc.abs(floats), float(limit))  # NaN and infinity are not
    nothing = pa.scalar(None, pa.int64())
    exact = pc.multiply(pc.if_else(inside, integers, nothing), factor)
    safe = pc.if_else(inside, floats, pa.scalar(None, pa.float64()))
    rounded = pc.cast(pc.round(pc.multiply(safe, float(factor))), pa.int64())
    few = pc.if_else(pc.less(units, limit), units, nothing)
    size = pc.add(pc.multiply(few, factor), pc.cast(pc.round(rest), pa.int64()))
    exact = pc.coalesce(exact, pc.if_else(minus, pc.negate(size), size))
    at_us = pc.coalesce(exact, rounded)
    lost = pc.and_(given, pc.is_null(at_us)).to_numpy(zero_copy_only=False)
    return Resolved(at_us=at_us, flags=np.where(lost, UNREADABLE, EXACT).astype(np.int8))
