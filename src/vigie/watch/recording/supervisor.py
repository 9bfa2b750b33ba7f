"""The parent of the recorders: one process a camera, started again whenever it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from vigie.base.clock import Clock, now_us
from vigie.base.logging import get_logger
from vigie.watch.recording.condition import all_health, raise_alarm
from vigie.watch.recording.index import Index
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.space import Space

MUTE_US = 60_000_000
"""A recorder that says nothing of itself for so long is ended and started again."""
STEADY_US = 30_000_000
"""A recorder that ran for so long starts again at once when it ends."""
LONGEST_WAIT_US = 30_000_000
ENDING_S = 5.0
log = get_logger(__name__)


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    revision: int
    started_us: int


class Supervisor:
    """Keeps a recorder running for every camera of an index.

    Args:
        index: The index.
        clock: Its clock.
        open_stream: Gives the address of a camera's stream in clear; kept nowhere.
        space: What recordings may take.
    """

    def __init__(
        self,
        index: Index,
        clock: Clock,
        open_stream: Callable[[CameraSheet], str],
        space: Space,
    ) -> None:
        self._index, self._clock = index, clock
        self._open_stream, self._space = open_stream, space
        self._children: dict[str, _Child] = {}
        self._falls: dict[str, int] = {}
        self._due: dict[str, int] = {}

    @property
    def processes(self) -> dict[str, int]:
        """Process ids of the recorders that run, by camera."""
        return {name: one.process.pid for name, one in self._children.items()}

    def tick(self) -> None:
        """Start what is to run, start again what has ended, end what is mute or has a new sheet."""
        now = now_us(self._clock)
        sheets = {one.camera_id: one for one in self._index.cameras()}
        health = all_health(self._index)
        for name, child in list(self._children.items()):
            sheet = sheets.get(name)
            told = health[name].at_us if name in health else 0
            mute = now - max(child.started_us, told) > MUTE_US
            changed = sheet is None or sheet.revision != child.revision
            if child.process.poll() is not None:
                self._fallen(name, child, now)
            elif changed or mute:
                self._end([self._children.pop(name)])
                if mute:
                    raise_alarm(self._index, now, "restarted", name, 1)
        for name, sheet in sheets.items():
            if name not in self._children and now >= self._due.get(name, 0):
                self._children[name] = self._start(sheet, now)

    def _fallen(self, name: str, child: _Child, now: int) -> None:
        """Note that a recorder ended by itself: the next waits longer each time it ends soon."""
        del self._children[name]
        if child.process.stdin is not None:
            child.process.stdin.close()
        steady = now - child.started_us >= STEADY_US
        falls = 0 if steady else self._falls.get(name, 0)
        self._falls[name] = falls + 1
        self._due[name] = now + min(LONGEST_WAIT_US, (2**falls - 1) * 1_000_000)
        log.warning("recorder ended", camera=name, code=child.process.returncode)
        raise_alarm(self._index, now, "restarted", name, 1)

    def _start(self, sheet: CameraSheet, now: int) -> _Child:
        process = subprocess.Popen(
            [sys.executable, "-m", "vigie.watch.recording.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        told = {
            "root": str(self._index.root.absolute()),
            "camera_id": sheet.camera_id,
            "url": self._open_stream(sheet),
            "quota": self._space.quota,
            "least_free": self._space.least_free,
        }
        assert process.stdin is not None  # noqa: S101 -- asked for above
        try:
            process.stdin.write(json.dumps(told).encode("utf-8") + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            log.warning("recorder did not start", camera=sheet.camera_id)
        return _Child(process, sheet.revision, now)

    def _end(self, children: list[_Child]) -> None:
        for child in children:
            child.process.terminate()
        for child in children:
            try:
                child.process.wait(ENDING_S)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            if child.process.stdin is not None:
                child.process.stdin.close()

    def __enter__(self) -> Self:
        """Return itself; nothing runs before the first tick."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every recorder: each closes its segment first."""
        children, self._children = list(self._children.values()), {}
        self._end(children)
