"""``vigie backtest``: the past forecast as if it lay ahead, by every model, on any grid."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from vigie.cli.agenda import parse_day
from vigie.cli.forecast import GridOption, KindOption, show_scores
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    ReasonOption,
    RoleOption,
    progress,
    say_json,
)


def backtest(
    *,
    home: HomeOption = DEFAULT_HOME,
    grid: GridOption = "h3:8",
    horizon: Annotated[int, typer.Option(min=1, max=28, help="Days ahead.")] = 7,
    first: Annotated[str, typer.Option("--from", help="First day forecast, AAAA-MM-JJ.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day forecast, AAAA-MM-JJ.")] = "",
    slot: Annotated[int, typer.Option(help="Hours of a slot: 6 or 24.")] = 24,
    kind: KindOption = None,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Score every model on the past: deviance, PEI, PAI, coverage, calibration, by kind."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.forecast_runs import backtest as score_past

    begin, end = (_day(text) for text in (first, last))
    with open_home(home) as opened, progress("Vigie") as step:
        caller = local_caller(opened, role=role, purpose=purpose, reason=reason)
        found: dict[str, Any] = score_past(
            opened,
            caller,
            grid=grid,
            horizon_days=horizon,
            slot_hours=slot,
            kinds=tuple(kind or ()),
            first=begin,
            last=end,
            progress=step,
        )
    if as_json:
        say_json(found)
    else:
        show_scores(found)


def _day(text: str) -> date | None:
    return parse_day(text) if text else None


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("backtest")(backtest)
