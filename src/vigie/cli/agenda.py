"""``vigie agenda``: what is planned and what clashes, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.clock import now_us, to_rfc3339
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


def agenda(
    home: HomeOption = DEFAULT_HOME,
    first: Annotated[str, typer.Option("--from", help="First local day; default: today.")] = "",
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days.")] = 30,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the agenda: plans, attendance expected and clashes of each day."""
    from vigie.foresight.agenda import agenda as agenda_of
    from vigie.model.times import at_local
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.plans import holds_plan

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        view = opened.rights.ask(caller, "plans", subject={"days": days})
        at = now_us(opened.clock)
        timezone = opened.settings.city.timezone
        start = parse_day(first) if first else at_local(at, timezone).date()
        found = agenda_of(
            opened.plans,
            opened.rules,
            first=start,
            days=days,
            timezone=timezone,
            now_us=at,
            seen=holds_plan(view),
            known=opened.clashes.open_between,
        )
    rows = [as_row(day) for day in found] if not as_json else [as_record(day) for day in found]
    show_rows(rows, ("day", "plans", "attendance", "clashes", "titles"), as_json=as_json)


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
        "plans": len(live),
        "attendance": f"{low}-{likely}-{high}" if likely else "",
        "clashes": len(day.clashes) or "",
        "titles": " · ".join([plan.title for plan in live[:SHOWN]] + ["…"] * (len(live) > SHOWN)),
    }


def as_record(day: AgendaDay) -> dict[str, Any]:
    """Return a day for a program."""
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
