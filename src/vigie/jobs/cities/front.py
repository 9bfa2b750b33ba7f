"""The one address: reads which city a connection is for, and hands the connection itself over.

Nothing of a city passes here but the first bytes: the kernel gives the connection to the city's
process (``SCM_RIGHTS``), which answers the browser directly and refuses names that are not its
own. So there is no connection that two cities share, no answer to mix up, and a city under load
uses its own processor time.
"""

from __future__ import annotations

import asyncio
import errno
import json
import re
import signal
import socket
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from vigie.base.errors import Misdirected, Unavailable, VigieError, WrongUsage
from vigie.base.logging import get_logger
from vigie.base.supervisor import READY, tell_supervisor
from vigie.base.translations import choose_language, translate

MOST_HEAD = 16_384
HEAD_S = 10.0
MOST_WAITING = 1_000
"""Connections that have not said yet whom they are for; a slow one gives way to a new one."""
QUEUE_BYTES = 262_144
"""Of what waits for one city's processes, by the kernel's count; above it, 503."""
LINGER_S = 2.0
FIGURES_S = 2.0
RETRY_S = 2
_LINE = re.compile(rb"[A-Z]{1,20} /[^\s]* HTTP/1\.[01]")
_HOST = re.compile(rb"([a-z0-9.-]{1,253}?)\.?(?::[0-9]{1,5})?")
log = get_logger(__name__)


def make_channel() -> tuple[socket.socket, socket.socket]:
    """Return both ends of what hands connections to one city: the front's, the city's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, QUEUE_BYTES)
    ours.setblocking(False)
    theirs.setblocking(False)
    return ours, theirs


def named_host(head: bytes) -> str:
    """Return the host that a request's head names, in small letters and without its port.

    Raises:
        WrongUsage: When it names none, or not plainly one.
    """
    first, *lines = head.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    if _LINE.fullmatch(first) is None:
        raise WrongUsage(reason="HTTP/1.1", field="request")
    if any(line[:1] in {b" ", b"\t", b""} for line in lines):
        raise WrongUsage(reason="folded", field="request")
    told = [line.partition(b":")[2].strip() for line in lines if line[:5].lower() == b"host:"]
    found = _HOST.fullmatch(told[0].lower()) if len(told) == 1 else None
    if found is None:
        raise WrongUsage(reason="Host", field="Host")
    return found[1].decode("ascii")


class Front:
    """Hands connections to cities by host name, and counts those it hands to nobody.

    Args:
        door: Listens.
        channels: The front's end of each city's channel.
        names: City of each host name.
        figures: File that its figures are written to.
    """

    def __init__(
        self,
        door: socket.socket,
        channels: Mapping[str, socket.socket],
        names: Mapping[str, str],
        figures: Path | None,
    ) -> None:
        self._door = door
        self._channels = channels
        self._names = names
        self._figures = figures
        self.handed: Counter[str] = Counter(dict.fromkeys(channels, 0))
        self.refused: Counter[tuple[str, str]] = Counter()
        self._waiting: dict[asyncio.Task[None], None] = {}
        self._written = ""

    def run(self) -> None:
        """Hand over until told to stop (SIGINT, SIGTERM)."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        self._door.setblocking(False)
        accepting = loop.create_task(self._accept())
        telling = loop.create_task(self._tell())
        tell_supervisor(READY)
        await stop.wait()
        for task in (accepting, telling, *self._waiting):
            task.cancel()
        await asyncio.gather(accepting, telling, *self._waiting, return_exceptions=True)
        self.write_figures()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._door)
            except OSError as error:  # no handle left: those that wait end soon
                log.warning("a connection could not be taken", reason=error.strerror)
                await asyncio.sleep(0.1)
                continue
            if len(self._waiting) >= MOST_WAITING:
                next(iter(self._waiting)).cancel()
            task = loop.create_task(self._see_to(connection))
            self._waiting[task] = None
            task.add_done_callback(lambda done: self._waiting.pop(done, None))

    async def _see_to(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            try:
                head = await asyncio.wait_for(self._read(connection), HEAD_S)
                if head:
                    self._hand(connection, head)
            except VigieError as error:
                await _refuse(connection, head, error)
            except (TimeoutError, asyncio.CancelledError):
                self.refused["", "slow"] += 1
            except OSError:
                self.refused["", "gone"] += 1

    async def _read(self, connection: socket.socket) -> bytes:
        """Return what has come up to the end of the head, or a little more."""
        loop = asyncio.get_running_loop()
        head = b""
        while b"\r\n\r\n" not in head:
            piece = await loop.sock_recv(connection, MOST_HEAD)
            if not piece:
                return b""
            head += piece
            if len(head) > 2 * MOST_HEAD:
                self.refused["", "malformed"] += 1
                raise WrongUsage(reason=f"{MOST_HEAD} bytes", field="request")
        return head

    def _hand(self, connection: socket.socket, head: bytes) -> None:
        try:
            host = named_host(head)
        except WrongUsage:
            self.refused["", "malformed"] += 1
            raise
        city = self._names.get(host)
        if city is None:
            self.refused["", "unknown_name"] += 1
            raise Misdirected
        try:
            socket.send_fds(self._channels[city], [head], [connection.fileno()])
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.ENOBUFS, errno.ETOOMANYREFS}:
                log.warning("a connection was not handed over", city=city, reason=error.strerror)
            self.refused[city, "busy"] += 1
            raise Unavailable(what="city", retry_s=RETRY_S) from error
        self.handed[city] += 1

    async def _tell(self) -> None:
        while True:
            self.write_figures()
            await asyncio.sleep(FIGURES_S)

    def write_figures(self) -> None:
        """Write what was handed and refused, when it has changed, for Prometheus' node exporter."""
        if self._figures is None:
            return
        text = figures_text(self.handed, self.refused)
        if text == self._written:
            return
        try:
            partial = self._figures.with_suffix(".new")
            partial.write_text(text, "ascii")
            partial.replace(self._figures)
        except OSError as error:
            log.warning("figures could not be written", reason=error.strerror)
        else:
            self._written = text


