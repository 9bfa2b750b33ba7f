"""A page written from figures: every number in it is looked up, none is typed.

A template is Markdown with ``{{path|format}}`` for a figure (``themes.theft.trend.base|,``) and
``{{table NAME}}`` for one of the tables among the figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

TOKEN = re.compile(r"\{\{(?P<table>table )?(?P<path>[^|}]+)(?:\|(?P<form>[^}]*))?\}\}")
DIGITS = 5
PERCENT = "%"


def rounded(value: Any) -> Any:
    """Return figures as they are written: floats to five significant digits."""
    if isinstance(value, Mapping):
        return {str(name): rounded(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def span(found: Mapping[str, Any], form: str = ".1f", value: str = "value") -> str:
    """Return a value with its interval."""
    low, high = (format(found[name], form) for name in ("low", "high"))
    return f"{format(found[value], form)} ({low} to {high})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return a table of words as figures keep it."""
    return {"head": list(head), "rows": [list(row) for row in rows]}


def find(figures: Mapping[str, Any], path: str) -> Any:
    """Return the figure at a dotted path; numbers are positions.

    Raises:
        KeyError: When nothing stands there.
        IndexError: When a position is beyond the end.
    """
    found: Any = figures
    for part in path.strip().split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def _shown(value: Any, form: str) -> str:
    if value is None:
        return "-"
    if form == PERCENT:
        return f"{100 * value:.0f} %"
    return format(value, form)


def render(template: str, figures: Mapping[str, Any]) -> str:
    """Return the page.

    Raises:
        KeyError: When a figure of the template is not there.
    """

    def replace(match: re.Match[str]) -> str:
        if match["table"]:
            kept = figures["tables"][match["path"].strip()]
            lines = [kept["head"], ["---"] * len(kept["head"]), *kept["rows"]]
            return "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return _shown(find(figures, match["path"]), match["form"] or "")

    return TOKEN.sub(replace, template)
