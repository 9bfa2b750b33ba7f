"""``vigie shift``: the log of the shift, a note in it, reflex cards, the handover."""

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

app = typer.Typer(help="The shift: log, reflex cards, handover.", no_args_is_help=True)

HOUR_US = 3_600_000_000
HoursOption = Annotated[int, typer.Option(min=1, max=744, help="Hours back from now.")]
SituationOption = Annotated[str, typer.Option("--situation", help="alert:ID, fact:ID or LON,LAT.")]


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="shift")


@app.command("log")
def log(
    home: HomeOption = DEFAULT_HOME,
    hours: HoursOption = 12,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the log of the last hours as it stands, and the situations that are open."""
    from vigie.base.clock import now_us
    from vigie.situation.act.lines import read_log
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = read_log(opened, caller, from_us=now_us(opened.clock) - hours * HOUR_US)
    if as_json:
        say_json(found)
        return
    rows = [_row(one) for one in found["items"]]
    show_rows(rows, ("number", "at", "kind", "role", "by", "situation", "text"), as_json=False)
    if found["open"]:
        typer.echo({"fr": "\nSituations ouvertes", "en": "\nOpen situations"}[language()])
        show_rows(found["open"], ("situation", "since", "lines"), as_json=False)


def _row(one: dict[str, Any]) -> dict[str, Any]:
    text = one["text"]
    if one["struck"]:
        text = {"fr": f"(annulée) {text}", "en": f"(struck) {text}"}[language()]
    return {**one, "at": one["at"][:16], "text": text}


@app.command("note")
def note(
    text: Annotated[str, typer.Argument(help="What is to be kept; no person's name.")],
    home: HomeOption = DEFAULT_HOME,
    situation: SituationOption = "",
    corrects: Annotated[int, typer.Option(min=0, help="Line that it corrects.")] = 0,
    strikes: Annotated[bool, typer.Option("--strikes", help="That line does not stand.")] = False,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a note in the log, or a correction of an earlier line."""
    from vigie.situation.act.lines import write_line
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        made = write_line(
            opened,
            local_caller(opened, role=role, purpose=purpose),
            "correction" if corrects else "note",
            text=text,
            situation="" if corrects else situation,
            corrects=corrects or None,
            strikes=strikes,
        )
    if as_json:
        say_json(made)
        return
    typer.echo(f"{made['number']} {made['at']} {made['text']}")


@app.command("cards")
def cards(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the reflex cards, and the files that cannot be used."""
    from vigie.situation.act.sheet import list_cards
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        found = list_cards(opened, local_caller(opened, role=role, purpose=purpose))
    if as_json:
        say_json(found)
        return
    told = language()
    rows = [
        {
            "card": one["card"],
            "title": one["title"][told],
            "steps": len(one["steps"]),
            "for": ", ".join([*one["kinds"], *one["rules"]]),
        }
        for one in found["items"]
    ]
    show_rows(rows, ("card", "title", "steps", "for"), as_json=False)
    for fault in found["faults"]:
        typer.echo(fault[told], err=True)


@app.command("handover")
def handover(
    home: HomeOption = DEFAULT_HOME,
    hours: Annotated[
        int, typer.Option(min=0, max=744, help="Hours back; 0: from the last handover.")
    ] = 0,
    signed: Annotated[str, typer.Option("--signed", help="Show a signed one by its id.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="List those signed.")] = False,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draft the handover note, or show what was signed; only an account signs, in the console."""
    from vigie.base.clock import now_us
    from vigie.situation.act.handover import draft_handover, list_handovers, read_handover
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found: dict[str, Any]
        if listed:
            found = {"items": list_handovers(opened, caller)}
        elif signed:
            found = read_handover(opened, caller, signed)
        else:
            start = now_us(opened.clock) - hours * HOUR_US if hours else None
            found = draft_handover(opened, caller, language=language(), from_us=start)
    if as_json:
        say_json(found)
        return
    if listed:
        columns = ("handover_id", "version", "from", "to", "by", "sha256")
        show_rows(found["items"], columns, as_json=False)
        return
    typer.echo(found["items"][0]["text"] if signed else found["text"])
