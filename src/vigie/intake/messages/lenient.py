"""Values that a record can do without: one that cannot be read is remarked upon, not refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from vigie.intake.messages.reading import RowRefused, number
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.tree import Tree

_MOST_CODES = 20
_WORD = re.compile(r"[A-Za-z]{1,40}")
_CODE = re.compile(r"[\w.:/+@#|~-]{1,64}")


def optional(rows: Rows, read: Callable[[], float | None]) -> float | None:
    """Return what is read, or None with a remark when it cannot be."""
    try:
        return read()
    except RowRefused as refusal:
        rows.remark(refusal.code, **refusal.params)
        return None


def within(rows: Rows, tree: Tree, path: str, low: float, high: float) -> float | None:
    """Return the first number at a path if it lies between two bounds, else None with a remark."""
    value = optional(rows, lambda: number(tree, path))
    if value is None or low <= value <= high:
        return value
    rows.remark("out_of_range", value=f"{value:g}", column=path)
    return None


def listed(
    rows: Rows,
    value: str | None,
    column: str,
    known: Collection[str],
    *,
    says_nothing: Collection[str] = (),
) -> str | None:
    """Return a code if it is of its list, else None.

    Args:
        rows: Takes the remark on a code that is in neither list.
        value: What the source says.
        column: Where it says it.
        known: Codes that mean something here.
        says_nothing: Codes of the format that mean "unknown": not worth a remark.
    """
    if value is None or value in known:
        return value
    if value not in says_nothing:
        rows.remark("unknown_code", value=value if _WORD.fullmatch(value) else "…", column=column)
    return None


def code(value: str | None) -> str | None:
    """Return a reference; what has blanks in it is a text, and None."""
    return value if value and _CODE.fullmatch(value) else None


def codes(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return references once each, in order: what has blanks in it is a text and is left out."""
    kept = dict.fromkeys(value for value in map(code, values) if value is not None)
    return tuple(kept)[:_MOST_CODES]
