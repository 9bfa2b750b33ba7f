"""``vigie demo``: the synthetic city, ingested and served."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, language, progress, say, say_json

WORDS = {
    "fr": "{facts} faits, {measures} mesures, {plans} usages prévus, {alerts} alertes,"
    " {clashes} incompatibilités, {quarantined} lignes en quarantaine ({seconds} s)",
    "en": "{facts} facts, {measures} measures, {plans} plans, {alerts} alerts,"
    " {clashes} clashes, {quarantined} rows quarantined ({seconds} s)",
}
NO_FILM = {
    "fr": "Caméras : aucune ne filme sans l'extra vidéo (README, « La vidéo, et le juge »)",
    "en": 'Cameras: none films without the video extra (README, "Video, and the judge")',
}
WELCOME = {
    "fr": "DÉMONSTRATION : ville synthétique, aucune donnée réelle.\n"
    "Comptes : {logins}\nPremier mot de passe : {password} (à changer à la première connexion)\n"
    "Dossier : {home}\nConsole : {url}   (Ctrl+C pour arrêter)",
    "en": "DEMONSTRATION: synthetic city, no real data.\n"
    "Accounts: {logins}\nFirst password: {password} (to be changed at the first sign-in)\n"
    "Folder: {home}\nConsole: {url}   (Ctrl+C to stop)",
}


def demo(
    home: HomeOption = DEFAULT_HOME,
    once: Annotated[bool, typer.Option("--once", help="Build and count, do not serve.")] = False,
    days: Annotated[int, typer.Option(help="Days of history; 0: the demo's own.")] = 0,
    scale: Annotated[float, typer.Option(help="1: Marseille's volume; 0: the demo's own.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of the city.")] = 13,
    port: Annotated[int, typer.Option(help="Port; 0: the one of the settings.")] = 0,
    cameras: Annotated[
        int, typer.Option(min=0, max=4, help="Drawn cameras, recorded and analysed; 0: none.")
    ] = 4,
    tour: Annotated[
        bool, typer.Option("--tour", help="Walk a newcomer through the demo that is running.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="With --tour: no pauses.")] = False,
    tour_password: Annotated[
        str,
        typer.Option(help="With --tour: password of the demo's accounts, where it was changed."),
    ] = "",
    _as_json: Annotated[bool, typer.Option("--json", help="Always so with --once.")] = False,
) -> None:
    """Build the synthetic city, ingest it through the real connectors, serve it, keep it alive."""
    if tour:
        _tour(home, port, tour_password, wait=not no_wait)
        return
    from vigie.base.memory import bound_pools

    if not once:
        bound_pools()  # before what they are of is loaded
    from vigie.base.clock import SystemClock
    from vigie.city import DEMO_DAYS, DEMO_SCALE
    from vigie.jobs import demo as demo_job

    with progress("Vigie") as step:
        found = demo_job.make_demo(
            home,
            clock=SystemClock(),
            seed=seed,
            days=days or DEMO_DAYS,
            scale=scale or DEMO_SCALE,
            progress=step,
            language=language(),
        )
    counts = demo_job.as_json(found)
    text = WORDS[language()]
    for name, value in counts.items():
        text = text.replace("{" + name + "}", str(value))
    say(text)
    if once:
        say_json(counts)
        return
    _serve(home, port, cameras)


def _tour(home: HomeOption, port: int, password: str, *, wait: bool) -> None:
    """Walk through the demonstration that is served from a home."""
    from vigie.base.errors import WrongUsage
    from vigie.jobs.tour import TOUR_PASSWORD, Tour
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        if not opened.settings.demo:
            raise WrongUsage(reason="--tour: not a demonstration", field="tour")
        server = opened.settings.server
    go_on = "Entrée pour continuer" if language() == "fr" else "Enter to go on"
    Tour(
        f"http://{server.host}:{port or server.port}",
        home,
        language=language(),
        say=lambda text: print(text, flush=True),
        wait=(lambda: typer.prompt(go_on, default="", show_default=False))
        if wait
        else lambda: None,
        password=password or TOUR_PASSWORD,
    ).walk()


def _serve(home: HomeOption, port: int, cameras: int) -> None:
    from vigie.desk.roles import ROLES
    from vigie.jobs.broker import Broker, find_broker
    from vigie.jobs.demo_cameras import DemoCameras, can_film
    from vigie.jobs.hospital import Hospital
    from vigie.jobs.replay import Replay
    from vigie.jobs.serving import beside
    from vigie.jobs.transports import prepare
    from vigie.situation.demonstration import DEMO_PASSWORD
    from vigie.situation.home import open_home
    from vigie.web.server import serve as serve_http

    ways = prepare(home)
    with contextlib.ExitStack() as running:
        program = find_broker()
        if program is not None and ways.broker_port:
            running.enter_context(Broker(program, home / "broker", ways.broker_port))
        opened = running.enter_context(open_home(home))
        host = opened.settings.server.host
        at_port = port or opened.settings.server.port
        text = WELCOME[language()]
        for name, value in {
            "logins": ", ".join(ROLES),
            "password": DEMO_PASSWORD,
            "home": str(home),
            "url": f"http://{host}:{at_port}",
        }.items():
            text = text.replace("{" + name + "}", value)
        print(text, flush=True)
        running.enter_context(beside(opened))
        address = f"http://{host}:{at_port}"
        replay = Replay(opened, address, ways)
        running.enter_context(Hospital(opened, address, ways.edge_port, replay.since))
        running.enter_context(replay)
        if cameras and not can_film():
            say(NO_FILM[language()])
        running.enter_context(DemoCameras(home, cameras))
        serve_http(opened, host=host, port=at_port)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo")(demo)