def figures_text(handed: Mapping[str, int], refused: Mapping[tuple[str, str], int]) -> str:
    """Return the figures in Prometheus' text format; they are of the installation, not a city."""
    lines = ["# TYPE vigie_front_handed_total counter"]
    lines += [
        f'vigie_front_handed_total{{city="{city}"}} {n}' for city, n in sorted(handed.items())
    ]
    lines.append("# TYPE vigie_front_refused_total counter")
    lines += [
        f'vigie_front_refused_total{{city="{city}",reason="{reason}"}} {n}'
        for (city, reason), n in sorted(refused.items())
    ]
    return "\n".join(lines) + "\n"


async def _refuse(connection: socket.socket, head: bytes, error: VigieError) -> None:
    """Answer a problem and close; what cannot be sent at once is left."""
    accepted = re.search(rb"(?im)^accept-language:([^\r\n]{0,200})", head)
    language = choose_language(accepted[1].decode("latin-1") if accepted else None)
    problem = {
        "type": f"/problems/{error.code}",
        "title": translate(error.code, language, **error.params),
        "status": error.http_status,
        "code": error.code,
    }
    body = json.dumps(problem, ensure_ascii=False).encode()
    lines = [
        f"HTTP/1.1 {error.http_status} Refused",
        "Content-Type: application/problem+json",
        f"Content-Language: {language}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *([f"Retry-After: {error.params['retry_s']}"] if "retry_s" in error.params else []),
    ]
    try:
        await asyncio.wait_for(
            asyncio.get_running_loop().sock_sendall(
                connection, "\r\n".join((*lines, "", "")).encode("ascii") + body
            ),
            HEAD_S,
        )
        connection.shutdown(socket.SHUT_WR)
        await asyncio.wait_for(_hear_out(connection), LINGER_S)
    except (OSError, TimeoutError):
        return


async def _hear_out(connection: socket.socket) -> None:
    """Take what still comes: a connection closed over it would take the answer back."""
    while await asyncio.get_running_loop().sock_recv(connection, MOST_HEAD):
        continue
