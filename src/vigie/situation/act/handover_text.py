"""A handover record as text, in one language: every item of the record is a line of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

SECTIONS = ("alerts", "situations", "dispatches", "sources", "plans", "lines")


@cache
def _words() -> Mapping[str, Any]:
    text = files("vigie.situation.act").joinpath("texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _say(code: str, language: str, **params: Any) -> str:
    return str(_words()[code][language]).format(**params)


def _role(code: str, language: str) -> str:
    return str(_words()["roles"].get(code, {}).get(language, code))


class _Times:
    def __init__(self, timezone: str, language: str) -> None:
        self._zone, self._french = ZoneInfo(timezone), language == "fr"

    def __call__(self, instant: str) -> str:
        at = datetime.fromisoformat(instant).astimezone(self._zone)
        return at.strftime("%d/%m %H:%M" if self._french else "%d %b %H:%M")


def write_text(record: Mapping[str, Any], language: str, timezone: str) -> str:
    """Return the text of a handover record.

    Args:
        record: Every section of ``SECTIONS`` as ``handover.gather`` makes it.
        language: fr or en.
        timezone: Of the city.
    """
    at = _Times(timezone, language)
    parts = [_say("title", language, **{"from": at(record["from"]), "to": at(record["to"])})]
    for name in SECTIONS:
        rows = record[name]
        head = _say(name, language, n=len(rows), hours=record["plans_h"])
        body = [f"- {_row(name, row, language, at)}" for row in rows]
        if name in record["more"]:
            body.append(_say("more", language))
        parts.append("\n".join([head, *(body or [_say("none", language)])]))
    if record["left_out"]:
        parts.append(_say("left_out", language, what=", ".join(record["left_out"])))
    return "\n\n".join(parts) + "\n"


def _row(name: str, row: Mapping[str, Any], language: str, at: _Times) -> str:
    what = _one_line(row, language)
    when = at(row["at"]) if row.get("at") else ""
    if name == "alerts":
        return _say("alert", language, at=when, severity=row["severity"], what=what)
    if name == "situations":
        told = {"n": row["lines"], "undone": row["undone"]}
        return _say("situation", language, at=when, what=what, **told)
    if name == "dispatches":
        code = "dispatch_off" if row["called_off"] else "dispatch"
        role = _role(row["role"], language)
        return _say(code, language, at=when, what=what, situation=_about(row, language), role=role)
    if name == "sources":
        return _say("source", language, what=what)
    if name == "plans":
        return _say("plan", language, at=when, what=what)
    if row["kind"] in ("opened", "closed"):
        what = " · ".join(
            filter(None, (f"{_say(row['kind'], language)} {_about(row, language)}", what))
        )
    if row["struck"]:
        what = _say("struck", language, what=what)
    role = _role(row["role"], language)
    return _say("line", language, number=row["number"], at=when, role=role, what=what)


def _about(row: Mapping[str, Any], language: str) -> str:
    """Return what a row's situation is called; its key where it has no name."""
    name = row.get("about")
    return str(name[language] if name else row["situation"])


def _one_line(row: Mapping[str, Any], language: str) -> str:
    what = row["what"]
    text = str(what[language] if isinstance(what, Mapping) else what)
    return " ".join(text.split())
