"""``vigie serve``: serve the console and the interfaces of a home."""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.base.logging import configure_logging
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, say


def serve(
    home: HomeOption = DEFAULT_HOME,
    host: Annotated[str, typer.Option(help="Address; loopback unless changed.")] = "",
    port: Annotated[int, typer.Option(help="Port; 0: the one of the settings.")] = 0,
) -> None:
    """Serve until interrupted; intake, watched folders, polling and alerts run with it."""
    from vigie.jobs.serving import beside
    from vigie.situation.home import open_home
    from vigie.web.server import serve as serve_http

    with open_home(home) as opened:
        configure_logging(level=opened.settings.log_level, also=opened.elsewhere)
        address = host or opened.settings.server.host
        at_port = port or opened.settings.server.port
        say(f"http://{address}:{at_port}")
        with beside(opened):
            serve_http(opened, host=address, port=at_port)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve")(serve)
