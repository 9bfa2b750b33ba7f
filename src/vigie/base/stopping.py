"""Ending a long reckoning between two of its small steps, when the process is told to stop.

Who starts a reckoning says by what it may be stopped (``stoppable``); the reckoning looks at it
between small steps (``look``) and need not know who asked. A reckoning that nobody may stop looks
at nothing and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from threading import Thread

from vigie.base.errors import Stopping

PATIENCE_S = 0.05
"""Who waits for a thread looks this often whether to stop."""


class Stop:
    """Says that what goes on is to end; never taken back.

    A plain mark without a lock: a signal handler may set it at any instant.
    """

    def __init__(self) -> None:
        self._wanted = False

    @property
    def wanted(self) -> bool:
        """Whether it has been asked for."""
        return self._wanted

    def set(self) -> None:
        """Ask for it."""
        self._wanted = True


_STOPS: ContextVar[tuple[Stop, ...]] = ContextVar("stops", default=())


@contextmanager
def stoppable(*stops: Stop) -> Iterator[None]:
    """Let what is done inside be ended by these too, beside those it may be ended by already."""
    token = _STOPS.set((*_STOPS.get(), *stops))
    try:
        yield
    finally:
        _STOPS.reset(token)


def look() -> None:
    """Go on, unless what goes on here is to end.

    Raises:
        Stopping: When it is.
    """
    if any(stop.wanted for stop in _STOPS.get()):
        raise Stopping


def wait_for(thread: Thread) -> None:
    """Wait for a thread as long as nobody wants what goes on here to end.

    Raises:
        Stopping: When somebody does.
    """
    while thread.is_alive():
        look()
        thread.join(PATIENCE_S)


class Worker(Thread):
    """A thread that is ended by what may end its starter, without a word in the log.

    Args:
        work: What it does; whatever else it raises is its own affair.
        name: Of the thread.

    Attributes:
        stopped: Whether it was ended before its work was done.
    """

    def __init__(self, work: Callable[[], object], name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._around = copy_context()
        self.stopped = False

    def run(self) -> None:
        """Work until done or stopped."""
        try:
            self._around.run(self._work)
        except Stopping:
            self.stopped = True
