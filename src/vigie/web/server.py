"""Running the application: uvicorn on the loopback unless settings say otherwise."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from vigie.base.collecting import all_loaded
from vigie.base.errors import SettingsInvalid
from vigie.base.logging import get_logger
from vigie.base.settings import Settings
from vigie.base.supervisor import READY, STOPPING, tell_supervisor
from vigie.situation.home import Home
from vigie.web.app import create_app
from vigie.web.origin import is_loopback
from vigie.web.readers import Reader
from vigie.web.streaming import Hub

_LOG = get_logger(__name__)
_DRAIN_S = 10
_KEEP_ALIVE_S = 30
_BACKLOG = 2_048
SWITCH_S = 0.0005


def _nothing() -> None:
    """Do nothing more."""


class Server(uvicorn.Server):
    """A server that ends its live streams before it waits for its other answers.

    A signal to stop also ends long reckonings about the home at their next step, those that an
    answer waits for too.

    Attributes:
        then: Done once it answers; must not take long.
    """

    def __init__(self, config: uvicorn.Config, hub: Hub, home: Home) -> None:
        super().__init__(config)
        self._hub = hub
        self._home = home
        self.then: Callable[[], object] = _nothing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's
        """Begin to end: on SIGINT and SIGTERM, and at once on a second SIGINT.

        Not uvicorn's own, which sends the signal to its process once more when all is answered:
        SIGTERM would then kill it before what runs beside it is ended and the home is closed.
        """
        self._home.stop.set()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    @property
    def hub(self) -> Hub:
        """What its live streams come from."""
        return self._hub

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer until told to stop; what is loaded now is left out of collections of garbage."""
        with all_loaded():
            super().run(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so to the service manager where there is one."""
        await super().startup(sockets)
        if self.started:
            tell_supervisor(READY)
            self.then()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end streams, let the other answers finish."""
        tell_supervisor(STOPPING)
        await self._hub.stop()
        await super().shutdown(sockets)

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        listener: socket.socket = self.servers[0].sockets[0]
        found: int = listener.getsockname()[1]
        return found


def refuse_open(settings: Settings, address: str) -> None:
    """Look whether an address may be listened at.

    Raises:
        SettingsInvalid: Listening beyond this machine without an https address that browsers use.
    """
    if is_loopback(address):
        return
    behind_tls = settings.server.public_url.startswith("https:")
    if not behind_tls and address not in settings.clear_hosts:
        raise SettingsInvalid(key="server.public_url", reason="https, behind a TLS proxy")
    _LOG.warning("listening beyond this machine: put a TLS proxy before it", host=address)


def make_server(
    home: Home,
    host: str | None = None,
    port: int | None = None,
    *,
    workers: bool = True,
    reader: Reader | None = None,
    turns: int = 0,
) -> Server:
    """Return a server for a home, not yet started.

    Args:
        home: The open home.
        host: Address to listen on; the settings' by default.
        port: Port to listen on; the settings' by default, 0 for any free one.
        workers: Whether it runs intake's workers.
        reader: Answers questions beside, if there is one.
        turns: Answers made at one time, the others wait; 0 for as many as are asked.

    Raises:
        SettingsInvalid: Listening beyond this machine without an https address that browsers use.
    """
    settings = home.settings.server
    address = host if host is not None else settings.host
    refuse_open(home.settings, address)
    app = create_app(home, workers=workers, reader=reader, turns=turns)
    config = uvicorn.Config(
        app,
        host=address,
        port=port if port is not None else settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_DRAIN_S,
        ws="none",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    return Server(config, app.state.hub, home)


def serve(
    home: Home,
    host: str | None = None,
    port: int | None = None,
    *,
    reader: Reader | None = None,
    then: Callable[[], object] = _nothing,
) -> None:
    """Serve a home until the process is told to stop (SIGINT, SIGTERM), then end gracefully.

    Each write of an answer hands the interpreter to whoever computes, and has it back only after
    the interpreter's switch interval: with Python's own 5 ms, a commit under way holds up every
    one of hundreds of writes for as long as that.
    """
    sys.setswitchinterval(SWITCH_S)
    server = make_server(home, host, port, reader=reader)
    server.then = then
    server.run()


def serve_at(
    home: Home, door: socket.socket, *, host: str, then: Callable[[], object] = _nothing
) -> None:
    """Serve a home at a socket that others listen at, too; intake runs elsewhere.

    Args:
        home: The open home.
        door: Listens already.
        host: What it is bound to.
        then: Done once it answers.
    """
    sys.setswitchinterval(SWITCH_S)
    server = make_server(home, host, workers=False)
    server.then = then
    server.run(sockets=[door])
