"""``vigie duty``: who is on duty by role and hour, turns entered and withdrawn."""

from __future__ import annotations

from typing import Annotated, Any

import typer

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

app = typer.Typer(help="Who is on duty, by role and hour.", no_args_is_help=True)

AT = "Instant with its offset, or local time of the city: 2026-03-01T19:00."


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="duty")


@app.command("show")
def show(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show who is on duty now, the turns to come, and the hours when nobody is."""
    from vigie.situation.duty import read_duty
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        found = read_duty(opened, local_caller(opened, role=role, purpose=purpose))
    if as_json:
        say_json(found)
        return
    fr = language() == "fr"
    if found["now"]:
        show_rows(found["now"], ("role", "post", "until"), as_json=False)
    else:
        again = (found["next_at"] or "-")[:16]
        typer.echo(
            f"Personne n'est de garde ; prochaine garde : {again}"
            if fr
            else f"Nobody is on duty; next: {again}"
        )
    if found["turns"]:
        typer.echo("\nTours" if fr else "\nTurns")
        show_rows([_row(one) for one in found["turns"]], _COLUMNS, as_json=False)
    if found["gaps"]:
        typer.echo("\nSans personne de garde, sept jours" if fr else "\nNobody on duty, seven days")
        show_rows(found["gaps"], ("from", "to"), as_json=False)


_COLUMNS = ("turn_id", "role", "state", "from", "to", "post", "by")


def _row(one: dict[str, Any]) -> dict[str, Any]:
    states = {"fr": ("sans titulaire", "tenu"), "en": ("vacant", "held")}[language()]
    return {**one, "state": states[one["held"]]}


@app.command("enter")
def enter(
    holds: Annotated[str, typer.Argument(help="Role that the turn is of.")],
    begins: Annotated[str, typer.Option("--from", help=AT)],
    ends: Annotated[str, typer.Option("--to", help=AT)],
    home: HomeOption = DEFAULT_HOME,
    post: Annotated[str, typer.Option(help="Desk or call sign; no person's name.")] = "",
    vacant: Annotated[bool, typer.Option("--vacant", help="Nobody holds it meanwhile.")] = False,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Enter a turn; it goes before the weekly hours of its role."""
    from vigie.cli.analyse import parse_instant
    from vigie.desk.duty_turns import HELD, VACANT
    from vigie.situation.duty import enter_turn
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        zone = opened.settings.city.timezone
        made = enter_turn(
            opened,
            local_caller(opened, role=role, purpose=purpose),
            holds,
            from_us=parse_instant(begins, zone),
            to_us=parse_instant(ends, zone),
            state=VACANT if vacant else HELD,
            post=post,
        )
    if as_json:
        say_json(made)
        return
    show_rows([_row(made)], _COLUMNS, as_json=False)


@app.command("withdraw")
def withdraw(
    turn: Annotated[str, typer.Argument(help="Its id, as show says it.")],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Withdraw a turn: it counts no more, and stays on record."""
    from vigie.situation.duty import withdraw_turn
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        gone = withdraw_turn(opened, local_caller(opened, role=role, purpose=purpose), turn)
    if as_json:
        say_json(gone)
        return
    show_rows([_row(gone)], _COLUMNS, as_json=False)
