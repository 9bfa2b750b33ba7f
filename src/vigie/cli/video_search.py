"""``vigie video search``: recordings searched by movement, within a case."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.cli import video
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

if TYPE_CHECKING:
    from vigie.situation.caller import Caller
    from vigie.situation.home import Home
    from vigie.situation.video_search import Search


def register(root: typer.Typer) -> None:
    """Add the verb to the group of ``vigie video``, which the root has."""
    del root
    video.app.command("search")(search)


def search(
    cameras: Annotated[list[str], typer.Argument(help="Numbers of cameras in the register.")],
    from_: Annotated[str, typer.Option("--from", help="Instant, as 2026-03-30T08:00:00Z.")],
    to: Annotated[str, typer.Option("--to", help="Instant before which.")],
    login: Annotated[
        str, typer.Option("--login", help="Your account; its password is asked, or VIGIE_PASSWORD.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your words.")],
    case: Annotated[str, typer.Option("--case", help="Reference of the case that holds it.")],
    service: Annotated[str, typer.Option("--service", help="Service for which you look.")],
    home: HomeOption = DEFAULT_HOME,
    zone: Annotated[
        str, typer.Option("--zone", help="Corners 'x,y x,y x,y' in shares of the picture.")
    ] = "",
    towards: Annotated[
        str, typer.Option("--towards", help="Which way 'x,y', y down; '0,-1' is up.")
    ] = "",
    least_speed: Annotated[
        float, typer.Option(min=0.0, help="Widths of the picture in a second, at least.")
    ] = 0.0,
    most_speed: Annotated[float, typer.Option(min=0.0, help="At most; 0: any.")] = 0.0,
    size: Annotated[str, typer.Option(help="any, small, medium or large on the picture.")] = "any",
    quick: Annotated[
        bool, typer.Option(help="Pass over pieces whose keyframes show nothing new.")
    ] = False,
    code: Annotated[str, typer.Option(help="Code of your device, where you have one.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Search recordings by movement: zone, direction, speed, size; never by how anybody looks."""
    from vigie.base.errors import WrongUsage
    from vigie.cli.watch import drawn_zone, instant, pair
    from vigie.situation.home import open_home
    from vigie.situation.sign_in import caller_by_password
    from vigie.situation.video_search import Search

    try:
        way = pair(towards) if towards else None
    except ValueError as error:
        raise WrongUsage(reason=f"towards {towards[:40]}: x,y", field="towards") from error
    asked = Search(
        tuple(cameras), instant(from_), instant(to), drawn_zone(zone), way,
        (least_speed, most_speed or None), size, quick,
    )  # fmt: skip
    password = os.environ.get("VIGIE_PASSWORD") or typer.prompt("Mot de passe", hide_input=True)
    with open_home(home) as opened:
        caller = caller_by_password(opened, login, password, code=code)
        caller = replace(caller, reason=reason, case=case)
        told = list(_looked(opened, caller, asked, service, loud=not as_json))
    found = [one for one in told if one["kind"] == "found"]
    if as_json:
        say_json({"items": found, "ended_by": told[-1]["why"]})
        return
    show_rows(found, ("camera_id", "from", "to", "movements", "speed"), as_json=False)


def _looked(home: Home, caller: Caller, asked: Search, service: str, *, loud: bool) -> Any:
    """Open a viewing of exactly what is searched, search it, and give what it tells."""
    from vigie.situation.video import open_viewing
    from vigie.situation.video_search import search as start

    opened = open_viewing(
        home,
        replace(caller, reason=f"{caller.reason} (recherche)"),
        asked.cameras,
        from_us=asked.from_us,
        to_us=asked.to_us,
        service=service,
    )
    with closing(start(home, caller, opened["viewing_id"], asked)) as lines:
        for one in lines:
            if loud and one["kind"] == "went" and one["done"] == one["of"]:
                say(f"{one['camera_id']} {one['done']}/{one['of']}")
            yield one
