"""Durations as ISO 8601 and XML Schema write them (``PT2M30S``, ``-PT40S``), in seconds."""

from __future__ import annotations

import re

from vigie.intake.messages.reading import RowRefused, text
from vigie.intake.messages.tree import Tree

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?=[\dT])(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?"
    r"(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:[.,]\d{1,9})?)S)?)?",
    re.ASCII,
)
_LONG = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60}


def seconds_of(shown: str) -> float | None:
    """Return the seconds of a duration, or None when it is none or has no fixed length.

    A year and a month have no fixed length: they are taken only when there are none of them.
    """
    found = _DURATION.fullmatch(shown)
    if found is None or any(int(found[name] or 0) for name in ("years", "months")):
        return None
    whole = sum(int(found[name] or 0) * size for name, size in _LONG.items())
    total = whole + float((found["seconds"] or "0").replace(",", "."))
    return -total if found["sign"] == "-" else total


def duration(tree: Tree, path: str) -> float | None:
    """Return the first duration at a path in seconds, or None where there is none.

    Raises:
        RowRefused: ``bad_number`` when what stands there is no duration of fixed length.
    """
    shown = text(tree, path, 80)
    if shown is None:
        return None
    seconds = seconds_of(shown)
    if seconds is None:
        raise RowRefused("bad_number", value=shown[:40], column=path)
    return seconds
