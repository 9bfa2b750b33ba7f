"""Running the edge: listen, look at a folder, tell the days that have ended, carry them out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vigie.base.logging import get_logger
from vigie.intake.hospital.courier import Courier
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.mllp import MllpServer
from vigie.intake.messages.tree import MAX_BYTES
from vigie.intake.tabular.block import FileRefused

SUFFIXES = frozenset({".xml", ".json", ".hl7", ".er7"})
_LOG = get_logger(__name__)


@dataclass(slots=True)
class Folder:
    """A folder that the hospital's systems write files to; nothing in it is touched.

    A file is read when it has the same size and time twice in a row: it is whole then. After a
    restart all are read again, which changes nothing.
    """

    path: Path
    _read: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def look(self, edge: Edge, *, settled: bool = False) -> int:
        """Read what is new; return how many files were read.

        Args:
            edge: Counts what they tell.
            settled: Whether files are known to be whole, so that one look is enough.

        Raises:
            OSError: When the folder, or the edge's state, cannot be used.
        """
        count = 0
        seen: dict[Path, tuple[int, int]] = {}
        for path in sorted(self.path.iterdir()):
            if path.suffix.lower() not in SUFFIXES or path.is_symlink() or not path.is_file():
                continue
            told = path.stat()
            stamp = (told.st_size, told.st_mtime_ns)
            seen[path] = stamp
            if self._read.get(path) == stamp or not (settled or self._seen.get(path) == stamp):
                continue
            self._read[path] = stamp
            if told.st_size > MAX_BYTES:
                _LOG.warning("file", too_large=1)
                continue
            edge.take_file(path.read_bytes())
            count += 1
        self._seen = seen
        self._read = {path: stamp for path, stamp in self._read.items() if path in seen}
        return count


def learn(edge: Edge, folder: Path) -> int:
    """Let an edge learn from a folder of past files; returns how many days were new to it.

    Raises:
        OSError: When the folder or the state cannot be used.
    """
    new = 0
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink():
            try:
                new += edge.remember_file(path.read_bytes())
            except FileRefused as refusal:
                _LOG.warning("file of the past", code=refusal.reject.code)
    return new


def run_once(edge: Edge, folder: Folder | None, couriers: Sequence[Courier]) -> dict[str, int]:
    """Look, tell and carry once; return how many files, messages made, and messages that wait.

    Raises:
        OSError: When the folder or the state cannot be used.
    """
    files = folder.look(edge, settled=True) if folder else 0
    made = edge.settle()
    edge.delivered(carry(couriers, edge.outbox))
    return {"files": files, "made": made, "waiting": len(edge.outbox)}


def carry(
    couriers: Sequence[Courier], messages: list[dict[str, object]]
) -> list[dict[str, object]]:
    """Return the messages that every courier carried."""
    done = messages
    for courier in couriers:
        done = courier.deliver(done)
    return done


async def run(
    edge: Edge,
    *,
    listen: tuple[str, int] | None,
    folder: Folder | None,
    couriers: Sequence[Courier],
    every_s: float,
    stop: asyncio.Event,
    wait_s: float = 0.0,
) -> None:
    """Run until told to stop.

    What the hospital's systems kept while nobody listened comes after a start, and counts only if
    its day is not told yet: nothing is told in the first ``wait_s`` seconds.

    Args:
        edge: Counts.
        listen: Address of the MLLP server, or None.
        folder: Folder to look at, or None.
        couriers: Where messages go.
        every_s: Seconds between two looks.
        stop: Ends the run.
        wait_s: Seconds after the start before a day is told.

    Raises:
        OSError: When the address cannot be used; later failures are logged, and tried again.
    """
    server = MllpServer(edge.answer)
    loop = asyncio.get_running_loop()
    told_from = loop.time() + wait_s
    if listen is not None:
        port = await server.start(*listen)
        _LOG.info("listening", host=listen[0], port=port)
    try:
        while not stop.is_set():
            try:
                if folder is not None:
                    folder.look(edge)
                if loop.time() >= told_from:
                    edge.settle()
                waiting = edge.outbox
                if waiting:
                    edge.delivered(await asyncio.to_thread(carry, couriers, waiting))
            except OSError as error:
                _LOG.error("nothing told now", reason=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), every_s)
            except TimeoutError:
                continue
    finally:
        await server.close()
