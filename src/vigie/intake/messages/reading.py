"""Taking values out of a stripped tree: texts, numbers and instants that cannot surprise."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa

from vigie.base.clock import to_us
from vigie.intake.messages.tree import TEXT, Tree
from vigie.model.timetext import parse_iso8601

MAX_TEXT = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(
    r"[+-]?(?:\d{1,18}(?:[.,]\d{0,40})?|[.,]\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII
)
_PLAIN = re.compile(r"(?:[A-Za-z_./:-]|\d(?!\d{5})){1,80}")


def shown_name(name: str) -> str:
    """Return a name or code as a remark may show it: it can hold a name or a number of somebody."""
    return name if _PLAIN.fullmatch(name) else "…"


class RowRefused(Exception):
    """One record of a payload cannot be made; the others can.

    Attributes:
        code: Reason, with a text in ``base/messages.toml``.
        params: Facts that the text shows; never personal data.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def many(tree: Tree, path: str = "") -> list[Tree]:
    """Return every value at a path, through lists, in order; no nulls."""
    found: list[Tree] = [tree]
    for name in path.split(".") if path else ():
        if len(found) == 1 and isinstance(found[0], dict):
            found = [found[0].get(name)]
        else:
            found = [one.get(name) for one in _flat(found) if isinstance(one, dict)]
    return [one for one in _flat(found) if one is not None]


def _flat(nodes: list[Tree]) -> Iterator[Tree]:
    for node in nodes:
        if isinstance(node, list):
            yield from _flat(node)
        else:
            yield node


def first(tree: Tree, path: str) -> Tree:
    """Return the first value at a path, or None."""
    node = tree
    for name in path.split(".") if path else ():
        if not isinstance(node, dict):
            break
        node = node.get(name)
    else:
        if not isinstance(node, list):
            return node
    return None if node is None else next(iter(many(tree, path)), None)


def text(tree: Tree, path: str = "", limit: int = MAX_TEXT) -> str | None:
    """Return the first text at a path, trimmed and without control characters; None if blank."""
    value = first(tree, path)
    if value is None:
        return None
    if isinstance(value, str) and value.isprintable() and (plain := value.strip()[:limit].strip()):
        return plain  # holds nothing to be replaced
    for value in many(tree, path):
        own = value.get(TEXT) if isinstance(value, dict) else value
        if isinstance(own, bool):
            return "true" if own else "false"
        if isinstance(own, str | int | float):
            shown = _CONTROL.sub(" ", str(own).encode("utf-8", "replace").decode("utf-8"))
            if shown := shown.strip()[:limit].strip():
                return shown
    return None


def need_text(tree: Tree, path: str, limit: int = MAX_TEXT) -> str:
    """Return the first text at a path.

    Raises:
        RowRefused: ``missing_required``.
    """
    found = text(tree, path, limit)
    if found is None:
        raise RowRefused("missing_required", column=path)
    return found


def number(tree: Tree, path: str) -> float | None:
    """Return the first number at a path (a decimal comma is taken), or None where there is none.

    Raises:
        RowRefused: ``bad_number`` when what stands there is none, or not finite.
    """
    shown = text(tree, path, 200)
    if shown is None:
        return None
    if _NUMBER.fullmatch(shown) is None:
        raise RowRefused("bad_number", value=shown[:40], column=path)
    value = float(shown.replace(",", "."))
    if not math.isfinite(value):
        raise RowRefused("bad_number", value=shown[:40], column=path)
    return value


def instant(tree: Tree, path: str, timezone: str, *, zoned: bool = False) -> int | None:
    """Return the first ISO 8601 instant at a path as epoch µs, or None where there is none.

    Args:
        tree: Where to look.
        path: The path.
        timezone: Zone of a time that names none.
        zoned: The format demands an offset: a time without one is refused.

    Raises:
        RowRefused: ``bad_time`` when it cannot be read, ``naive_time`` when it lacks its offset.
    """
    shown = text(tree, path, 80)
    if shown is None:
        return None
    us, naive = _instant(shown, timezone)
    if us is None:
        raise RowRefused("bad_time", value=shown[:40], column=path)
    if naive and zoned:
        raise RowRefused("naive_time", value=shown[:40], column=path)
    return us


def need_instant(tree: Tree, path: str, timezone: str, *, zoned: bool = False) -> int:
    """Return the first instant at a path as epoch µs.

    Raises:
        RowRefused: As ``instant``, and ``missing_required``.
    """
    us = instant(tree, path, timezone, zoned=zoned)
    if us is None:
        raise RowRefused("missing_required", column=path)
    return us


@lru_cache(maxsize=4_096)
def _instant(shown: str, timezone: str) -> tuple[int | None, bool]:
    """Return epoch µs, or None, and whether the text names no zone."""
    try:
        at = datetime.fromisoformat(shown) if "T" in shown and "T24" not in shown else None
    except ValueError:
        at = None
    if at is not None and at.tzinfo is not None:
        try:
            return to_us(at), False
        except OverflowError:
            return None, False
    resolved = parse_iso8601(pa.array([shown], pa.string()), timezone)
    us = resolved.at_us[0].as_py()
    zoned = re.search(r"(?:Z|[+-]\d\d:?\d\d)$", shown[10:]) is not None
    return us, not zoned
