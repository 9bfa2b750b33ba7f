"""What was read of the same files by the same question is not read twice.

A file of a table never changes its content, so that a statement with its values over a set of files
has one answer, whoever asks: who may ask it, and what of it is shown, is decided outside. Those who
ask the same at the same time wait for one reading. Nothing is held for longer than some seconds,
what no window bounds not for longer than two minutes, and nothing once a file of it is gone: what
was erased is not told from memory. What was answered over other files before is dropped as soon as
the same is asked of newer ones: a table that is fed has others twice a second.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final

import pyarrow as pa

from vigie.lake.sources import Source

MOST_BYTES = 32 * 2**20
LARGEST_BYTES = 4 * 2**20
"""A larger answer is held by who asked alone."""
LONGEST_S = 10.0
"""A table that is written to has another version by then, another second has another window."""
LONGEST_UNBOUNDED_S = 120.0
"""What is asked of settled files without a window is the same question until they are replaced."""
LOOKED_EVERY_S = 1.0
HELD_BYTES = 512
"""What an answer of no bytes holds: its place, its question."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, written: as a table, a few rows from an engine take some 2 kB for each column.

    That is fifty times what ``nbytes`` says of it, and hundreds of them are held.
    """

    stream: bytes
    until_s: float
    subject: Hashable

    @property
    def nbytes(self) -> int:
        return len(self.stream) + HELD_BYTES


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


class Answered:
    """Answers by question, held for a short while; safe from any thread.

    Attributes:
        asked: Questions.
        read: Of these, answered by reading.
    """

    def __init__(self, *, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._latest: dict[Hashable, Hashable] = {}
        self._reading: dict[Hashable, Lock] = {}
        self._guard: Final = Lock()
        self._bytes = 0
        self._look_s = 0.0
        self.asked = self.read = 0

    def ask(
        self,
        question: Hashable,
        sources: Iterable[Source],
        read: Callable[[], pa.Table],
        *,
        subject: Hashable = None,
        longest_s: float | None = None,
    ) -> pa.Table:
        """Return the answer to a question, read by who comes first.

        Args:
            question: All that the answer depends on: statement, values, paths of files.
            sources: Whose files it reads.
            read: Reads it; what it raises is raised, and the next one reads.
            subject: The question without its files: of each the latest answer is held; None for
                a question that has no earlier one.
            longest_s: For how long the answer is held, where not for as long as others.
        """
        with self._guard:
            self.asked += 1
            turn = self._reading.setdefault(question, Lock())
        with turn:
            found = self._known(question)
            if found is not None and not any(source.missing() for source in sources):
                return pa.ipc.open_stream(found).read_all()
            try:
                table = read()
            finally:
                with self._guard:
                    self.read += 1
                    if self._reading.get(question) is turn:
                        del self._reading[question]
            held_s = self._longest_s if longest_s is None else longest_s
            self._keep(question, question if subject is None else subject, table, held_s)
            return table

    def _known(self, question: Hashable) -> bytes | None:
        with self._guard:
            self._drop_old()
            kept = self._kept.get(question)
            if kept is None or kept.until_s <= time.monotonic():
                return None
            self._reading.pop(question, None)
            return kept.stream

    def _keep(
        self, question: Hashable, subject: Hashable, table: pa.Table, longest_s: float
    ) -> None:
        if table.nbytes > LARGEST_BYTES:
            return
        kept = _Kept(_written(table), time.monotonic() + longest_s, subject)
        with self._guard:
            self._drop(self._latest.get(subject))
            self._drop(question)
            self._kept[question] = kept
            self._latest[subject] = question
            self._bytes += kept.nbytes
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._kept)))

    def _drop_old(self) -> None:
        """Forget what has been held for long enough, now and then."""
        now = time.monotonic()
        if now < self._look_s:
            return
        self._look_s = now + LOOKED_EVERY_S
        for question in [one for one, kept in self._kept.items() if kept.until_s <= now]:
            self._drop(question)

    def _drop(self, question: Hashable) -> None:
        kept = self._kept.pop(question, None)
        if kept is not None:
            self._bytes -= kept.nbytes
            if self._latest.get(kept.subject) == question:
                del self._latest[kept.subject]
