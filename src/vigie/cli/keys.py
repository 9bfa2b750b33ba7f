"""``vigie keys``: what keys there are and were, and where; never a key."""

from __future__ import annotations

import dataclasses

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, show_rows

DAY_US = 86_400_000_000
keys = typer.Typer(help="The keeper of keys.", no_args_is_help=True)


@keys.command("status")
def status(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Say how many keys each part of the store has, of which days, and how many are destroyed."""
    from vigie.base.clock import SystemClock, from_us
    from vigie.base.errors import HomeInvalid
    from vigie.base.settings import load_settings
    from vigie.situation.home import is_home, open_keys

    if not is_home(home):
        raise HomeInvalid(home=str(home), reason="no home")

    def date(day: int | None) -> str | None:
        return None if day is None else from_us(day * DAY_US).date().isoformat()

    with open_keys(home, load_settings(home), SystemClock()) as keeper:
        rows = [
            dataclasses.asdict(each)
            | {"first_day": date(each.first_day), "last_day": date(each.last_day)}
            for each in keeper.status()
        ]
        show_rows(rows, ("domain", "keys", "first_day", "last_day", "destroyed"), as_json=as_json)
        if not as_json:
            say(f"folder: {keeper.folder}")
            say(f"ledger: {keeper.folder / 'destroyed.jsonl'}")
            if keeper.ledger is not None:
                say(f"second ledger: {keeper.ledger}")
            elif keeper.folder.resolve().is_relative_to(home.resolve()):
                say("the keys lie in the home: leave that folder out of its backups")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(keys, name="keys")
