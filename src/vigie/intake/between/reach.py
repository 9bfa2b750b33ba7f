"""What a process of a cluster has of the others: a bell to ring and to hear, and the stream.

The truth stays in the stores. A bell that is not heard costs half a second, until who waits looks
by itself; that there is no server is an alert (``situation.pulse.silences``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from vigie.base.clock import Clock, now_us
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings
from vigie.intake.between.link import CONNECT_S, Link
from vigie.intake.between.relay import Relay
from vigie.intake.between.taker import Taker
from vigie.intake.events import EventLog
from vigie.intake.journal import Journal
from vigie.intake.worker import Worker

MORE_DAYS = 1
"""What the stream keeps beyond the journal's term: by then the keys of it are destroyed."""


class Reach:
    """Nothing until it connects, and nothing where the settings name no server.

    Attributes:
        link: The connection, once there is one to be kept.
    """

    def __init__(
        self, settings: Settings, journal: Journal, events: EventLog, worker: Worker, clock: Clock
    ) -> None:
        self.link: Link | None = None
        self._settings = settings
        self._journal = journal
        self._events = events
        self._worker = worker
        self._clock = clock
        self._lost_us: int | None = None

    @property
    def lost_us(self) -> int | None:
        """Since when no server is known to be there (epoch µs), None while one is."""
        if self.link is None or self.link.up:
            self._lost_us = None
        elif self._lost_us is None:
            self._lost_us = now_us(self._clock)
        return self._lost_us

    def connect(self) -> None:
        """Ring and hear from now on; pass on what is taken, if so is said.

        A server that does not answer is waited for in the background: who serves goes on, looks
        by itself and takes nothing meanwhile that it could not pass on.

        Raises:
            SettingsInvalid: When a server answers and is of no use.
            MissingPart: When the client is not installed.
        """
        told = self._settings.nats
        if not told.servers or self.link is not None:
            return
        link = self.link = Link(told, keep_days=self._settings.intake.quarantine_days + MORE_DAYS)
        link.hear(link.subject("bell", "events"), _calls(self._events.rung))
        link.hear(link.subject("bell", "journal"), _calls(self._worker.rung))
        self._events.tell = _rings(link, link.subject("bell", "events"))
        self._worker.tell = _rings(link, link.subject("bell", "journal"))
        if not link.wait(CONNECT_S) and link.answered:
            raise SettingsInvalid(key="nats.servers", reason=link.reason)
        if told.journal:
            self._journal.relay = Relay(link, self._journal.database, self._journal.spool)

    def lead(self) -> AbstractContextManager[object]:
        """Return what takes from the stream while it is entered: for whoever processes."""
        if self.link is None or not self._settings.nats.journal:
            return nullcontext()
        return Taker(
            self.link,
            self._journal.database,
            self._journal.spool,
            self._worker.rung,
            most=self._settings.intake.max_backlog,
        )

    def close(self) -> None:
        """Let go of the connection."""
        link, self.link = self.link, None
        if link is None:
            return
        self._events.tell = self._worker.tell = None
        relay, self._journal.relay = self._journal.relay, None
        if relay is not None:
            relay.close()
        link.close()


def _calls(do: Callable[[], None]) -> Callable[[Any], Any]:
    async def handle(_: Any) -> None:
        do()

    return handle


def _rings(link: Link, subject: str) -> Callable[[], None]:
    return lambda: link.ring(subject)
