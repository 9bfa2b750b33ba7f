"""What is loaded late is loaded in a thread once the server answers: nobody's first question pays.

A program that begins loads what its first answer needs (decision 0076); large libraries and the
scrubber's patterns are loaded by whoever uses them first. Of a server that would be a person who
waits, or a commit that does.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import Final, Self

import pyarrow as pa

from vigie.base.logging import get_logger

LATE: Final = (
    "vigie.scrub.scrubber",  # what the first text of a commit needs
    "scipy.special",
    "scipy.stats",
    "scipy.sparse.csgraph",
    "scipy.spatial",
    "sqlglot",
    "icalendar",
)
"""Modules that the first commits and questions use. Learners and solvers are not among them: who
forecasts or allocates waits for longer than their loading takes."""
log = get_logger(__name__)


def let_arrow_look() -> None:
    """Convert one list: Arrow looks for pandas before its first, and loads it."""
    pa.array([0])


def warm(stop: threading.Event, *more: Callable[[], object]) -> None:
    """Load what is loaded late, one after the other; a fault is told and the others go on.

    Args:
        stop: Ends it between two of them.
        more: What else is made ready.
    """
    for name in LATE:
        if stop.is_set():
            return
        try:
            importlib.import_module(name)
        except Exception:
            log.exception("a part of the program cannot be loaded", part=name)
    for do in (let_arrow_look, *more):
        if stop.is_set():
            return
        do()


class Warming:
    """Warms in a thread of its own, from when it is begun until all is loaded or it is left."""

    def __init__(self, *more: Callable[[], object]) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=warm, args=(self._stop, *more), name="warming")

    def begin(self) -> None:
        """Begin."""
        self._thread.start()

    def __enter__(self) -> Self:
        """Return itself; nothing is begun."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop: what is being loaded is loaded first."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
