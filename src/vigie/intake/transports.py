"""The folders watched, the addresses polled and the folders fetched, as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.base.settings import PolledUrl, Settings, SftpFolder
from vigie.intake.batch import Batch, Committer, Mode
from vigie.intake.bulk import never_opened
from vigie.intake.circuit import Schedule
from vigie.intake.connector import Connector
from vigie.intake.feeding import TICK_S, Feed, forget_others
from vigie.intake.files import Found
from vigie.intake.journal import Journal
from vigie.intake.polling import Fetched, Poller
from vigie.intake.sftp import SftpPuller
from vigie.intake.watching import FolderWatcher
from vigie.intake.worker import Keeper
from vigie.model.notices import Reject

FeedOf = Callable[[str, str, str], tuple[str, Connector]]
"""From connector, mapping file and source: the registered feed's name and its connector."""


class Transports:
    """Makes the watchers and the pollers, and closes them."""

    def __init__(
        self, settings: Settings, journal: Journal, committer: Committer, clock: Clock
    ) -> None:
        self._settings = settings.intake
        self._journal = journal
        self._committer = committer
        self._clock = clock
        self._timezone = settings.city.timezone
        self._fetchers: list[Poller | SftpPuller] = []

    def keepers(self, feed_of: FeedOf, wake: Callable[[], None]) -> list[Keeper]:
        """Return what must be done regularly.

        Args:
            feed_of: Registers a feed.
            wake: Told when something was journalled.

        Raises:
            SettingsInvalid: When an address may not be polled, or a folder not be fetched.
            MissingPart: When a folder is to be fetched over SFTP without asyncssh.
        """
        made: list[Keeper] = []
        feeds: list[Feed] = []
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
            poller = Poller(polled.url, source, self._journal, self._clock, private=polled.private)
            self._fetchers.append(poller)
            feeds.append(
                self._feed(f"poll {source} {polled.url}", source, polled, poller.poll, wake)
            )
        for remote in self._settings.sftp:
            source, _ = feed_of(remote.connector, remote.mapping, remote.source)
            puller = SftpPuller(remote, source, self._journal, self._clock, refuse=self.refuse_file)
            self._fetchers.append(puller)
            feeds.append(self._feed(f"{source} {puller.place}", source, remote, puller.pull, wake))
        forget_others(self._journal.database, [feed.key for feed in feeds])
        return made + [Keeper(f"fetch-{feed.source}", TICK_S, feed.turn) for feed in feeds]

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
