"""``vigie serve``: serve the console and the interfaces of a home."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.base.logging import configure_logging
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, say

if TYPE_CHECKING:
    from vigie.situation.home import Home


class Profile(StrEnum):
    """How many processes serve."""

    EMBEDDED = "embedded"
    CLUSTER = "cluster"


class ServedPart(StrEnum):
    """What a process of a cluster does."""

    ALL = "all"
    WEB = "web"
    JOBS = "jobs"


def serve(
    home: HomeOption = DEFAULT_HOME,
    host: Annotated[str, typer.Option(help="Address; loopback unless changed.")] = "",
    port: Annotated[int, typer.Option(help="Port; 0: the one of the settings.")] = 0,
    profile: Annotated[
        Profile, typer.Option(help="One process, or several that may each die (cluster.toml).")
    ] = Profile.EMBEDDED,
    part: Annotated[
        ServedPart, typer.Option(help="Of a cluster: all its processes, or one alone.")
    ] = ServedPart.ALL,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="With --part web: so many, under one parent.")
    ] = 1,
) -> None:
    """Serve until interrupted; intake, watched folders, polling and alerts run with it."""
    from vigie.base.memory import bound_pools

    bound_pools()
    if profile is Profile.CLUSTER:
        _serve_cluster(home, host, port, part, processes)
        return
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        configure_logging(level=opened.settings.log_level, also=opened.elsewhere)
        address = host or opened.settings.server.host
        at_port = port or opened.settings.server.port
        _serve_embedded(opened, address, at_port)


def _serve_embedded(home: Home, address: str, port: int) -> None:
    """Serve in this process; the one beside it begins first, and loads the program meanwhile."""
    from vigie.jobs.serving import processing, scheduled
    from vigie.jobs.warming import Warming

    with processing(home):
        from vigie.web.answers.base import build_answers
        from vigie.web.readers import Reader
        from vigie.web.server import serve

        say(f"http://{address}:{port}")
        reader = Reader(home.path) if home.settings.server.reader else None
        with scheduled(home), reader or nullcontext(), Warming(build_answers) as warming:
            serve(home, host=address, port=port, reader=reader, then=warming.begin)


def _serve_cluster(home: Path, host: str, port: int, part: ServedPart, processes: int) -> None:
    from vigie.base.settings import load_settings
    from vigie.intake.between.link import refuse_unfit
    from vigie.jobs.cluster import Cluster, handed_socket, listen, refuse_small
    from vigie.jobs.leading import lead_when_free
    from vigie.jobs.warming import Warming
    from vigie.situation.home import open_home
    from vigie.web.answers.base import build_answers
    from vigie.web.server import refuse_open, serve_at

    settings = load_settings(home)
    refuse_small(home, settings)
    address, at_port = host or settings.server.host, port or settings.server.port
    refuse_open(settings, address)
    configure_logging(level=settings.log_level)
    refuse_unfit(settings.nats)

    def answer(door: socket.socket) -> None:
        with open_home(home) as opened:
            configure_logging(level=settings.log_level, also=opened.elsewhere)
            opened.intake.reach.connect()
            with Warming(build_answers) as warming:
                serve_at(opened, door, host=address, then=warming.begin)

    def work() -> None:
        stop = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stop.set())
        with open_home(home) as opened:
            configure_logging(level=settings.log_level, also=opened.elsewhere)
            opened.intake.reach.connect()
            lead_when_free(opened, stop)

    if part is ServedPart.JOBS:
        work()
        return
    with handed_socket(os.environ) or listen(address, at_port) as door:
        if part is ServedPart.WEB and processes == 1:
            answer(door)
            return
        say(f"http://{address}:{door.getsockname()[1]}")
        web, jobs = settings.cluster.web, settings.cluster.jobs
        alone = part is ServedPart.WEB
        counts = {"web": processes} if alone else {"web": web, "jobs": jobs}
        Cluster(counts, {"web": lambda: answer(door), "jobs": work}).run()


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve")(serve)
