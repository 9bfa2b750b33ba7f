"""``vigie init``: make a home."""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.base.ids import new_secret
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json


def init(
    home: HomeOption = DEFAULT_HOME,
    city: Annotated[str, typer.Option(help="Name of the city.")] = "",
    timezone: Annotated[str, typer.Option(help="IANA time zone of the city.")] = "",
    bbox: Annotated[str, typer.Option(help="West,south,east,north in degrees.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Make an empty home with one administrator, whose first password must be changed."""
    from vigie.situation.home import init_home, open_home

    init_home(home, {"city": city_settings(city, timezone, bbox)})
    password = new_secret()[:20]
    with open_home(home) as opened:
        opened.desk.accounts.create("admin", name="Administrateur", role="admin", password=password)
    if as_json:
        say_json({"home": str(home), "login": "admin", "password": password})
        return
    say(f"{home}: ok. admin / {password} (à changer à la première connexion / change at sign-in)")


def city_settings(name: str, timezone: str, bbox: str) -> dict[str, object]:
    """Return the ``[city]`` table of the settings from the command line's words."""
    settings: dict[str, object] = {}
    if name:
        settings["name"] = name
    if timezone:
        settings["timezone"] = timezone
    if bbox:
        try:
            west, south, east, north = (float(part) for part in bbox.split(","))
        except ValueError as error:
            raise typer.BadParameter("W,S,E,N", param_hint="--bbox") from error
        settings["bbox"] = [west, south, east, north]
        settings["center"] = [(west + east) / 2, (south + north) / 2]
    return settings


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("init")(init)
