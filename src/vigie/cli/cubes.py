"""``vigie cubes``: the counts that the map is drawn from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, progress, say, say_json


class CountingEngine(StrEnum):
    """What counts."""

    DUCKDB = "duckdb"
    SPARK = "spark"


cubes = typer.Typer(help="The counts that the map is drawn from.")


@cubes.callback()
def counts() -> None:
    """The counts that the map is drawn from."""


@cubes.command("rebuild")
def rebuild(
    home: HomeOption = DEFAULT_HOME,
    engine: Annotated[
        CountingEngine, typer.Option(help="Spark needs lake.spark_master; the counts are the same.")
    ] = CountingEngine.DUCKDB,
    anew: Annotated[
        bool, typer.Option("--anew", help="All of them; without, those that are missing or old.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the counts of changed days anew; a run that is cut short goes on where it was."""
    from vigie.situation.home import open_home

    with open_home(home) as opened, progress("cubes") as told:
        made = opened.lake.refresh_cubes(engine=engine.value, anew=anew, told=told)
    if as_json:
        say_json({"parts": made, "engine": engine.value})
    else:
        say(str(made))


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(cubes, name="cubes")
