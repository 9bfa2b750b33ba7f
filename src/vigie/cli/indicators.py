"""``vigie indicators``: what is followed, against what was expected."""

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

app = typer.Typer(help="Indicators: counts against what was expected.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="indicators")


@app.command("list")
def list_(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the indicators with count, expected count and trend, the most critical first."""
    from vigie.situation.home import open_home
    from vigie.situation.indicators import list_indicators
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = list_indicators(opened, caller)
    if as_json:
        say_json(found)
        return
    columns = ("indicator_id", "title", "n", "expected", "state", "trend", "base")
    show_rows([_row(one) for one in found["items"]], columns, as_json=False)


def _row(one: dict[str, Any]) -> dict[str, Any]:
    row = {"indicator_id": one["indicator_id"], "title": one["title"]}
    figures = one["figures"]
    if figures is None:
        return row | dict.fromkeys(("n", "expected", "state", "trend", "base"), "-")
    usual = "-"
    if figures["expected"] is not None:
        usual = f"{figures['expected']:.1f} [{figures['low']:.0f}-{figures['high']:.0f}]"
    return row | {
        "n": "-" if figures["n"] is None else figures["n"],
        "expected": usual,
        "state": figures["state"],
        "trend": figures["trend"]["direction"],
        "base": figures["base"],
    }


@app.command("add")
def add(
    title: Annotated[str, typer.Argument(help="Its name; no person's name.")],
    home: HomeOption = DEFAULT_HOME,
    kind: Annotated[str, typer.Option(help="Taxonomy code; empty: all facts.")] = "",
    zone: Annotated[str, typer.Option(help="ZONING:ID; empty: the city.")] = "",
    hours: Annotated[int, typer.Option(min=1, max=168, help="The last so many hours.")] = 24,
    slot: Annotated[str, typer.Option(help="FROM-TO in local hours, in place of --hours.")] = "",
    threshold: Annotated[
        float | None, typer.Option(min=0, help="Count above which it matters; none: 1 %.")
    ] = None,
    criticality: Annotated[
        int, typer.Option(min=1, max=5, help="How grave it is beyond the threshold.")
    ] = 3,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Keep a new indicator."""
    from vigie.base.errors import WrongUsage
    from vigie.desk.indicators import Asked
    from vigie.situation.home import open_home
    from vigie.situation.indicators import set_indicator
    from vigie.situation.local import local_caller

    from_h, to_h = 0, 0
    if slot:
        first, _, last = slot.partition("-")
        if not (first.isdigit() and last.isdigit()):
            raise WrongUsage(reason=f"slot {slot[:20]}", field="slot")
        hours, from_h, to_h = 0, int(first), int(last)
    asked = Asked(title, kind, zone, hours, from_h, to_h, threshold, criticality)
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = set_indicator(opened, caller, asked)
    _say(found, as_json=as_json)


@app.command("end")
def end(
    indicator_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the indicator.")],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """End an indicator; its versions stay."""
    from vigie.situation.home import open_home
    from vigie.situation.indicators import end_indicator
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        after = opened.desk.indicators.get(indicator_id).number
        found = end_indicator(opened, caller, indicator_id, after=after)
    _say(found, as_json=as_json)


def _say(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    show_rows([found], ("indicator_id", "number", "title", "kind", "zone"), as_json=False)
