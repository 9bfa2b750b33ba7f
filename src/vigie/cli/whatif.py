"""``vigie event whatif``, ``vigie event reliability``: a change of a plan; how often right."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from vigie.base.errors import WrongUsage
from vigie.cli.event import EventArgument, event_app
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    say_json,
    show_rows,
)

_SHIFT = re.compile(r"([+-]?)(\d{1,5})(h|min|m)(\d{1,2})?")
MINUTES = 60


def minutes_of(text: str) -> int:
    """Return the minutes of ``2h``, ``-90min`` or ``1h30``.

    Raises:
        WrongUsage: When the text says no time.
    """
    found = _SHIFT.fullmatch(text.strip())
    if found is None:
        raise WrongUsage(reason=f"{text[:20]}: 2h, -90min, 1h30", field="shift")
    sign, number, unit, rest = found.groups()
    minutes = int(number) * (MINUTES if unit == "h" else 1) + int(rest or 0)
    return -minutes if sign == "-" else minutes


def _shown(value: dict[str, Any] | None) -> str:
    if value is None:
        return "–"
    if value["low"] == value["high"]:
        return f"{value['likely']:g}"
    mark = " !" if value["small"] else ""
    return f"{value['likely']:g} [{value['low']:g} ; {value['high']:g}]{mark}"


@event_app.command("whatif")
def whatif(
    plan_id: EventArgument,
    shift: Annotated[str, typer.Option(help="Later by: 2h, 1h30, -90min.")] = "0min",
    attendance: Annotated[float | None, typer.Option(help="Likely public.")] = None,
    agents: Annotated[int | None, typer.Option(help="Agents engaged.")] = None,
    barriers: Annotated[int | None, typer.Option(help="Barriers engaged.")] = None,
    place: Annotated[str, typer.Option(help="New middle: LON,LAT.")] = "",
    close: Annotated[list[str] | None, typer.Option(help="Street closed; repeatable.")] = None,
    weather: Annotated[str, typer.Option(help="usual, dry or rain.")] = "usual",
    exits: Annotated[float | None, typer.Option(help="Width of the exits, metres.")] = None,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a plan before and after a change, side by side; nothing is stored.

    Each figure with its 80 % interval; ! marks a small base.
    """
    from vigie.foresight.whatif.scenario import WEATHERS, Scenario
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.whatif import ask_what_if

    known = next((one for one in WEATHERS if one == weather), None)
    if known is None:
        raise WrongUsage(reason=f"weather: {', '.join(WEATHERS)}", field="weather")
    means = {"agents": agents, "barriers": barriers}
    scenario = Scenario(
        shift_min=minutes_of(shift),
        place=_place(place),
        attendance=attendance,
        means={name: number for name, number in means.items() if number is not None},
        closes=tuple(close) if close else None,
        weather=known,
        exit_width_m=exits,
    )
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        answer = ask_what_if(opened, caller, plan_id, scenario, wait=True)
    if as_json:
        say_json(answer)
    else:
        show_rows(_rows(answer), ("what", "before", "after", "change"), as_json=False)


def _rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an answer for a terminal: the figures, then whether the agents suffice."""
    rows = [
        {
            "what": one["code"],
            **{name: _shown(one[name]) for name in ("before", "after", "change")},
        }
        for one in answer["figures"]
    ]
    for name in ("before", "after"):
        adequacy = answer[name]["adequacy"]
        rows.append(
            {
                "what": f"adequacy.{name}",
                "before": f"planned {adequacy['planned']}",
                "after": f"advised {adequacy['advised']}",
                "change": f"P {adequacy['probability']}",
            }
        )
    return rows


def _place(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise WrongUsage(reason=f"{text[:40]}: LON,LAT", field="place") from error
    return lon, lat


@event_app.command("reliability")
def show_reliability(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show how often adequacy was right about past events, beside the naive answers."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.whatif import read_reliability

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        answer = read_reliability(opened, caller, wait=True)
    if as_json:
        say_json(answer)
        return
    rows = [
        {"what": name, **{key: answer[name][key] for key in ("events", "ece", "brier")}}
        for name in ("calibrated", "raw", "naive", "usual_share")
    ]
    show_rows(rows, ("what", "events", "ece", "brier"), as_json=False)


def register(_app: typer.Typer) -> None:
    """Add nothing of its own: the verbs stand in the group ``event``."""
