"""``vigie doctor``: is everything there and sound, and what to do if not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer

from vigie.base.errors import VigieError
from vigie.base.translations import translate
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_FAILED,
    HomeOption,
    JsonOption,
    language,
    show_rows,
)

MIN_FREE_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: What.
        state: ``ok``, ``missing`` (an option is not there) or ``broken``.
        remedy: What to do; empty when nothing.
    """

    name: str
    state: Literal["ok", "missing", "broken"]
    remedy: str = ""


def doctor(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Check the installation and a home; exit code 1 when something is broken."""
    checks = [*check_installation(), *check_home(home)]
    show_rows([asdict(check) for check in checks], ("name", "state", "remedy"), as_json=as_json)
    broken = any(check.state == "broken" for check in checks)
    raise typer.Exit(EXIT_FAILED if broken else EXIT_DONE)


def check_installation() -> Iterator[Check]:
    """Yield what the machine and the environment offer."""
    yield Check(f"python {sys.version_info.major}.{sys.version_info.minor}", "ok")
    console = Path(__file__).resolve().parents[3] / "console" / "dist" / "index.html"
    yield (
        Check("console", "ok")
        if console.is_file()
        else Check("console", "missing", "Node >= 20.19, then python3 run.py demo")
    )
    for module, extra in (("pyspark", "spark"), ("psycopg", "postgres")):
        there = importlib.util.find_spec(module) is not None
        yield (
            Check(extra, "ok") if there else Check(extra, "missing", f"pip install vigie[{extra}]")
        )
    java = shutil.which("java") is not None
    yield Check("java", "ok") if java else Check("java", "missing", "apt install openjdk-17-jre")


def check_home(home: Path) -> Iterator[Check]:
    """Yield the soundness of a home: format, settings, desk, lake, intake, room, rights."""
    from vigie.situation.home import is_home, open_home

    if not is_home(home):
        yield Check(f"home {home}", "missing", f"vigie init --home {home}")
        return
    try:
        with open_home(home) as opened:
            yield Check(f"home {home}", "ok")
            for kind in ("facts", "measures", "plans", "places", "means"):
                yield Check(f"lake {kind}: {opened.lake.count(kind)}", "ok")
    except VigieError as error:
        yield Check(f"home {home}", "broken", translate(error.code, language(), **error.params))
    free = shutil.disk_usage(home).free
    yield (
        Check("disk", "ok")
        if free > MIN_FREE_BYTES
        else Check("disk", "broken", f"{free // 2**20} MiB free")
    )
    others = (home.stat().st_mode & 0o007) != 0 and os.name == "posix"
    yield Check("rights", "missing", f"chmod o-rwx {home}") if others else Check("rights", "ok")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor")(doctor)
