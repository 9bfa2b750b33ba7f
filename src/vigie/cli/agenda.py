"""``vigie agenda``: what is planned, how dangerous, and what clashes, day by day."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.clock import to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    show_rows,
)

if TYPE_CHECKING:
    from vigie.foresight.agenda import AgendaDay

SHOWN = 4
COLOURS = {
    "green": {"fr": "vert", "en": "green"},
    "orange": {"fr": "orange", "en": "orange"},
    "red": {"fr": "rouge", "en": "red"},
}


def agenda(
    home: HomeOption = DEFAULT_HOME,
    first: Annotated[str, typer.Option("--from", help="First local day; default: today.")] = "",
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days.")] = 30,
    ics: Annotated[str, typer.Option(help="Write an iCalendar to this file; - for output.")] = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the agenda: danger note, colour, plans, attendance and clashes of each day."""
    from vigie.model.times import day_bounds
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.plans import agenda_calendar
    from vigie.situation.tomorrow.agenda import agenda_days

    start = parse_day(first) if first else None
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        if ics:
            zone = opened.settings.city.timezone
            from_us = None if start is None else day_bounds(start, zone)[0]
            content = agenda_calendar(opened, caller, from_us, days, language=language())
            _write(ics, content)
            return
        found = agenda_days(opened, caller, start, days)[1]
    rows = [as_row(day) for day in found] if not as_json else [as_record(day) for day in found]
    columns = ("day", "note", "colour", "plans", "attendance", "clashes", "titles")
    show_rows(rows, columns, as_json=as_json)


def _write(path: str, content: bytes) -> None:
    if path == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise WrongUsage(reason=f"{path}: {error.strerror}", field="ics") from error


def parse_day(text: str) -> date:
    """Return an ISO date; raises ``WrongUsage``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUsage(reason=f"{text}: AAAA-MM-JJ") from error


def as_row(day: AgendaDay) -> dict[str, Any]:
    """Return a day for a terminal."""
    low, likely, high = (round(value) for value in day.attendance)
    live = [plan for plan in day.plans if plan.state != "cancelled"]
    return {
        "day": day.day.isoformat(),
        "note": _note_text(day),
        "colour": COLOURS[day.colour][language()],
        "plans": len(live),
        "attendance": f"{low}-{likely}-{high}" if likely else "",
        "clashes": len(day.clashes) or "",
        "titles": " · ".join([plan.title for plan in live[:SHOWN]] + ["…"] * (len(live) > SHOWN)),
    }


def _note_text(day: AgendaDay) -> str:
    danger = day.danger
    if danger.low == danger.high:
        return str(danger.note)
    return f"{danger.note} ({danger.low}-{danger.high})"


def as_record(day: AgendaDay) -> dict[str, Any]:
    """Return a day for a program."""
    from vigie.situation.tomorrow.agenda import cover_json, danger_json

    tongue = language()
    low, likely, high = day.attendance
    return {
        "day": day.day.isoformat(),
        "plans": [
            {
                "plan_id": plan.plan_id,
                "title": plan.title,
                "kind": plan.kind,
                "state": plan.state,
                "starts_at": to_rfc3339(plan.starts_us),
                "ends_at": to_rfc3339(plan.ends_us),
            }
            for plan in day.plans
        ],
        "attendance": {"low": low, "likely": likely, "high": high},
        "unknown_attendance": day.unknown_attendance,
        "colour": day.colour,
        "danger": danger_json(day.danger),
        "cover": cover_json(day.cover),
        "clashes": [
            {
                "rule": clash.rule,
                "severity": clash.finding.severity,
                "plans": list(clash.finding.subjects),
                "explanation": clash.finding.explanation[tongue],
            }
            for clash in day.clashes
        ],
    }


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("agenda")(agenda)
