"""``vigie fact``: one fact with everything known of where it came from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    say_json,
    show_rows,
)

app = typer.Typer(help="Facts and where they came from.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="fact")


@app.callback()
def group() -> None:
    """Facts and where they came from."""


@app.command("show")
def show(
    fact_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the fact.")],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a fact, its zones, and its source: batch, file with its SHA-256, row, revision."""
    from vigie.situation.facts import get_fact
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        found = get_fact(opened, local_caller(opened, role=role, purpose=purpose), fact_id)
    told: dict[str, Any] = {
        **found.fact,
        **found.local,
        "attributes": found.attributes,
        "zones": {one.zoning: one.zone_id for one in found.zones},
        "provenance": found.provenance,
        "withheld": list(found.withheld),
    }
    if as_json:
        say_json(told)
        return
    flat = {**told, **found.provenance}
    del flat["provenance"]
    rows = [{"what": name, "value": value} for name, value in flat.items() if value is not None]
    show_rows(rows, ("what", "value"), as_json=False)
