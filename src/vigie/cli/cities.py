"""``vigie cities``: several cities in one installation, kept apart, behind one address."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.base.clock import SystemClock
from vigie.base.logging import configure_logging
from vigie.cli.terminal import JsonOption, language, say, show_rows

if TYPE_CHECKING:
    import socket

    from vigie.jobs.cities.description import City
    from vigie.jobs.cities.front import Front

FileArgument = Annotated[Path, typer.Argument(help="The file that names the cities.")]
DEFAULT_FILE = Path("cities.toml")
cities = typer.Typer(help="Several cities in one installation, kept apart.", no_args_is_help=True)


@cities.command("serve")
def serve(
    file: FileArgument = DEFAULT_FILE,
    port: Annotated[int, typer.Option(help="Port; 0: the one of the file.")] = 0,
) -> None:
    """Serve every city until interrupted: a process group each, one address by host name."""
    from vigie.base.memory import bound_pools

    bound_pools()  # before what they are of is loaded
    from vigie.jobs.cities.description import read_installation
    from vigie.jobs.cities.front import Front, make_channel
    from vigie.jobs.cluster import Cluster, listen
    from vigie.web.server import refuse_open

    front, found = read_installation(file)
    for one in found:
        refuse_open(one.settings, front.host)
    configure_logging(level="INFO")
    channels = {one.name: make_channel() for one in found}
    names = {name: one.name for one in found for name in one.part.names}
    with listen(front.host, port or front.port) as door:
        say(f"http://{front.host}:{door.getsockname()[1]}")
        ours = {name: pair[0] for name, pair in channels.items()}
        figures = Path(front.figures) if front.figures else None
        parts = {"front": partial(_stand_before, Front(door, ours, names, figures), front.user)}
        for one in found:
            others = [side for name, pair in channels.items() for side in pair if name != one.name]
            channel = channels[one.name]
            unneeded = [door, channel[0], *others]
            parts[one.name] = partial(_answer, one, channel[1], unneeded)
        Cluster(dict.fromkeys(parts, 1), parts).run()


def _stand_before(front: Front, user: str) -> None:
    from vigie.jobs.cities.running import step_apart

    step_apart(user, dict(os.environ))
    front.run()


def _answer(city: City, channel: socket.socket, unneeded: list[socket.socket]) -> None:
    """Serve one city in the process that was just forked; it can reach no other's connections."""
    from vigie.jobs.cities.running import step_apart
    from vigie.jobs.serving import beside
    from vigie.situation.home import open_home
    from vigie.web.handed import serve_handed

    for one in unneeded:
        one.close()
    step_apart(city.part.user, city.environment(os.environ))
    with open_home(city.part.home) as opened:
        configure_logging(level=opened.settings.log_level, also=opened.elsewhere)
        with beside(opened):
            serve_handed(opened, channel, city.part.names)


@cities.command("check")
def check(file: FileArgument = DEFAULT_FILE, as_json: JsonOption = False) -> None:
    """Say whether the cities are kept apart, and what was refused at their doors."""
    from vigie.jobs.cities.check import look_at_cities
    from vigie.jobs.cities.description import read_installation

    front, found = read_installation(file)
    rows = [
        {"name": one.name, "state": one.state, "code": one.code, "remedy": one.text(language())}
        for one in look_at_cities(front, found, SystemClock())
    ]
    show_rows(rows, ("name", "state", "remedy"), as_json=as_json)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(cities, name="cities")
