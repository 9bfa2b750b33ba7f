"""``vigie event effect``, ``similar`` and ``rates``: what events bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from vigie.cli.event import EventArgument, event_app
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


def _span(estimate: Mapping[str, float] | None) -> str:
    """Return a number with its 80 % interval."""
    if estimate is None:
        return "-"
    return f"{estimate['mean']:.1f} ({estimate['low80']:.1f} … {estimate['high80']:.1f})"


def _line(what: str, told: Mapping[str, Any]) -> dict[str, str]:
    observed = "withheld" if told["withheld"] else told["observed"]
    return {
        "what": what,
        "observed": "-" if observed is None else str(observed),
        "without": _span(told["without"]),
        "effect": _span(told["effect"]),
        "excess": _span(told["excess"]),
    }


COLUMNS = ("what", "observed", "without", "effect", "excess")


def _why_not(answer: Mapping[str, Any]) -> bool:
    """Say why nothing can be told, if so."""
    if answer["why_not"] is None:
        return False
    say(str(answer["why_not"][language()]))
    return True


@event_app.command("effect")
def effect(
    plan_id: EventArgument,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what an event is expected to bring and, once it has been, what it brought."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.effects import read_effect

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        answer = read_effect(opened, caller, plan_id)
    if as_json:
        say_json(answer)
        return
    if _why_not(answer):
        return
    figures = answer["figures"]
    rows = [_line("all", figures["whole"])]
    rows += [_line(f"{r['from_m']:.0f}-{r['to_m']:.0f} m", r) for r in figures["by_ring"]]
    rows += [_line(r["kind"] or "others", r) for r in figures["by_kind"]]
    show_rows(rows, COLUMNS, as_json=False)


@event_app.command("similar")
def similar(
    plan_id: EventArgument,
    k: Annotated[int, typer.Option("-k", min=1, max=30, help="How many.")] = 10,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the past events most like one and what happened around them."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.effects import read_similar

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        answer = read_similar(opened, caller, plan_id, k)
    if as_json:
        say_json(answer)
        return
    if _why_not(answer):
        return
    rows = [
        {
            "distance": f"{one['distance']:.3f}",
            "starts_at": one["starts_at"],
            **_line(one["title"] or one["kind"], one["whole"]),
        }
        for one in answer["items"]
    ]
    show_rows(rows, ("distance", "starts_at", *COLUMNS), as_json=False)


@event_app.command("rates")
def rates(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what each kind of event brings per 10,000 people, and how well it was foreseen."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.effects import read_effects

    with open_home(home) as opened:
        answer = read_effects(opened, local_caller(opened, role=role, purpose=purpose))
    if as_json:
        say_json(answer)
        return
    rows = [
        {
            "kind": one["kind"] or "all",
            "events": one["events"],
            "per_10k": _span(one["per_10k"]),
            "inside80": f"{one['inside80']:.0%}",
            "error": f"{one['error']:.1f}",
            "raw_error": f"{one['raw_error']:.1f}",
        }
        for one in answer["items"]
    ]
    names = ("kind", "events", "per_10k", "inside80", "error", "raw_error")
    show_rows(rows, names, as_json=False)


def register(_app: typer.Typer) -> None:
    """Add nothing: the verbs stand in the group of ``vigie event``."""
