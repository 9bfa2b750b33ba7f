"""The folders watched, the addresses polled and the brokers heard, as the settings name them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import IntakeSettings
from vigie.intake.batch import Batch, Committer, Mode
from vigie.intake.bulk import never_opened
from vigie.intake.connector import Connector
from vigie.intake.files import Found
from vigie.intake.journal import Journal
from vigie.intake.mqtt import Note, Subscriber
from vigie.intake.polling import Poller
from vigie.intake.watching import FolderWatcher
from vigie.intake.worker import Keeper
from vigie.model.notices import Reject

LISTEN_S = 0.02
FeedOf = Callable[[str, str, str], tuple[str, Connector]]
"""From connector, mapping file and source: the registered feed's name and its connector."""


class Transports:
    """Makes the watchers, the pollers and the subscribers, and closes them."""

    def __init__(
        self,
        settings: IntakeSettings,
        journal: Journal,
        committer: Committer,
        clock: Clock,
        note: Note,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._committer = committer
        self._clock = clock
        self._note = note
        self._pollers: list[Poller] = []
        self._subscribers: dict[str, list[Subscriber]] = {}

    def keepers(self, feed_of: FeedOf, wake: Callable[[], None]) -> list[Keeper]:
        """Return what must be done regularly.

        Args:
            feed_of: Registers a feed.
            wake: Told when something was journalled.

        Raises:
            SettingsInvalid: When an address may not be polled, or a broker not be listened to.
        """
        made: list[Keeper] = []
        for folder in self._settings.watch:
            source, connector = feed_of(folder.connector, folder.mapping, "")
            watcher = FolderWatcher(
                Path(folder.path),
                source,
                connector,
                self._journal,
                self._clock,
                refuse=self.refuse_file,
            )

            def look(watcher: FolderWatcher = watcher) -> None:
                if watcher.look():
                    wake()

            made.append(Keeper(f"watch-{source}", folder.period_s, look))
        for polled in self._settings.poll:
            source, _ = feed_of(polled.connector, polled.mapping, polled.source)
            poller = Poller(polled.url, source, self._journal, self._clock)
            self._pollers.append(poller)

            def poll(poller: Poller = poller) -> None:
                if poller.poll().taken:
                    wake()

            made.append(Keeper(f"poll-{source}", polled.period_s, poll))
        return made + self._listeners(feed_of, wake)

    def errors(self) -> dict[str, str]:
        """Return why a feed cannot be received now, by source."""
        return {
            source: one.error
            for source, several in self._subscribers.items()
            for one in several
            if one.error
        }

    def _listeners(self, feed_of: FeedOf, wake: Callable[[], None]) -> list[Keeper]:
        made: list[Keeper] = []
        sessions: set[tuple[str, int, str]] = set()
        self._subscribers = {}
        for feed in self._settings.mqtt:
            session = (feed.host, feed.port, feed.client_id)
            if session in sessions:
                raise SettingsInvalid(key="intake.mqtt.client_id", reason="used twice")
            sessions.add(session)
            source, _ = feed_of(feed.connector, feed.mapping, feed.source)
            subscriber = Subscriber(feed, source, self._journal, self._note)
            self._subscribers.setdefault(source, []).append(subscriber)

            def listen(subscriber: Subscriber = subscriber) -> None:
                if subscriber.turn():
                    wake()

            made.append(Keeper(f"mqtt-{source}", LISTEN_S, listen))
        return made

    def refuse_file(self, source: str, one: Found, reject: Reject) -> None:
        """Put a file that was never opened into quarantine."""
        batch = Batch(source)
        batch.refuse(never_opened(source, one, now_us(self._clock)), reject)
        self._committer.commit(batch, Mode())

    def close(self) -> None:
        """Let go of the connections."""
        for poller in self._pollers:
            poller.close()
        self._pollers = []
        for several in self._subscribers.values():
            for subscriber in several:
                subscriber.close()
        self._subscribers = {}
