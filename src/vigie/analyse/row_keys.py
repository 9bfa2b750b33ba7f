"""What a row of an answer is about, read from its key columns as somebody sends them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from vigie.base.errors import WrongUsage

MOST = 2**53


def wrong_row(name: str) -> WrongUsage:
    """Return the error of a key that no row of the answer has."""
    return WrongUsage(reason=f"row: {name}", field="row")


def text_of(row: Mapping[str, Any], name: str) -> str:
    """Return a key that is a text; one that is not is refused."""
    value = row.get(name)
    if not isinstance(value, str):
        raise wrong_row(name)
    return value


def number_of(row: Mapping[str, Any], name: str) -> float:
    """Return a key that is a number; one that is not is refused."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MOST:
        raise wrong_row(name)
    return float(value)


def day_of(row: Mapping[str, Any], name: str) -> date:
    """Return a key that is a day, as a date or in ISO 8601; one that is not is refused."""
    value = row.get(name)
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise wrong_row(name) from error
