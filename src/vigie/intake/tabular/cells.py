"""Whole columns from a source's words to texts, numbers and integers, the unreadable masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
_LIKE_FORMULA = r"^[=@\t\r]|^[+-].*[^0-9., \x{00a0}\x{202f}]"
_SPACES_IN_NUMBERS = r"[ \x{00a0}\x{202f}']"
_NO_TEXT = pa.nulls(1, pa.string())[0]
_MAX_INTEGER = float(2**53)


class Numbers(NamedTuple):
    """Numbers and the rows whose text is not one."""

    values: pa.DoubleArray
    bad: Mask


def is_text(array: pa.Array) -> bool:
    """Say whether an array holds strings."""
    return bool(pa.types.is_string(array.type) or pa.types.is_large_string(array.type))


def as_text(array: pa.Array) -> pa.StringArray:
    """Return any column as strings without blanks around them; blank becomes null."""
    if pa.types.is_dictionary(array.type):
        array = pc.cast(array, array.type.value_type)
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_floating(array.type):
        array = _floats_as_text(array)
    elif pa.types.is_timestamp(array.type):
        array = _times_as_text(array)
    elif not is_text(array):
        array = pc.cast(array, pa.string())
    text = pc.utf8_trim_whitespace(pc.cast(array, pa.string()))
    blank = pc.equal(text, "")
    return pc.if_else(blank, _NO_TEXT, text) if pc.any(blank).as_py() else text


def _floats_as_text(array: pa.Array) -> pa.Array:
    """Write 12.0 as 12: a spreadsheet or a JSON file that keeps ids as numbers means that."""
    whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), _MAX_INTEGER))
    integers = pc.cast(pc.if_else(whole, array, pa.scalar(None, array.type)), pa.int64())
    return pc.coalesce(pc.cast(integers, pa.string()), pc.cast(array, pa.string()))


def _times_as_text(array: pa.Array) -> pa.Array:
    form = "%Y-%m-%dT%H:%M:%S" + ("Z" if array.type.tz else "")
    return pc.strftime(pc.cast(array, pa.timestamp("us", tz=array.type.tz)), format=form)


def as_number(array: pa.Array, decimal: str = ".") -> Numbers:
    """Return any column as floats; ``nan``, ``inf`` and hexadecimal are not numbers.

    Args:
        array: Texts, integers, floats or booleans.
        decimal: Decimal mark of texts; with a comma, blanks between digits are thousands.
    """
    if pa.types.is_dictionary(array.type):
        array = pc.cast(array, array.type.value_type)
    if not is_text(array):
        return _native_number(array)
    text = as_text(array)
    plain = pc.replace_substring(text, ",", ".") if decimal == "," else text
    try:  # clean columns need no second look; an infinite value is found below
        return _finite(pc.cast(plain, pa.float64()))
    except pa.ArrowInvalid:
        return _judged_number(text, decimal)


def _judged_number(text: pa.StringArray, decimal: str) -> Numbers:
    """Read numbers of which some are not."""
    if decimal == ",":
        text = pc.replace_substring_regex(text, _SPACES_IN_NUMBERS, "")
        text = pc.replace_substring(text, ",", ".")
    good = pc.match_substring_regex(text, _NUMBER)
    bad = pc.fill_null(pc.invert(good), False)
    if pc.any(bad).as_py():
        text = pc.if_else(bad, _NO_TEXT, text)
    values = _finite(pc.cast(pc.utf8_ltrim(text, characters="+"), pa.float64()))
    return values._replace(bad=values.bad | bad.to_numpy(zero_copy_only=False))


def _finite(values: pa.DoubleArray) -> Numbers:
    """Take what is infinite or not a number for unreadable."""
    return _without(values, pc.fill_null(pc.invert(pc.is_finite(values)), False))


def _native_number(array: pa.Array) -> Numbers:
    nothing = np.zeros(len(array), np.bool_)
    if pa.types.is_null(array.type):
        return Numbers(pa.nulls(len(array), pa.float64()), nothing)
    if pa.types.is_decimal(array.type) or pa.types.is_boolean(array.type):
        array = pc.cast(array, pa.float64())
    if pa.types.is_integer(array.type):
        return Numbers(pc.cast(array, pa.float64(), safe=False), nothing)
    if not pa.types.is_floating(array.type):
        bad = pc.is_valid(array).to_numpy(zero_copy_only=False)
        return Numbers(pa.nulls(len(array), pa.float64()), bad)
    values = pc.cast(array, pa.float64())
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
    return _finite(values)


def _without(values: pa.Array, bad: pa.Array) -> Numbers:
    mask = bad.to_numpy(zero_copy_only=False)
    if mask.any():
        values = pc.if_else(bad, pa.scalar(None, pa.float64()), values)
    return Numbers(values, mask)


def to_integers(numbers: Numbers, kind: pa.DataType) -> tuple[pa.Array, Mask]:
    """Return numbers as integers of a type; a fraction or what does not fit is masked as bad."""
    info = np.iinfo(kind.to_pandas_dtype())
    values = numbers.values
    fits = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), _MAX_INTEGER * 1024))
    fits = pc.and_(
        fits,
        pc.and_(pc.greater_equal(values, float(info.min)), pc.less_equal(values, float(info.max))),
    )
    unfit = pc.fill_null(pc.invert(fits), False)
    integers = pc.cast(pc.if_else(unfit, pa.scalar(None, pa.float64()), values), kind)
    return integers, numbers.bad | unfit.to_numpy(zero_copy_only=False)


def as_boolean(array: pa.Array) -> tuple[pa.BooleanArray, Mask]:
    """Return a column as booleans: true/false, oui/non, vrai/faux, yes/no, o/n, y/n, 1/0."""
    if pa.types.is_boolean(array.type):
        return array, np.zeros(len(array), np.bool_)
    text = pc.utf8_lower(as_text(array))
    words = {
        True: ["true", "oui", "vrai", "yes", "o", "y", "1"],
        False: ["false", "non", "faux", "no", "n", "0"],
    }
    yes = pc.is_in(text, value_set=pa.array(words[True]))
    no = pc.is_in(text, value_set=pa.array(words[False]))
    bad = pc.and_(pc.is_valid(text), pc.invert(pc.or_(yes, no))).to_numpy(zero_copy_only=False)
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_())), bad


def map_codes(
    text: pa.StringArray, table: Mapping[str, str], *, prefix: bool = False
) -> tuple[pa.StringArray, Mask]:
    """Return the targets of codes and the rows whose code the table does not know.

    Args:
        text: Codes; null stays null and is known.
        table: From code to target.
        prefix: Whether the longest key that begins the code counts, instead of the whole code.
    """
    encoded = text.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    targets = [_longest(word, table) if prefix else table.get(word) for word in words]
    mapped = pa.array(targets, pa.string()).take(encoded.indices)
    unknown = pc.and_(pc.is_valid(text), pc.is_null(mapped)).to_numpy(zero_copy_only=False)
    return mapped, unknown


def _longest(word: str, table: Mapping[str, str]) -> str | None:
    for length in range(len(word), -1, -1):
        target = table.get(word[:length])
        if target is not None:
            return target
    return None


def looks_like_formula(text: pa.StringArray) -> int:
    """Count cells that a spreadsheet would run: = + - @ tab or return first, and not a number."""
    return int(pc.sum(pc.match_substring_regex(text, _LIKE_FORMULA)).as_py() or 0)


def at(array: pa.Array, index: int) -> str:
    """Return one value as a short text, for a message."""
    return str(array[index].as_py())[:80]


def join_texts(parts: Sequence[pa.StringArray], separator: str) -> pa.StringArray:
    """Return texts joined row by row; a null part is left out, a row of nulls stays null.

    Arrow's own join can leave such parts out too, but in version 26 it then loses the rows where
    every part is null.
    """
    joined = parts[0]
    for part in parts[1:]:
        both = pc.binary_join_element_wise(joined, part, separator, null_handling="emit_null")
        joined = pc.coalesce(both, joined, part)
    return joined
