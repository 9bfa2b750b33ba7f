"""``vigie evidence``: checking a package, offline, on any machine; no home is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.terminal import EXIT_FAILED, JsonOption, say, say_json

app = typer.Typer(help="Evidence packages.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="evidence")


@app.callback()
def group() -> None:
    """Evidence packages."""


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The package.")],
    key: Annotated[str, typer.Option(help="Public key on the custody sheet.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Check every byte of a package; 1 when anything is altered, naming the file."""
    from vigie.inquiry.verify_evidence import Altered
    from vigie.inquiry.verify_evidence import verify as check

    try:
        found = check(file, key)
    except Altered as error:
        found = {"sound": False, "file": error.name, "why": error.why}
    if as_json:
        say_json(found)
    else:
        for name, value in found.items():
            say(f"{name}: {value}")
    if not found["sound"]:
        raise typer.Exit(EXIT_FAILED)
