"""``vigie allocate`` and ``vigie event posts``: where posts would stand, and who works when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.errors import WrongUsage
from vigie.cli.event import EventArgument, event_app
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say,
    say_json,
    show_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.situation.tomorrow.allocation_case import Asked

PostsOption = Annotated[int, typer.Option(min=0, max=40, help="Posts to site; 0: as planned.")]
PerPostOption = Annotated[int, typer.Option(min=1, max=20, help="People at each post.")]
ReachOption = Annotated[float, typer.Option(help="Response time wanted, seconds.")]
SpeedOption = Annotated[float, typer.Option(help="Speed on the way, km/h; 4.5 on foot.")]
AvailableOption = Annotated[
    int, typer.Option(min=-1, help="People available; -1: as many as needed.")
]
FloorOption = Annotated[
    float, typer.Option(min=0, max=1, help="Least share of each district's need in reach.")
]


@event_app.command("posts")
def posts(
    plan_id: EventArgument,
    home: HomeOption = DEFAULT_HOME,
    count: Annotated[int, typer.Option("--posts", min=0, max=40, help="0: as planned.")] = 0,
    per_post: PerPostOption = 2,
    reach: ReachOption = 300.0,
    speed: SpeedOption = 4.5,
    available: AvailableOption = -1,
    floor: FloorOption = 0.3,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Propose posts and shifts for an event: each post with its reason; nobody is sent."""
    from vigie.foresight.allocation.problem import Conditions
    from vigie.situation.tomorrow.allocation_case import Asked

    asked = Asked(
        posts=count or None,
        per_post=per_post,
        reach_s=reach,
        speed_kmh=speed,
        plan_id=plan_id,
        available=None if available < 0 else available,
        conditions=Conditions(floor),
    )
    _answer(home, asked, role, purpose, as_json=as_json)


def allocate(
    home: HomeOption = DEFAULT_HOME,
    day: Annotated[str, typer.Option("--day", help="Local day; default: tomorrow.")] = "",
    from_hour: Annotated[int, typer.Option("--from", min=0, max=23, help="First hour.")] = 0,
    hours: Annotated[int, typer.Option(min=1, max=48, help="How many hours.")] = 24,
    zone: Annotated[str, typer.Option(help="ZONING:ZONE; default: the whole city.")] = "",
    count: Annotated[int, typer.Option("--posts", min=1, max=40, help="Patrols to site.")] = 8,
    per_post: PerPostOption = 2,
    reach: ReachOption = 480.0,
    speed: SpeedOption = 20.0,
    available: AvailableOption = -1,
    floor: FloorOption = 0.3,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Propose posts and shifts for an ordinary day: each post with its reason; nobody is sent."""
    from vigie.foresight.allocation.problem import Conditions
    from vigie.situation.tomorrow.allocation_case import Asked

    start_us = _start(home, day, from_hour)
    name, _, zone_id = zone.partition(":")
    if zone and not zone_id:
        raise WrongUsage(reason=f"{zone}: ZONING:ZONE", field="zone")
    asked = Asked(
        posts=count,
        per_post=per_post,
        reach_s=reach,
        speed_kmh=speed,
        from_us=start_us,
        to_us=start_us + hours * 3_600_000_000,
        zone=(name, zone_id) if zone else None,
        available=None if available < 0 else available,
        conditions=Conditions(floor),
    )
    _answer(home, asked, role, purpose, as_json=as_json)


def _start(home: Path, day: str, hour: int) -> int:
    """Return the instant of a local hour; tomorrow's without a day."""
    from datetime import timedelta

    from vigie.base.clock import SystemClock, now_us
    from vigie.base.settings import load_settings
    from vigie.cli.agenda import parse_day
    from vigie.model.times import at_local, day_bounds

    timezone = load_settings(home).city.timezone
    tomorrow = at_local(now_us(SystemClock()), timezone).date() + timedelta(days=1)
    return day_bounds(parse_day(day) if day else tomorrow, timezone)[0] + hour * 3_600_000_000


def _answer(home: Path, asked: Asked, role: str, purpose: str, *, as_json: bool) -> None:
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.allocation import allocate as allocate_of

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = allocate_of(opened, caller, asked)
        timezone = opened.settings.city.timezone
    if as_json:
        say_json(found)
        return
    tongue = language()
    rows = [
        _row(proposal, post, tongue)
        for proposal in found["proposals"]
        for post in proposal["posts"]
    ]
    show_rows(rows, ("aim", "number", "near", "district", "reason"), as_json=False)
    shifts = found["shifts"]
    rows = [_shift(one, timezone) for one in shifts["shifts"]]
    show_rows(rows, ("from", "to", "people", "breaks"), as_json=False)
    unknown = [] if found["unknown"] is None else [found["unknown"]]
    for text in [*unknown, *shifts["missing"], found["limits"]]:
        say(text[tongue])


def _row(proposal: dict[str, Any], post: dict[str, Any], tongue: str) -> dict[str, Any]:
    proved = "" if proposal["status"] == "optimal" else f" (gap {proposal['gap']})"
    return {
        "aim": f"{proposal['aim']}{proved}",
        "number": post["number"],
        "near": post["near"] or f"{post['lat']}, {post['lon']}",
        "district": post["district"] or "",
        "reason": post["reason"][tongue],
    }


def _shift(shift: dict[str, Any], timezone: str) -> dict[str, Any]:
    from datetime import datetime

    from vigie.base.clock import to_us
    from vigie.model.times import at_local

    def clock(text: str) -> str:
        return at_local(to_us(datetime.fromisoformat(text)), timezone).strftime("%H:%M")

    breaks = (f"{one['people']} x {clock(one['at'])}" for one in shift["breaks"])
    return {
        "from": clock(shift["from"]),
        "to": clock(shift["to"]),
        "people": shift["people"],
        "breaks": ", ".join(breaks),
    }


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("allocate")(allocate)
