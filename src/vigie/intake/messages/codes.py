"""Codes and identifiers of a message: matched by their beginning, shown and kept only if harmless.

Where a code should stand, anything can: a name, a telephone number, a plate. What has not the shape
of a code is neither kept nor shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from vigie.intake.messages.allowed import OTHER
from vigie.intake.messages.reading import RowRefused, need_text, text
from vigie.intake.messages.tree import Tree

_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}(?:[./][A-Za-z0-9_-]{1,40}){0,9}", re.ASCII)
_WORDY = re.compile(r"[A-Za-z0-9_./-]{1,40}", re.ASCII)
_MANY_DIGITS = re.compile(r"[0-9]{5}")
_IDENTIFIER = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9_.:/#+-]+(?: [A-Za-z0-9_.:/#+-]+)?", re.ASCII)
_PLATE = re.compile(
    r"(?<![A-Z0-9])(?:[A-Z]{2}[ _-]?[0-9]{3}[ _-]?[A-Z]{2}"
    r"|[0-9]{1,4}[ _-]?[A-Z]{2,3}[ _-]?(?:[0-9]{2}|2[AB]))(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
_MOST = 200


def longest(code: str, table: Mapping[str, str], mark: str) -> tuple[str, bool] | None:
    """Return what a code stands for, by its longest beginning that a table knows.

    Args:
        code: Parts joined by ``mark``.
        table: From code to meaning.
        mark: What joins the parts.

    Returns:
        The meaning and whether the whole code is known, or None when not even its first part is.
    """
    parts = code.split(mark)
    for end in range(len(parts), 0, -1):
        key = mark.join(parts[:end])
        if key in table:
            return table[key], end == len(parts)
    return None


def under(code: str, heads: Iterable[str]) -> bool:
    """Say whether a code is one of some heads, or stands beneath one (after ``.`` or ``/``)."""
    return any(code == head or code.startswith((f"{head}.", f"{head}/")) for head in heads)


def word(code: str | None) -> str | None:
    """Return a code that may be kept as it is: short parts without blanks, no plate; else None."""
    if code is None or len(code) > _MOST or _CODE.fullmatch(code) is None or is_plate(code):
        return None
    return code


def shown(code: str) -> str:
    """Return a code as a reason may show it."""
    harmless = _WORDY.fullmatch(code) is not None and _MANY_DIGITS.search(code) is None
    return code if harmless and not is_plate(code) else OTHER


def identifier(tree: Tree, path: str) -> str:
    """Return an identifier: one or two words with a digit, blanks made one.

    Raises:
        RowRefused: ``missing_required``, or ``bad_identifier`` when it may be anything.
    """
    found = " ".join(need_text(tree, path, _MOST + 1).split())
    if len(found) > _MOST or _IDENTIFIER.fullmatch(found) is None:
        raise RowRefused("bad_identifier", column=path)
    return found


def organisation(tree: Tree, path: str) -> str | None:
    """Return an organisation by country, domain and name (``fr.fire.sdis13``), or None."""
    found = word(text(tree, path))
    return found if found is not None and "." in found else None


def is_plate(name: str) -> bool:
    """Say whether a name holds a French licence plate (SIV, or the older FNI)."""
    return _PLATE.search(name) is not None
