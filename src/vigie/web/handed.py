"""Serving connections that the front of an installation hands over, by their host names alone.

Each comes with the bytes that the front has read of it. A connection through a proxy ends with its
answer: a proxy may keep connections for whatever it asks next, and that may be another city's.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Sequence
from typing import Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Config

from vigie.base.errors import Misdirected
from vigie.base.logging import get_logger
from vigie.situation.home import Home
from vigie.web.problems import problem_response
from vigie.web.server import SWITCH_S, Server, make_server
from vigie.web.streaming import Hub

MOST_BYTES = 65_536
AT_ONCE = 64
"""Connections taken in a row before others have a turn."""
_LOG = get_logger(__name__)


class OwnNames:
    """Answers 421 to a request for a name that is not the city's.

    Args:
        app: What answers.
        names: The city's host names.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app = app
        self._names = frozenset(name.encode("ascii") for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = [value for name, value in scope["headers"] if name == b"host"]
        forwarded = any(name == b"x-forwarded-for" for name, _ in scope["headers"])
        own = len(told) == 1 and _host(told[0]) in self._names

        async def end(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        if not own:
            await problem_response(Request(scope), Misdirected())(scope, receive, end)
            return
        await self._app(scope, receive, end if forwarded else send)


def _host(told: bytes) -> bytes:
    return told.lower().partition(b":")[0].rstrip(b".")


class HandedServer(Server):
    """A server without an address: it takes the connections that come through a channel."""

    def __init__(self, config: Config, hub: Hub, home: Home, channel: socket.socket) -> None:
        super().__init__(config, hub, home)
        self._channel = channel
        self._taking: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections."""
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(self._channel.fileno(), self._take)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more; those that wait in the channel are the next process's."""
        asyncio.get_running_loop().remove_reader(self._channel.fileno())
        await super().shutdown(sockets)

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            try:
                first, handles, _, _ = socket.recv_fds(self._channel, MOST_BYTES, 1)
            except BlockingIOError:
                return
            if not handles:
                return
            task = asyncio.get_running_loop().create_task(self._adopt(handles[0], first))
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)

    async def _adopt(self, handle: int, first: bytes) -> None:
        connection = socket.socket(fileno=handle)
        connection.setblocking(False)
        protocol = _with_first(self.config.http_protocol_class, first)

        def make() -> asyncio.Protocol:
            made: asyncio.Protocol = protocol(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        try:
            await asyncio.get_running_loop().connect_accepted_socket(make, connection)
        except OSError as error:
            connection.close()
            _LOG.warning("a connection was lost on its way", reason=error.strerror)


def _with_first(protocol: Any, first: bytes) -> Any:
    """Return a protocol that begins with bytes that were read already, before any that come."""

    class Begun(protocol):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self.data_received(first)

    return Begun


def make_handed(home: Home, channel: socket.socket, names: Sequence[str]) -> HandedServer:
    """Return a server for the connections of a channel, not yet started."""
    made = make_server(home, "127.0.0.1")
    config = made.config
    config.app = OwnNames(cast("ASGIApp", config.app), names)
    return HandedServer(config, made.hub, home, channel)


def serve_handed(home: Home, channel: socket.socket, names: Sequence[str]) -> None:
    """Serve a home through a channel until told to stop (SIGINT, SIGTERM)."""
    sys.setswitchinterval(SWITCH_S)
    make_handed(home, channel, names).run(sockets=[])
