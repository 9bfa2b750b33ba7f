"""``vigie upgrade``: bring an older home up to date, with a copy first; and the way back."""

from __future__ import annotations

import dataclasses
import getpass
from pathlib import Path
from typing import Annotated

import typer

from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_FAILED,
    HomeOption,
    JsonOption,
    say,
    say_json,
    show_rows,
)


def upgrade(
    home: HomeOption = DEFAULT_HOME,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is older; exit code 1 when something is.")
    ] = False,
    back: Annotated[bool, typer.Option("--back", help="Go back to the copy taken before.")] = False,
    copies: Annotated[
        Path | None, typer.Option(help="Folder of copies; by default one beside the home.")
    ] = None,
    lose: Annotated[
        bool, typer.Option("--lose", help="Go back though what came since is lost.")
    ] = False,
    desk_copied: Annotated[
        bool, typer.Option("--desk-copied", help="The PostgreSQL desk was dumped before.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy an older home, then bring it up to date; nobody may serve it meanwhile."""
    from vigie.base.settings import load_settings
    from vigie.jobs import upgrading
    from vigie.situation.house_time import clock_of

    who = f"os:{getpass.getuser()}"
    if check and back:
        raise WrongUsage(reason="--check, --back", field="check")
    if check:
        found = upgrading.check(home)
        rows = [dataclasses.asdict(one) for one in found]
        show_rows(rows, ("store", "found", "known", "age"), as_json=as_json)
        raise typer.Exit(EXIT_FAILED if found else EXIT_DONE)
    clock = clock_of(home, load_settings(home))
    if back:
        went = upgrading.go_back(home, clock, who=who, copies=copies, lose=lose)
        _tell({"copy": went.copy.name, "lost": went.lost}, as_json=as_json)
        return
    done = upgrading.bring_up(home, clock, who=who, copies=copies, desk_copied=desk_copied)
    told: dict[str, object] = {
        "copy": done.copy.name if done.copy else "",
        "older": [str(one) for one in done.older],
    }
    _tell(told, as_json=as_json)


def _tell(answer: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        say_json(answer)
        return
    for name, value in answer.items():
        say(f"{name}: {value}")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("upgrade")(upgrade)
