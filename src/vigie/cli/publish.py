"""``vigie publish``: the public tables; one week of one drawn and stored; a release shown."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, language, say_json, show_rows

if TYPE_CHECKING:
    from vigie.civic.publishing import Publisher, Release
    from vigie.situation.home import Home

publish = typer.Typer(help="Public figures and their noise budget.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Name of a public table.")]
WeekOption = Annotated[str, typer.Option(help="ISO week, 2026-W10; the newest due by default.")]


@publish.command("list")
def list_tables(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List the public tables: cost by week, weeks released."""
    from vigie.civic.publishing import Shelf
    from vigie.civic.tables import PUBLIC_TABLES

    shelf = Shelf(checked(home))
    rows = [
        {
            "name": table.name,
            "title": dict(table.title) if as_json else table.title[language()],
            "epsilon": table.cost / 1000,
            "weeks": shelf.weeks(table.name) if as_json else ", ".join(shelf.weeks(table.name)),
        }
        for table in PUBLIC_TABLES.values()
    ]
    show_rows(rows, ("name", "title", "epsilon", "weeks"), as_json=as_json)


@publish.command("run")
def run(
    name: NameArgument,
    home: HomeOption = DEFAULT_HOME,
    week: WeekOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draw the noise of a week's table once, store it, and show it."""
    from vigie.civic.publishing import parse_week
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        release = publisher_of(opened).publish(name, parse_week(week) if week else None)
    tell(release, as_json=as_json)


@publish.command("show")
def show(
    name: NameArgument,
    week: Annotated[str, typer.Argument(help="ISO week, 2026-W10.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Show a stored release, the same as everybody sees."""
    from vigie.civic.publishing import Shelf, parse_week

    tell(Shelf(checked(home)).read(name, parse_week(week)), as_json=as_json)


@publish.command("budget")
def budget(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Show what was spent of each week's and year's allowance, and what is left."""
    from vigie.civic.publishing import Shelf, budget_rows

    rows = budget_rows(Shelf(checked(home)))
    names = ("dataset", "week", "week_spent", "week_left", "year_spent", "year_left")
    show_rows(rows, names, as_json=as_json)


def publisher_of(home: Home) -> Publisher:
    """Return the publisher of an open home."""
    from vigie.civic.publishing import Publisher, Shelf, counting

    timezone = home.settings.city.timezone
    count = counting(home.lake, home.frame.zonings, timezone)
    who = f"os:{getpass.getuser()}"
    return Publisher(Shelf(home.path), count, timezone, home.clock, home.audit, who)


def checked(home: Path) -> Path:
    """Return the folder when it is a home.

    Raises:
        HomeInvalid: When it is none.
    """
    from vigie.base.errors import HomeInvalid
    from vigie.situation.age import FORMAT_FILE
    from vigie.situation.home import is_home

    if not is_home(home):
        raise HomeInvalid(home=str(home), reason=f"no {FORMAT_FILE} file; run vigie init")
    return home


def tell(release: Release, *, as_json: bool) -> None:
    """Print a release, each figure with its half-width."""
    if as_json:
        say_json(release)
        return
    words = {"fr": "masqué", "en": "withheld"}[language()]
    rows = [
        {
            "row": one["row"],
            "column": one["column"],
            "value": words if one["value"] is None else f"{one['value']} ± {one['half_width']}",
        }
        for one in release["figures"]
    ]
    show_rows(rows, ("row", "column", "value"), as_json=False)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(publish, name="publish")
