"""``vigie event``: the group of verbs about one event; another module adds its own verb to it.

A verb of the group in a file of its own: ``@event_app.command("NAME")`` on the function, and an
empty ``register``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

event_app = typer.Typer(help="One event: its file and what is said about it.", no_args_is_help=True)

EventArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the plan.")]


@event_app.command("show")
def show(
    plan_id: EventArgument,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the file of an event: what is in it and what is to be looked at again."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.event_files import read_file

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = read_file(opened, caller, plan_id)
    if as_json:
        say_json(found)
        return
    told = ("title", "kind", "starts_at", "ends_at", "version", "state", "who", "at")
    rows = [{"what": name, "value": found[name]} for name in told]
    rows += [
        {"what": name, "value": len(items)}
        for name, items in found["content"].items()
        if isinstance(items, list) and items
    ]
    rows += [{"what": one["weight"], "value": one["text"][language()]} for one in found["remarks"]]
    show_rows(rows, ("what", "value"), as_json=False)


@event_app.command("report")
def report(
    plan_id: EventArgument,
    out: Annotated[Path, typer.Option("--out", help="PDF file to write.")],
    sheet: Annotated[str, typer.Option("--size", help="Paper of the map: A4 or A3.")] = "A4",
    tongue: Annotated[str, typer.Option("--lang", help="fr or en; empty: the terminal's.")] = "",
    recipient: Annotated[
        str, typer.Option("--recipient", help="Service that gets it; told in the audit.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write the file of an event with its map as PDF."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.event_paper import report_pdf

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        pdf, _ = report_pdf(
            opened,
            caller,
            plan_id,
            language=tongue or language(),
            sheet=sheet,
            recipient=recipient,
        )
    out.write_bytes(pdf)
    if as_json:
        say_json({"file": str(out), "bytes": len(pdf)})
    else:
        say(str(out))


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(event_app, name="event")
