"""``vigie situation``: everything around an alert, a fact or a point."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say_json,
    show_rows,
)

MINUTE_US = 60_000_000
WORDS = {
    "fr": {
        "facts": "Faits", "incidents": "Signalements reliés", "plans": "Occupations prévues",
        "alerts": "Alertes", "cameras": "Caméras", "means": "Moyens",
        "sources": "Sources muettes", "left_out": "Non montré à ce rôle",
    },
    "en": {
        "facts": "Facts", "incidents": "Linked reports", "plans": "Plans",
        "alerts": "Alerts", "cameras": "Cameras", "means": "Means",
        "sources": "Silent sources", "left_out": "Not shown to this role",
    },
}  # fmt: skip


def register(root: typer.Typer) -> None:
    """Add the verb to the command line."""
    root.command("situation")(situation)


def situation(
    about: Annotated[str, typer.Argument(metavar="WHAT", help="alert:ID, fact:ID or LON,LAT.")],
    home: HomeOption = DEFAULT_HOME,
    at: Annotated[str, typer.Option(help="Instant, RFC 3339; by default the subject's.")] = "",
    radius: Annotated[float | None, typer.Option(help="Metres, 50 to 5000.")] = None,
    before: Annotated[int, typer.Option(min=0, help="Minutes before it.")] = 120,
    after: Annotated[int, typer.Option(min=0, help="Minutes after it.")] = 60,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show everything around an alert, a fact or a point: reports, plans, cameras, means."""
    from vigie.situation.around.asked import Wanted
    from vigie.situation.around.situation import read_situation
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    named, lon, lat = _subject(about)
    wanted = Wanted(
        about=named,
        lon=lon,
        lat=lat,
        at_us=_instant(at),
        radius_m=radius,
        before_us=before * MINUTE_US,
        after_us=after * MINUTE_US,
    )
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = read_situation(opened, caller, wanted)
    if as_json:
        say_json(found)
        return
    _show(found)


def _subject(text: str) -> tuple[str, float | None, float | None]:
    if text.startswith(("alert:", "fact:")):
        return text, None, None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise WrongUsage(reason="alert:ID, fact:ID or LON,LAT", field="about") from error
    return "", lon, lat


def _instant(text: str) -> int | None:
    from datetime import datetime

    from vigie.base.clock import require_aware, to_us

    if not text:
        return None
    try:
        return to_us(require_aware(datetime.fromisoformat(text)))
    except ValueError as error:
        raise WrongUsage(reason="RFC 3339", field="at") from error


def _show(found: dict[str, Any]) -> None:
    words = WORDS[language()]
    typer.echo(f"{found['lon']:.5f}, {found['lat']:.5f} · {found['radius_m']:g} m · {found['at']}")
    groups = {fact: n for n, one in enumerate(found["incidents"], 1) for fact in one["facts"]}
    facts = [
        {**one, "at": one["earliest_at"][:16], "group": groups.get(one["fact_id"], "")}
        for one in found["facts"]
    ]
    alerts = [{**one, "why": one["explanation"][language()]} for one in found["alerts"]]
    means = [
        {**one, "min": "–" if one["travel_s"] is None else f"{one['travel_s'] / 60:.0f}"}
        for one in found["means"]
    ]
    silent = [one for one in found["sources"] if one["stale"]]
    for name, rows, columns in (
        ("facts", facts, ("at", "kind", "source", "distance_m", "group")),
        ("incidents", found["incidents"], ("facts", "sources", "probability", "least")),
        ("plans", found["plans"], ("title", "kind", "under_way", "distance_m")),
        ("alerts", alerts, ("severity", "why")),
        ("cameras", found["cameras"], ("label", "sight", "distance_m", "owner")),
        ("means", means, ("label", "kind", "status", "min", "way_m", "stale")),
        ("sources", silent, ("source", "age_s", "period_s")),
    ):
        if rows:
            typer.echo(f"\n{words[name]}")
            show_rows(rows, columns, as_json=False)
    if found["left_out"]:
        typer.echo(f"\n{words['left_out']}: {', '.join(found['left_out'])}")
