"""``vigie assessment``: the assessment of the impact on fundamental rights, checked and signed."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.translations import translate
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_FAILED,
    HomeOption,
    JsonOption,
    language,
    say,
    say_json,
)

if TYPE_CHECKING:
    from vigie.situation.assessment import Assessed

assessment = typer.Typer(
    help="Assessment of the impact on fundamental rights, before an authority's use.",
    no_args_is_help=True,
)


@assessment.command("draft")
def draft(
    home: HomeOption = DEFAULT_HOME,
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default fria.toml of the home.")
    ] = None,
) -> None:
    """Write a first draft, in French, from the register's risks, for the city to complete."""
    from vigie.base.clock import now_us
    from vigie.base.errors import Conflict
    from vigie.civic.register import assessing
    from vigie.model.times import at_local
    from vigie.situation.assessment import FILE, UNFINISHED
    from vigie.situation.home import open_home

    path = out or home / FILE
    if path.exists():
        raise Conflict(what="fria", name=str(path))
    with open_home(home) as opened:
        city = opened.settings.city
        today = at_local(now_us(opened.clock), city.timezone).date()
    values = assessing.draft(city.name, today, blank=UNFINISHED)
    path.write_text(assessing.write(values), encoding="utf-8")
    say(str(path))


@assessment.command("check")
def check(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Say whether the text is whole, signed and in force; 1 where a use is closed by it."""
    from vigie.base.clock import SystemClock, now_us
    from vigie.base.settings import load_settings
    from vigie.situation.assessment import assessed

    found = assessed(home, load_settings(home), now_us(SystemClock()))
    _show(found, as_json=as_json)
    closed = found.required and found.state != "signed"
    raise typer.Exit(EXIT_FAILED if closed or found.state == "invalid" else EXIT_DONE)


@assessment.command("sign")
def sign(
    *,
    home: HomeOption = DEFAULT_HOME,
    who: Annotated[str, typer.Option(help="Name of who signs.")],
    function: Annotated[str, typer.Option(help="Function of who signs, as in an act.")],
    review_by: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the review; a year ahead at most."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Sign the text as it stands, as the data protection officer; a change asks to sign anew."""
    from vigie.situation.assessed_use import sign as sign_text
    from vigie.situation.caller import Caller
    from vigie.situation.home import open_home

    caller = Caller(f"os:{getpass.getuser()}", "dpo")
    with open_home(home) as opened:
        found = sign_text(opened, caller, who=who, function=function, review_by=review_by.date())
    _show(found, as_json=as_json)


def _show(found: Assessed, *, as_json: bool) -> None:
    told: dict[str, Any] = found.as_json()
    if as_json:
        say_json(told)
        return
    say(translate(f"assessment_{found.state}", language()))
    if found.reason:
        say(found.reason)
    signed = told["signature"]
    for name in ("sha256", "required"):
        say(f"{name}: {told[name]}")
    if signed is not None:
        for name in ("signed_by", "function", "signed_at", "review_by", "line"):
            say(f"{name}: {signed[name]}")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(assessment, name="assessment")
