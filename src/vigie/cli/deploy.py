"""``vigie deploy``: units, a compose file or manifests, from the settings of a home."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json


class Deployed(StrEnum):
    """Who starts the processes."""

    SYSTEMD = "systemd"
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"


def deploy(
    kind: Annotated[Deployed, typer.Argument(help="Who starts the processes.")],
    out: Annotated[Path, typer.Option(help="Where the files go; made when absent.")],
    home: HomeOption = DEFAULT_HOME,
    home_at: Annotated[
        str, typer.Option(help="Where the home stands on the machine that serves; as here without.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Write what starts, bounds and watches the processes of a cluster; no secret is in it."""
    from vigie.jobs.deploy.plan import make_plan
    from vigie.jobs.deploy.writing import write_files

    written = write_files(make_plan(home, home_at), kind, out)
    if as_json:
        say_json({"files": [str(path) for path in written]})
        return
    for path in written:
        say(str(path))


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("deploy")(deploy)
