"""``vigie clashes``: what does not go together, and what was decided about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vigie.base.clock import now_us
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say_json,
    show_rows,
)

DAY_US = 86_400_000_000
app = typer.Typer(help="Clashes among what is planned.", no_args_is_help=True)

ClashArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the clash.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; no person's name.")]


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="clashes")


@app.command("list")
def list_(
    home: HomeOption = DEFAULT_HOME,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days ahead.")] = 30,
    state: Annotated[str, typer.Option(help="open, accepted, solved; empty: all.")] = "",
    severity: Annotated[int, typer.Option(min=1, max=5, help="Least severity.")] = 1,
    rule: Annotated[str, typer.Option(help="One rule; empty: all.")] = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the clashes of the coming days, the gravest first."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.clashes import ClashFilters, list_clashes

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        at = now_us(opened.clock)
        asked = ClashFilters(at, at + days * DAY_US, state, severity, rule)
        found = list_clashes(opened, caller, asked)
    if as_json:
        say_json(found)
        return
    rows = [_row(one) for one in found["items"]]
    show_rows(rows, ("clash_id", "severity", "from", "state", "what"), as_json=False)


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "clash_id": one["clash_id"],
        "severity": one["severity"],
        "from": one["from"][:16],
        "state": one["state"],
        "what": one["explanation"][language()],
    }


@app.command("accept")
def accept(
    clash_id: ClashArgument,
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Accept a clash for a reason: it is known and nothing more is to be done."""
    with_state = ("accepted", reason, "")
    _decide(home, clash_id, with_state, role=role, purpose=purpose, as_json=as_json)


@app.command("solve")
def solve(
    clash_id: ClashArgument,
    measure: Annotated[str, typer.Option("--measure", help="What solves it.")],
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Call a clash solved by a measure."""
    with_state = ("solved", reason, measure)
    _decide(home, clash_id, with_state, role=role, purpose=purpose, as_json=as_json)


@app.command("reopen")
def reopen(
    clash_id: ClashArgument,
    reason: ReasonOption = "",
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Open a clash again."""
    with_state = ("open", reason, "")
    _decide(home, clash_id, with_state, role=role, purpose=purpose, as_json=as_json)


def _decide(
    home: Any, clash_id: str, said: tuple[str, str, str], *, role: str, purpose: str, as_json: bool
) -> None:
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.clashes import decide_clash, read_clash

    state, reason, measure = said
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        after = len(read_clash(opened, caller, clash_id)["history"])
        found = decide_clash(
            opened, caller, clash_id, state, reason=reason, measure=measure, after=after
        )
    if as_json:
        say_json(found)
        return
    rows = [{**one, "at": one["at"][:16]} for one in found["history"]]
    show_rows(rows, ("number", "state", "at", "by", "reason", "measure"), as_json=False)
