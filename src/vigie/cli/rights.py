"""``vigie rights``: answer a person who asks what is held of them, or that it goes."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    ReasonOption,
    say,
    say_json,
    show_rows,
)

rights = typer.Typer(help="Rights of the persons concerned, on pseudonyms.", no_args_is_help=True)

FileArgument = Annotated[
    typer.FileText,
    typer.Argument(
        help="One identifier a line, its kind first: phone, plate, nir or email; - reads the"
        " terminal. They are never arguments: a shell remembers those."
    ),
]
_COLUMNS = ("source", "regime", "epochs", "records", "held", "first_on", "last_on")


@rights.command("access")
def access(
    identifiers: FileArgument,
    home: HomeOption = DEFAULT_HOME,
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say how many sealed texts name a person; no text is told."""
    _show(_answer(home, "access", identifiers, reason), as_json=as_json)


@rights.command("erase")
def erase(
    identifiers: FileArgument,
    home: HomeOption = DEFAULT_HOME,
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Erase the texts, sealed and scrubbed, of what names a person, but for what a hold keeps."""
    _show(_answer(home, "erase", identifiers, reason), as_json=as_json)


def _answer(home: Path, act: Any, lines: typer.FileText, reason: str) -> dict[str, Any]:
    from vigie.situation.caller import Caller
    from vigie.situation.home import open_home
    from vigie.situation.rights_requests import answer_request

    cut = [line.split(maxsplit=1) for line in lines.read().splitlines() if line.strip()]
    pairs = [(one[0], one[-1] if len(one) > 1 else "") for one in cut]
    caller = Caller(f"os:{getpass.getuser()}", "dpo", reason=reason)
    with open_home(home) as opened:
        return answer_request(opened, caller, act, pairs)


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    show_rows(found["sources"], _COLUMNS, as_json=False)
    for name in ("request_id", "line", "records", "erased", "held"):
        say(f"{name}: {found[name]}")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(rights, name="rights")
