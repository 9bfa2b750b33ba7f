"""Questions answered by a process beside the server, so that who listens never waits for who asks.

A question computes for tens of milliseconds; hundreds of listeners are written to five times a
second, and messages are taken, by the server's one interpreter. With ``server.reader`` a child
opens the same home and answers what is asked of the facts (``READS``), below the server's own
priority: under load the questions wait, alerts and listeners do not. It is the same application:
the same gates, rights and audit. What it cannot answer, because it is dead or only starting, the
server answers itself, so that nobody sees one die.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from starlette.types import ASGIApp, Receive, Scope, Send

from vigie.base.children import end_child, keep_running
from vigie.base.memory import POOLS

MODULE = "vigie.web.reading"
READS: Final = frozenset(
    (
        "/api/facts",
        "/api/histogram",
        "/api/map",
        "/api/near",
        "/api/situation",
        "/api/summary",
    )
)
"""Questions over the facts by their addresses; what is asked of one record costs too little."""
HOP_BY_HOP: Final = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"))
LONGEST_S = 120.0
LARGEST_BYTES = 256 * 2**20
LOOK_S = 0.2
ENDING_S = 15.0


class NotAnswered(Exception):
    """The process beside gave no whole answer."""


class Reader:
    """Keeps the child running while it is entered; answers by it.

    Args:
        home: The folder of the home that is served.

    Attributes:
        restarts: How often the child was started again.
    """

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._thread = threading.Thread(target=self._keep, name="reader", daemon=True)
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id of the child."""
        child = self._child
        return None if child is None else child.pid

    @property
    def door(self) -> Path | None:
        """Where the child listens, once it does."""
        door = None if self._folder is None else self._folder / "door"
        return door if door is not None and door.exists() else None

    def __enter__(self) -> Self:
        """Start the child and what watches it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the child; it finishes what it answers."""
        self._stopping.set()
        self._thread.join()

    # --- The child's life ----------------------------------------------------------------------

    def _keep(self) -> None:
        keep_running("reader", self._run, self._stopping, self._fell)

    def _fell(self) -> None:
        self.restarts += 1

    def _run(self) -> int | None:
        """Start a child and stay with it until it has ended; return its exit code."""
        folder = Path(tempfile.mkdtemp(prefix="vigie-reader-"))  # open to this account only
        # Of the server's session: a lower priority says nothing between two of them (autogroup).
        child = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**POOLS, **os.environ},
        )
        assert child.stdin is not None  # noqa: S101 -- above
        self._folder, self._child = folder, child
        told = {"home": str(self._home), "door": str(folder / "door")}
        try:
            with suppress(OSError):  # it has ended already
                child.stdin.write(json.dumps(told).encode() + b"\n")
                child.stdin.flush()
            while child.poll() is None and not self._stopping.is_set():
                self._stopping.wait(LOOK_S)
            began = self.door is not None
            self._folder = None
            end_child("reader", child, began=began, within_s=ENDING_S)
        finally:
            self._child = self._folder = None
            shutil.rmtree(folder, ignore_errors=True)
        return child.returncode

    # --- Answers -------------------------------------------------------------------------------

    async def answer(self, scope: Scope, send: Send) -> bool:
        """Answer a question by the child; False when it gave none, and nothing was sent yet."""
        door = self.door
        if door is None:
            return False
        try:
            async with asyncio.timeout(LONGEST_S):
                status, headers, body = await _ask(door, _request(scope))
        except (OSError, NotAnswered, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return False
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return True


def _request(scope: Scope) -> bytes:
    """Return a request as it is sent on: what was received, for one answer."""
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    lines = [b"GET " + target + b" HTTP/1.1", b"connection: close"]
    lines += [name + b": " + value for name, value in scope["headers"] if name not in HOP_BY_HOP]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _ask(door: Path, request: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of an answer.

    Raises:
        NotAnswered: When it is not whole, or of no known length.
    """
    reader, writer = await asyncio.open_unix_connection(str(door))
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        status = int(head[0].split(b" ")[1])
        found = [line.partition(b":") for line in head[1:] if line]
        headers = [(name.strip().lower(), value.strip()) for name, _, value in found]
        length = dict(headers).get(b"content-length", b"0" if status == 304 else b"")  # noqa: PLR2004
        if not length.isdigit() or int(length) > LARGEST_BYTES:
            raise NotAnswered
        body = await reader.readexactly(int(length))
    finally:
        writer.close()
    return status, [one for one in headers if one[0] not in HOP_BY_HOP], body


class ByReader:
    """Has questions over the facts answered beside, and everything else, or without one, here."""

    def __init__(self, app: ASGIApp, *, reader: Reader | None) -> None:
        self._app = app
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, to the one or the other."""
        reader = self._reader
        if (
            reader is not None
            and scope["type"] == "http"
            and scope["method"] == "GET"
            and scope["path"] in READS
            and await reader.answer(scope, send)
        ):
            scope["route"] = _Known(scope["path"])
            return
        await self._app(scope, receive, send)


class _Known:
    """The route of a question that was answered beside, for the metrics."""

    def __init__(self, path: str) -> None:
        self.path = path
