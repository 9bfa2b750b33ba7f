"""``vigie forecast``: make a forecast of places and hours, and see how right it is."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from vigie.base.translations import translate
from vigie.cli.analyse import hands_of
from vigie.cli.cubes import CountingEngine
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    ReasonOption,
    RoleOption,
    language,
    progress,
    say,
    say_json,
    show_rows,
)

forecast = typer.Typer(help="Forecast of places and hours; never of persons.", no_args_is_help=True)
GridOption = Annotated[
    str, typer.Option("--grid", help="h3:8, the side of squares in metres, or zoning:NAME.")
]
KindOption = Annotated[
    list[str] | None, typer.Option("--kind", help="Taxonomy code; several; none: the usual ones.")
]
COLUMNS = ("kind", "state", "model", "dev", "naive", "mean", "bias", "pei", "cal/ent")
NICENESS = 10


@forecast.command("run")
def run(
    *,
    home: HomeOption = DEFAULT_HOME,
    horizon: Annotated[int, typer.Option(min=1, max=28, help="Days ahead.")] = 7,
    grid: GridOption = "h3:8",
    slot: Annotated[int, typer.Option(help="Hours of a slot: 6 or 24.")] = 6,
    kind: KindOption = None,
    named: Annotated[str, typer.Option("--id", help="A run that waits to be made.")] = "",
    engine: Annotated[
        CountingEngine,
        typer.Option(help="Who counts; Spark needs lake.spark_master. The counts are the same."),
    ] = CountingEngine.DUCKDB,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a forecast from what is in the lake, judged on the past before it is shown."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.forecast_runs import ask_forecast, carry_out
    from vigie.situation.tomorrow.forecasts import run_json

    os.nice(NICENESS)
    with open_home(home) as opened, progress("Prévision") as step:
        if named:
            asked = opened.desk.forecasts.get(named)
        else:
            caller = local_caller(opened, role=role, purpose=purpose, reason=reason)
            asked = ask_forecast(
                opened,
                caller,
                horizon_days=horizon,
                grid=grid,
                slot_hours=slot,
                kinds=tuple(kind or ()),
            )
        with hands_of(opened, engine, "forecast") as hands:
            made = carry_out(opened, asked, progress=step, hands=hands)
    found = run_json(made)
    if as_json:
        say_json(found)
        return
    tongue = language()
    rows = [
        {
            "kind": one["kind"],
            "state": one["state"],
            "model": one["model"],
            "why": one["why"][tongue],
        }
        for one in found["kinds"]
    ]
    show_rows(rows, ("kind", "state", "model", "why"), as_json=False)
    say(f"{found['forecast_id']} ({found['seconds']} s)")


@forecast.command("override")
def override(
    *,
    home: HomeOption = DEFAULT_HOME,
    named: Annotated[str, typer.Option("--id", help="A run; the newest by default.")] = "latest",
    kind: Annotated[str, typer.Option("--kind", help="Taxonomy code; the run's first.")] = "",
    cell: Annotated[str, typer.Option("--cell", help="The place.")],
    slot: Annotated[int, typer.Option("--slot", min=0, help="Slot of the run, from 0 on.")],
    value: Annotated[float, typer.Option("--value", min=0, help="What is expected instead.")],
    why: Annotated[str, typer.Option("--why", help="Why, in 15 characters or more.")],
    role: RoleOption = "",
    purpose: PurposeOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write down what a person expects instead of a forecast, which stays as it is."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.overrides import override_forecast

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose, reason=reason)
        found = override_forecast(
            opened, caller, named, kind=kind, cell=cell, slot=slot, value=value, reason=why
        )
    show_rows([found], ("override_id", "cell", "from", "expected", "value"), as_json=as_json)


@forecast.command("overrides")
def overrides(
    *,
    home: HomeOption = DEFAULT_HOME,
    named: Annotated[str, typer.Option("--id", help="A run; the newest by default.")] = "latest",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what persons expect instead of a forecast, and how right both were so far."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.overrides import list_overrides

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose, reason=reason)
        found = list_overrides(opened, caller, named)
    if as_json:
        say_json(found)
        return
    show_rows(found["items"], ("cell", "from", "expected", "value", "who", "reason"), as_json=False)
    show_rows([found["score"]], ("n", "person", "model", "nearer"), as_json=False)


@forecast.command("score")
def score(
    *,
    home: HomeOption = DEFAULT_HOME,
    named: Annotated[str, typer.Option("--id", help="A run; the newest by default.")] = "latest",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    reason: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show how right the forecast was on the past, beside the naive baselines."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.tomorrow.forecasts import read_scores

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose, reason=reason)
        found = read_scores(opened, caller, named)
    if as_json:
        say_json(found)
    else:
        show_scores(found)


def show_scores(found: dict[str, Any]) -> None:
    """Show one line for each kind, and say which of two ways of counting a coverage is."""
    show_rows(score_rows(found), COLUMNS, as_json=False)
    say(translate("forecast_coverage", language()))


def score_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one line for each kind: what is shown of it and how right that was."""
    rows = []
    for verdict in found["verdicts"]:
        kind, models = verdict["kind"], found["models"]
        own = models.get(verdict["model"], {}).get(kind)
        row = {"kind": kind, "state": verdict["state"], "model": verdict["model"]}
        if own is not None:
            row |= {
                "dev": _short(own["deviance"]["value"]),
                "naive": _short(models["naive"][kind]["deviance"]["value"]),
                "mean": _short(models["historical"][kind]["deviance"]["value"]),
                "bias": _short(own["bias"]),
                "pei": _short(own["pei"]["0.10"]["pei"]),
                "cal/ent": _both(own["coverage"][1]),
            }
        rows.append(row)
    return rows


def _both(coverage: dict[str, float]) -> str:
    return "/".join(str(round(100 * coverage[name])) for name in ("randomised", "printed"))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(forecast, name="forecast")
