"""One connection of a process to NATS, in a thread of its own, made again whenever it is lost.

Nothing is kept back while there is none: who rings rings in vain (who is rung for also looks by
itself), and who publishes is refused at once.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from vigie.base.errors import MissingPart, SettingsInvalid, Unavailable
from vigie.base.logging import get_logger
from vigie.base.settings_nats import NatsSettings

OLDEST = (2, 9)
AGAIN_S = 0.5
CONNECT_S = 3.0
PING_S = 3
"""A server that answers two in a row no longer is taken for dead."""
RING_S = 0.01
"""What is rung for within it is told once."""
T = TypeVar("T")
Handle = Callable[[Any], Awaitable[None]]
log = get_logger(__name__)


def import_nats() -> Any:
    """Return the client's package.

    Raises:
        MissingPart: When it is not installed.
    """
    try:
        return import_module("nats")
    except ImportError as error:
        raise MissingPart(what="nats-py", remedy="pip install 'vigie[cluster]'") from error


def options(settings: NatsSettings) -> dict[str, Any]:
    """Return what the client is told, beside what it does when a connection is lost.

    Raises:
        SettingsInvalid: When a file that is named cannot be read.
    """
    told: dict[str, Any] = {"servers": list(settings.servers), "connect_timeout": CONNECT_S}
    if settings.username:
        told["user"] = settings.username
    if settings.password_file:
        told["password"] = _read(settings.password_file, "password_file").strip()
    if any(server.startswith("tls:") for server in settings.servers):
        try:
            told["tls"] = ssl.create_default_context(cafile=settings.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise SettingsInvalid(key="nats.ca_file", reason=str(error)) from error
    return told


def _read(path: str, key: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(key=f"nats.{key}", reason=str(error)) from error


def unfit(client: Any, *, journal: bool) -> str:
    """Return why a server that answered is no use, empty when it is.

    Args:
        client: The connected client.
        journal: Whether JetStream is needed.
    """
    version = client.connected_server_version
    if (version.major, version.minor) < OLDEST:
        return f"version {version}, {OLDEST[0]}.{OLDEST[1]} at least"
    if journal and not client._server_info.get("jetstream"):  # noqa: SLF001 - no other way
        return "JetStream is off"
    return ""


def look(settings: NatsSettings, server: str) -> tuple[str, bool]:
    """Return why a server is no use, empty when it is, and whether it answered at all.

    Raises:
        SettingsInvalid: When a file that is named cannot be read.
        MissingPart: When the client is not installed.
    """
    nats = import_nats()
    told = options(settings) | {"servers": [server], "allow_reconnect": False, "error_cb": _quiet}

    async def ask() -> tuple[str, bool]:
        client = nats.NATS()
        try:
            await asyncio.wait_for(client.connect(**told), CONNECT_S)
            return unfit(client, journal=settings.journal), True
        except (nats.errors.Error, OSError, TimeoutError) as error:
            return str(error) or type(error).__name__, False
        finally:
            await _let_go(client)

    return asyncio.run(ask())


def refuse_unfit(settings: NatsSettings) -> None:
    """Look at every server before anything starts; one that does not answer is waited for later.

    Raises:
        SettingsInvalid: When a server answers and is of no use, or a file cannot be read.
        MissingPart: When the client is not installed.
    """
    for server in settings.servers:
        why, answered = look(settings, server)
        if answered and why:
            raise SettingsInvalid(key="nats.servers", reason=f"{server}: {why}")
        if why:
            log.warning("nats cannot be reached", server=server, reason=why)


async def _let_go(client: Any) -> None:
    """Close what a client holds, also one that never was connected."""
    if client.is_connected or client.is_reconnecting:
        try:
            await asyncio.wait_for(client.close(), CONNECT_S)
        except Exception:  # it is let go of all the same
            log.warning("a connection to nats was not closed in order", exc_info=True)
    transport = client._transport  # noqa: SLF001 - a refused client leaves it open
    if transport is not None:
        transport.close()


async def _quiet(_: Exception) -> None:
    """Say nothing of a failure that is returned."""


class Link:
    """The connection; it is there when ``up`` says so.

    Args:
        settings: The servers.
        keep_days: Days after which the stream forgets.

    Attributes:
        reason: Why it is not there, empty when it is.
        answered: Whether a server ever answered.
    """

    def __init__(self, settings: NatsSettings, *, keep_days: int) -> None:
        self.settings = settings
        self.keep_days = keep_days
        self.reason = "not connected yet"
        self._nats = import_nats()
        self._options = options(settings)
        self._loop = asyncio.new_event_loop()
        self._client: Any = None
        self._handles: dict[str, Handle] = {}
        self._rung: set[str] = set()
        self._guard = threading.Lock()
        self._first = threading.Event()
        self.answered = False
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="nats", daemon=True)
        self._thread.start()

    @property
    def up(self) -> bool:
        """Whether a server that is of use is connected now."""
        client = self._client
        return client is not None and client.is_connected and not self.reason

    @property
    def client(self) -> Any:
        """The client.

        Raises:
            Unavailable: When no server is connected.
        """
        if not self.up:
            raise Unavailable(what="nats", reason=self.reason or "not connected")
        return self._client

    def subject(self, *words: str) -> str:
        """Return a subject of this home."""
        return ".".join((self.settings.name, *words))

    def wait(self, seconds: float) -> bool:
        """Wait for the first connection; say whether there is one."""
        self._first.wait(seconds)
        return self.up

    def do(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do something in the connection's thread.

        Raises:
            Unavailable: When the connection has been ended.
        """
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as error:
            work.close()
            raise Unavailable(what="nats", reason="stopping") from error

    def hear(self, subject: str, handle: Handle) -> None:
        """Have every message of a subject handled, also after a connection was made again."""
        self._handles[subject] = handle
        if self._client is not None:
            self.do(self._client.subscribe(subject, cb=handle))

    def ring(self, subject: str) -> None:
        """Ring for whoever hears a subject; waits for nothing and nobody."""
        with self._guard:
            known = subject in self._rung
            self._rung.add(subject)
        if not known:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._loop.call_later, RING_S, self._tell, subject)

    def _tell(self, subject: str) -> None:
        with self._guard:
            self._rung.discard(subject)
        if self.up:
            self._loop.create_task(self._publish(subject))

    async def _publish(self, subject: str) -> None:
        with suppress(self._nats.errors.Error, OSError):
            await self._client.publish(subject, b"")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._stay())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _stay(self) -> None:
        stay: asyncio.Task[None] = asyncio.create_task(self._connect())
        await self._ended.wait()
        stay.cancel()
        await asyncio.gather(stay, return_exceptions=True)
        if self._client is not None:
            await _let_go(self._client)
        others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connect(self) -> None:
        """Connect, and begin anew when the client gives up for good (refused, a fault of it)."""
        while True:
            lost = asyncio.Event()
            client = self._nats.NATS()

            async def closed(lost: asyncio.Event = lost) -> None:
                lost.set()

            try:
                await client.connect(
                    **self._options,
                    name="vigie",
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=AGAIN_S,
                    ping_interval=PING_S,
                    max_outstanding_pings=2,
                    error_cb=self._failed,
                    disconnected_cb=self._disconnected,
                    reconnected_cb=self._connected,
                    closed_cb=closed,
                )
                for subject, handle in list(self._handles.items()):
                    await client.subscribe(subject, cb=handle)
                self._client = client
                await self._connected()
                await lost.wait()
            except (self._nats.errors.Error, OSError, TimeoutError) as error:
                await _let_go(client)
                await self._failed(error)
            await asyncio.sleep(AGAIN_S)

    async def _connected(self) -> None:
        self.answered = True
        self.reason = unfit(self._client, journal=self.settings.journal)
        if self.reason:
            log.error("nats is of no use", reason=self.reason)
        else:
            log.info("nats is there", server=self._client.connected_url.netloc.rpartition("@")[2])
        self._first.set()

    async def _disconnected(self) -> None:
        if not self._ended.is_set():
            log.warning("nats is away, processes look by themselves")

    async def _failed(self, error: Exception) -> None:
        if not self.up:
            told = str(error) or type(error).__name__
            if told != self.reason:
                log.warning("nats cannot be reached", reason=told)
            self.reason = told

    def close(self) -> None:
        """End the connection."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
