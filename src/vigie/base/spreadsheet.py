"""Cells that a spreadsheet would run as a formula, made harmless before they are exported.

A cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return may be executed when
the file is opened (OWASP, "CSV Injection"); exported text comes from the outside. Such a cell gets
an apostrophe in front, which a spreadsheet shows as text. Numbers are left alone: ``-3,5`` and
``+33`` stay numbers. ``restore`` undoes it exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- wide forms run too
"""What a cell must not start with."""

GUARD = "'"

_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{0,15})?|[.,][0-9]{1,15})(?:[eE][+-]?[0-9]{1,3})?"
)


def is_dangerous(cell: str) -> bool:
    """Say whether a spreadsheet may run a cell.

    Blanks in front do not help: some programs drop them. A plain number is never dangerous.
    """
    stripped = cell.lstrip(" \u00a0")
    return stripped.startswith(DANGEROUS) and _NUMBER.fullmatch(stripped) is None


def neutralise(cell: str) -> str:
    """Return a cell that no spreadsheet runs.

    A cell that starts with an apostrophe itself gets another one if what follows it would need
    one, so that ``restore`` gives back every text exactly.
    """
    return GUARD + cell if is_dangerous(cell.lstrip(GUARD)) else cell


def restore(cell: str) -> str:
    """Return the text that ``neutralise`` was given."""
    if cell.startswith(GUARD) and is_dangerous(cell.lstrip(GUARD)):
        return cell[1:]
    return cell


def neutralise_all(cells: Iterable[str | None]) -> tuple[list[str | None], int]:
    """Return cells made harmless and how many were changed; ``None`` stays."""
    safe: list[str | None] = []
    changed = 0
    for cell in cells:
        harmless = None if cell is None else neutralise(cell)
        changed += harmless != cell
        safe.append(harmless)
    return safe, changed
