"""The folders watched, the addresses polled and the folders fetched, as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.base.settings import IntakeSettings
from vigie.intake.batch import Batch, Committer, Mode
from vigie.intake.bulk import never_opened
from vigie.intake.connector import Connector
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
        self, settings: IntakeSettings, journal: Journal, committer: Committer, clock: Clock
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._committer = committer
        self._clock = clock
        self._pollers: list[Poller] = []

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
            self._pollers.append(poller)
            made.append(_fetching(f"poll-{source}", polled.period_s, poller.poll, wake))
        for remote in self._settings.sftp:
            source, _ = feed_of(remote.connector, remote.mapping, remote.source)
            puller = SftpPuller(remote, source, self._journal, self._clock, refuse=self.refuse_file)
            made.append(_fetching(f"sftp-{source}", remote.period_s, puller.pull, wake))
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


def _fetching(
    name: str, period_s: float, fetch: Callable[[], Fetched], wake: Callable[[], None]
) -> Keeper:
    def work() -> None:
        if fetch().taken:
            wake()

    return Keeper(name, period_s, work)
