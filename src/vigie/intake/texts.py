"""Whole columns of free text through the kernel's scrubber, on every core when there are many.

Scrubbing is most of the work of a load with free text, and is Python: other cores help only in
other processes. These are plain children that read texts on one pipe and write them on another;
nothing but the kernel is loaded in them, and no text touches a disk.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, cast

from vigie.base.logging import get_logger
from vigie.scrub import LateScrubber

MANY = 2_000
"""Fewer texts than this are scrubbed where they are: handing them over would cost more."""

MOST_CHILDREN = 7
_LENGTH = struct.Struct("<Q")

Scrubbed = tuple[list[str], list[int]]
log = get_logger(__name__)


def scrub_here(scrubber: LateScrubber, texts: Sequence[str]) -> Scrubbed:
    """Return texts scrubbed in this process, and how many passages left each."""
    cleaned, counts = scrubber.scrub_texts(texts)
    return [text or "" for text in cleaned], counts


def send(pipe: IO[bytes], value: object) -> None:
    """Write a value to a pipe as JSON, its length before it."""
    data = json.dumps(value).encode("ascii")
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> object:
    """Read a value from a pipe; ``EOFError`` when the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return json.loads(data)


class TextScrubber:
    """Scrubs texts: few of them here, many shared with children.

    Args:
        children: Processes beside this one; by default one for each further core.
    """

    def __init__(self, children: int | None = None) -> None:
        further = (os.cpu_count() or 1) - 1
        self._wanted = min(MOST_CHILDREN, further) if children is None else children
        self._scrubber = LateScrubber(tagged=True)
        self._children: list[_Child] = []
        self._turn = threading.Lock()

    def __call__(self, texts: list[str]) -> Scrubbed:
        """Return the texts scrubbed, in order, and how many passages left each."""
        if len(texts) < MANY or self._wanted < 1 or not self._turn.acquire(blocking=False):
            return scrub_here(self._scrubber, texts)
        try:
            return self._scrub_together(texts)
        except (OSError, EOFError, ValueError) as error:
            log.warning("scrubbing goes on alone", reason=type(error).__name__)
            self._stop()
            self._wanted = 0
            return scrub_here(self._scrubber, texts)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the children."""
        with self._turn:
            self._stop()

    def _scrub_together(self, texts: list[str]) -> Scrubbed:
        self._start()
        share = -(-len(texts) // (len(self._children) + 1))
        # A child reads the whole of its share before it answers: neither side waits on the other.
        for number, child in enumerate(self._children, start=1):
            send(child.to, texts[number * share : (number + 1) * share])
        cleaned, counts = scrub_here(self._scrubber, texts[:share])
        for child in self._children:
            answer = receive(child.back)
            if not isinstance(answer, list):
                raise ValueError  # noqa: TRY004  a broken conversation, as the others
            cleaned += answer[0]
            counts += answer[1]
        if len(cleaned) != len(texts):
            raise ValueError
        return cleaned, counts

    def _start(self) -> None:
        while len(self._children) < self._wanted:
            self._children.append(_Child())

    def _stop(self) -> None:
        for child in self._children:
            child.end()
        self._children = []


class _Child:
    """A process that scrubs, and the pipes to it and back."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "vigie.intake.textchild"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.to = cast("IO[bytes]", self.process.stdin)
        self.back = cast("IO[bytes]", self.process.stdout)

    def end(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.communicate()
