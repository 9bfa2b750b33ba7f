"""``vigie doctor``: is everything there and sound, and what to do if not."""

from __future__ import annotations

import getpass
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.clock import SystemClock, to_rfc3339
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_FAILED,
    HomeOption,
    JsonOption,
    language,
    say,
    say_json,
    show_rows,
)

if TYPE_CHECKING:
    from vigie.jobs.doctor.finding import Finding


def doctor(
    home: HomeOption = DEFAULT_HOME,
    clock_is_right: Annotated[
        bool,
        typer.Option(
            "--clock-is-right", help="Say that the machine's clock is right; it is written down."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with the installation and a home, and the remedy; 1 when something is."""
    if clock_is_right:
        _confirm(home, as_json=as_json)
        return
    from vigie.jobs.doctor.examination import examine

    findings = [*check_installation(), *examine(home, SystemClock())]
    show_rows([_row(one) for one in findings], ("name", "state", "remedy"), as_json=as_json)
    broken = any(one.state == "broken" for one in findings)
    raise typer.Exit(EXIT_FAILED if broken else EXIT_DONE)


def _confirm(home: Path, *, as_json: bool) -> None:
    from vigie.jobs.doctor.confirming import confirm_clock

    done = confirm_clock(home, f"os:{getpass.getuser()}")
    before, now = to_rfc3339(done.before_us), to_rfc3339(done.now_us)
    if as_json:
        say_json({"doubted": done.doubted, "before": before, "now": now})
    else:
        say(f"{before} → {now}" if done.doubted else now)


def _row(one: Finding) -> dict[str, Any]:
    return {
        "name": one.name,
        "state": one.state,
        "code": one.code,
        "remedy": one.text(language()),
        "command": one.command,
    }


def check_installation() -> Iterator[Finding]:
    """Yield what the machine and the environment offer."""
    from vigie.jobs.doctor.finding import Finding, missing

    yield Finding(f"python {sys.version_info.major}.{sys.version_info.minor}")
    console = Path(__file__).resolve().parents[3] / "console" / "dist" / "index.html"
    there = console.is_file()
    yield Finding("console") if there else missing("console", "no_console", "python3 run.py demo")
    for module, extra in (("pyspark", "spark"), ("psycopg", "postgres")):
        there = importlib.util.find_spec(module) is not None
        command = f"pip install vigie[{extra}]"
        yield Finding(extra) if there else missing(extra, "no_extra", command, extra=extra)
    there = shutil.which("java") is not None
    yield Finding("java") if there else missing("java", "no_java", "apt install openjdk-17-jre")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor")(doctor)
