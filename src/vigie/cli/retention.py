"""``vigie retention``: what is forgotten when, the run that does it, legal holds."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

if TYPE_CHECKING:
    from vigie.situation.caller import Caller

retention = typer.Typer(help="What is forgotten when; the run; legal holds.", no_args_is_help=True)


def operator() -> Caller:
    """Return who runs the command, in the role that watches over what is kept."""
    from vigie.situation.caller import Caller

    return Caller(f"os:{getpass.getuser()}", "dpo")


@retention.command("run")
def run(
    home: HomeOption = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete everything that is past its term and not held, and prove it."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        found = opened.retention.look() if dry_run else opened.retention.run(by=operator())
    if as_json:
        say_json({"erased": found.erased, "total": found.total, "dry_run": dry_run})
        return
    for name, n in found.erased.items():
        say(f"{name}: {n}")
    say(f"total: {found.total}")


@retention.command("register")
def list_destructions(
    home: HomeOption = DEFAULT_HOME,
    limit: Annotated[int, typer.Option(min=1, help="Most lines listed.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List what was destroyed, newest first: rule, window, how many, digest of their ids."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        rows = opened.retention.proofs(limit)
    show_rows(rows, ("begun_at", "rule", "n", "first_at", "last_at", "digest"), as_json=as_json)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(retention, name="retention")
