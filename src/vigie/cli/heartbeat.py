"""``vigie heartbeat`` and ``vigie monitoring``: is a Vigie alive, and files for who watches it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigie.base.clock import SystemClock, now_us, to_rfc3339
from vigie.cli.terminal import EXIT_DONE, EXIT_FAILED, JsonOption, say, say_json

FORGIVEN = 3
"""So many signs of life may be missing before somebody is called."""


def heartbeat(
    folder: Annotated[Path, typer.Argument(help="Folder that Vigie shows its life in.")],
    as_json: JsonOption = False,
) -> None:
    """Say when a Vigie last showed life; exit code 1 when that is too long ago. For cron."""
    from vigie.jobs.heartbeat import last_beat

    found = last_beat(folder)
    age_s = (now_us(SystemClock()) - found.at_us) // 1_000_000
    alive = age_s <= FORGIVEN * found.every_s
    if as_json:
        say_json({**found.as_json(), "age_s": age_s, "alive": alive})
    else:
        say(f"{found.origin}: {to_rfc3339(found.at_us)}, {age_s} s, silent: {found.silent}")
    raise typer.Exit(EXIT_DONE if alive else EXIT_FAILED)


def monitoring(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made when absent.")],
) -> None:
    """Write Grafana dashboards, Prometheus' rules of alarm and an example of its settings."""
    from vigie.web.monitoring.files import write_files

    for path in write_files(folder):
        say(str(path))


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("heartbeat")(heartbeat)
    app.command("monitoring")(monitoring)
