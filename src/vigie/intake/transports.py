"""The folders watched, the addresses and folders fetched, the brokers heard, as settings say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import PolledUrl, Received, Settings, SftpFolder
from vigie.intake.batch import Batch, Mode
from vigie.intake.bulk import never_opened
from vigie.intake.circuit import Schedule
from vigie.intake.committing import Committer
from vigie.intake.connector import Connector
from vigie.intake.feeding import TICK_S, Feed, forget_others
from vigie.intake.files import Found
from vigie.intake.journal import Journal
from vigie.intake.mqtt import Note, Subscriber
from vigie.intake.polling import Fetched, Poller
from vigie.intake.sftp import SftpPuller
from vigie.intake.watching import FolderWatcher
from vigie.intake.worker import Keeper
from vigie.model.notices import Reject

LISTEN_S = 0.02
FeedOf = Callable[[Received], tuple[str, Connector]]
"""From what is said of a feed: the registered feed's name and its connector."""


class Transports:
    """Makes the watchers, the pollers and the subscribers, and closes them."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        committer: Committer,
        clock: Clock,
        note: Note,
    ) -> None:
        self._settings = settings.intake
        self._journal = journal
        self._committer = committer
        self._clock = clock
        self._timezone = settings.city.timezone
        self._note = note
        self._fetchers: list[Poller | SftpPuller] = []
        self._subscribers: dict[str, list[Subscriber]] = {}

    def keepers(self, feed_of: FeedOf, wake: Callable[[], None]) -> list[Keeper]:
        """Return what must be done regularly.

        Args:
            feed_of: Registers a feed.
            wake: Told when something was journalled.

        Raises:
            SettingsInvalid: When an address may not be polled, a folder not be fetched, or a broker
                not be listened to.
            MissingPart: When a folder is to be fetched over SFTP without asyncssh.
        """
        made: list[Keeper] = []
        feeds: list[Feed] = []
        for folder in self._settings.watch:
            source, connector = feed_of(folder)
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
            source, _ = feed_of(polled)
            poller = Poller(polled.url, source, self._journal, self._clock, private=polled.private)
            self._fetchers.append(poller)
            feeds.append(
                self._feed(f"poll {source} {polled.url}", source, polled, poller.poll, wake)
            )
        for remote in self._settings.sftp:
            source, _ = feed_of(remote)
            puller = SftpPuller(remote, source, self._journal, self._clock, refuse=self.refuse_file)
            self._fetchers.append(puller)
            feeds.append(self._feed(f"{source} {puller.place}", source, remote, puller.pull, wake))
        forget_others(self._journal.database, [feed.key for feed in feeds])
        fetching = [Keeper(f"fetch-{feed.source}", TICK_S, feed.turn) for feed in feeds]
        return [*made, *fetching, *self._listeners(feed_of, wake)]

    def _feed(
        self,
        key: str,
        source: str,
        said: PolledUrl | SftpFolder,
        fetch: Callable[[], Fetched],
        wake: Callable[[], None],
    ) -> Feed:
        schedule = Schedule.of(said.period_s, said.at, self._timezone)
        database = self._journal.database
        return Feed(key, source, schedule, fetch, database=database, clock=self._clock, wake=wake)

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
            source, _ = feed_of(feed)
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

    def interrupt(self) -> None:
        """Cut short what is being fetched; the next look takes it."""
        for fetcher in self._fetchers:
            fetcher.interrupt()

    def close(self) -> None:
        """Let go of the connections."""
        for fetcher in self._fetchers:
            fetcher.close()
        self._fetchers = []
        for several in self._subscribers.values():
            for subscriber in several:
                subscriber.close()
        self._subscribers = {}
