"""Intake: the one door through which data enters, and everything it promises."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from vigie.audit.line import Writer
from vigie.base.clock import Clock, now_us
from vigie.base.errors import WrongUsage
from vigie.base.settings import Received, Settings
from vigie.intake.apart import Apart
from vigie.intake.between.reach import Reach
from vigie.intake.bulk import BulkLoader
from vigie.intake.committing import Committer
from vigie.intake.connector import Connector, get_connector
from vigie.intake.database import FILE, Database
from vigie.intake.entry import Message
from vigie.intake.events import EventLog
from vigie.intake.figures import Figures
from vigie.intake.files import safe_name
from vigie.intake.geocode import HttpGeocoder
from vigie.intake.journal import INLINE_BYTES, Journal
from vigie.intake.locating import Geocoder
from vigie.intake.mappings import about_feed
from vigie.intake.observed import SourceContract
from vigie.intake.outcome import IngestReport, ReplayReport, RetryReport
from vigie.intake.pipeline import Pipeline, Progress
from vigie.intake.prepare import Kitchen
from vigie.intake.pressing import TELL_S, PressureTeller
from vigie.intake.quarantine import Quarantine, Quarantined, QuarantinedRow
from vigie.intake.replaying import replay
from vigie.intake.retrying import Retrier
from vigie.intake.sources import LAST_BATCHES, BatchInfo, SourceHealth, SourceInfo, Sources
from vigie.intake.texts import TextScrubber
from vigie.intake.transports import Transports
from vigie.intake.worker import HOUSEKEEPING_S, STATES_S, Drain, Housekeeping, Keeper, Worker
from vigie.keys.keeper import Keeper as Keys
from vigie.lake.store import Lake


class Intake:
    """Journal, pipeline, quarantine, sources and events of one home.

    Attributes:
        events: What happened, with increasing numbers; survives a restart.
        housekeeping: What is thrown away when, and what was.
        processing, apart: What is processed of the journal, here or in a process beside.
        figures: What waits and what commits took.
        reach: The other processes of a cluster, once it connects.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        settings: Settings,
        lake: Lake,
        connectors: Mapping[str, Connector],
        clock: Clock,
        gazetteer: Geocoder | None,
        audit: Writer | None = None,
        keys: Keys | None,
    ) -> None:
        self._settings = settings
        self._own_keys = keys is None
        self._keys = keys or Keys(folder.parent / "keys", clock)
        self._connectors = connectors
        self._clock = clock
        self._database = database
        self.events = EventLog(database, clock)
        self.figures = Figures(database)
        kept = settings.intake
        journal = Journal(folder, database, settings=kept, clock=clock, keys=self._keys)
        self._journal = journal
        self._sources = Sources(database, clock)
        sealing = self._journal.sealing
        quarantine = Quarantine(database, clock, sealing, days=kept.quarantine_days)
        self._quarantine = quarantine
        url, outside = kept.geocoder_url, kept.geocoder_outside
        self._geocoder = HttpGeocoder(url, outside=outside) if url else None
        geocoders = tuple(one for one in (gazetteer, self._geocoder) if one is not None)
        self._texts = TextScrubber()
        zone, bbox = settings.city.timezone, settings.city.bbox
        kitchen = Kitchen("", zone, bbox, geocoders, self._texts, lake.keeps_originals)
        self._committer = Committer(lake, journal, quarantine, self.events, clock, audit=audit)
        parts = (journal, self._sources, self._committer, connectors)
        self._pipeline = Pipeline(*parts, settings=settings, kitchen=kitchen)
        self.processing = Drain(self._journal, self._pipeline)
        self.housekeeping = Housekeeping(journal, self._sources, quarantine, self.events, clock)
        self.pressure = PressureTeller(self._journal.admission, self.events)
        self._worker = Worker(self.processing, linger_ms=settings.intake.linger_ms)
        self.apart: Apart | None = None
        note = self._sources.note
        self._transports = Transports(settings, journal, self._committer, clock, note)
        self.reach = Reach(settings, journal, self.events, self._worker, clock)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        settings: Settings,
        lake: Lake,
        connectors: Mapping[str, Connector],
        clock: Clock,
        create: bool = False,
        gazetteer: Geocoder | None = None,
        audit: Writer | None = None,
        keys: Keys | None = None,
    ) -> Self:
        """Open the intake of a home.

        Args:
            folder: Holds ``intake.db`` and the spool.
            settings: The home's settings.
            lake: Where records go.
            connectors: Source formats by name.
            clock: Tells the time of receipt.
            create: Make what is missing.
            gazetteer: Offline geocoder.
            audit: What each commit is told to before it is done; a home always gives one.
            keys: Seals what is kept; by default a keeper of its own, in ``keys`` beside it.

        Raises:
            StoreBroken: When the journal is missing, damaged or of a newer version.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        database = Database(folder / FILE, create=create)
        try:
            return cls(
                folder,
                database,
                settings=settings,
                lake=lake,
                connectors=connectors,
                clock=clock,
                gazetteer=gazetteer,
                audit=audit,
                keys=keys,
            )
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Stop the workers and let go of every file; what waits stays in the journal."""
        self.stop()
        self.reach.close()
        self._journal.close()
        self._database.close()
        self._texts.close()
        if self._own_keys:
            self._keys.close()
        if self._geocoder is not None:
            self._geocoder.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    # --- Sources -------------------------------------------------------------------------------

    def register(
        self,
        source: str,
        connector: str,
        *,
        mapping: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        period_s: int | None = None,
        title: Mapping[str, str] | None = None,
    ) -> SourceInfo:
        """Register a feed, or renew its mapping, period or title.

        Raises:
            NotFound: When there is no such connector.
            MappingInvalid: When the connector cannot use the mapping.
            WrongUsage: When the name cannot be one, or another connector reads the feed.
        """
        found = get_connector(self._connectors, connector)
        if mapping:
            self._pipeline.try_mapping(found, mapping, options or {}, now_us(self._clock))
        info = self._sources.register(
            source, found, mapping=mapping, options=options, period_s=period_s, title=title
        )
        self._sources.require(source)
        return info

    def sources(self) -> list[SourceInfo]:
        """Return every feed, by name."""
        return self._sources.list_all()

    def source(self, name: str) -> SourceInfo:
        """Return a feed; raises ``NotFound`` when it is not registered."""
        return self._sources.get(name)

    def health(self, now_us: int, *, batches: int = LAST_BATCHES) -> list[SourceHealth]:
        """Return how every feed is doing at an instant (epoch µs), by name, with latest batches."""
        errors = self._transports.errors() | dict((self.apart or self.processing).errors)
        return self._sources.health(now_us, errors, batches=batches)

    def contract(self, name: str, now_us: int) -> SourceContract:
        """Return what a feed should bring beside what it brought; raises ``NotFound``."""
        connector = get_connector(self._connectors, self._sources.get(name).connector)
        return self._sources.contract(name, connector, now_us, self._settings.city.timezone)

    def batch(self, batch_id: str) -> BatchInfo:
        """Return a load; raises ``NotFound`` when it is not known (any more)."""
        return self._sources.batch(batch_id)

    def message_of(self, batch_id: str, received_us: int) -> Message | None:
        """Return the message a record came by, while the journal still knows it."""
        return self._journal.find_by_receipt(batch_id, received_us)

    # --- Receiving -----------------------------------------------------------------------------

    def accept(self, source: str, name: str, content: bytes, media: str = "") -> str:
        """Take a message, on disk when its id is returned. Thread-safe; flushes are shared.

        Args:
            source: Registered feed.
            name: What the sender calls it; only a label.
            content: Payload.
            media: Media type.

        Raises:
            NotFound: When the feed is not registered.
            TooLarge: When the payload is above the limit.
            TooManyRequests: When too many messages wait.
            Unavailable: When disk or keeper of keys refuse: nothing was taken.
        """
        label = self._label(source, name)
        message_id = self._journal.submit(source, label, content, media).result()
        self.wake()
        return message_id

    async def accept_async(self, source: str, name: str, content: bytes, media: str = "") -> str:
        """Take a message without blocking the event loop; see ``accept``."""
        if len(content) > INLINE_BYTES:
            return await asyncio.to_thread(self.accept, source, name, content, media)
        label = self._label(source, name)
        message_id = await self._journal.submit_from_loop(source, label, content, media)
        self.wake()
        return message_id

    def process(self) -> None:
        """Start processing in the background and nothing else; ``stop`` ends it, too."""
        self._worker.start(())

    def wake(self) -> None:
        """Say that a message waits."""
        (self.apart or self._worker).wake()

    def _label(self, source: str, name: str) -> str:
        self._sources.require(source)
        label, unsafe = safe_name(name)
        if unsafe:
            self._sources.note(source, "path_traversal")
        return label

    def ingest_paths(
        self,
        connector: str,
        paths: Sequence[Path],
        *,
        mapping: Path | None = None,
        source: str | None = None,
        options: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Ingest files and folders, and wait until all is in the lake or refused.

        Args:
            connector: Connector's name.
            paths: Files, or folders whose files with the connector's endings are taken.
            mapping: Mapping file (TOML).
            source: Feed; by default the mapping's ``source``, else the connector's name.
            options: Options of the feed for its connector; by default as it is registered.
            progress: Told ``(bytes done, bytes in all, name)``.

        Raises:
            NotFound: When a path or the connector does not exist.
            MappingInvalid: When the mapping cannot be used.
            WrongUsage: When the feed is read by another connector.
            Unavailable: When disk, lake or journal are not usable now; what was read so far is
                in, and a new run adds only the rest.
        """
        name, file, said = source or "", str(mapping or ""), dict(options or {})
        feed = Received(connector=connector, source=name, mapping=file, options=said)
        name, found = self._feed_of(feed)
        loader = BulkLoader(self._journal, self._pipeline, self._committer, self._clock)
        report = loader.load(name, found, paths, progress=progress)
        self.housekeeping.clean()  # a home that is never served forgets on time, too
        return report

    # --- Processing ----------------------------------------------------------------------------

    def drain(self, *, limit: int | None = None) -> int:
        """Process waiting messages in micro-batches; returns how many were processed.

        A feed whose messages cannot be processed now keeps them, and shows why in its health.
        """
        return self.processing.run(limit=limit)

    def start(self) -> None:
        """Start processing in the background, the watchers, the pollers and the subscribers.

        Raises:
            SettingsInvalid, MappingInvalid: When a folder, address, broker or mapping is no use.
        """
        keepers = [
            Keeper("intake-states", STATES_S, self.housekeeping.tell_states),
            Keeper("intake-pressure", TELL_S, self.pressure.tell),
            Keeper("intake-housekeeping", HOUSEKEEPING_S, self.housekeeping.clean),
            *self._transports.keepers(self._feed_of, self.wake),
        ]
        self._worker.start(keepers, processing=self.apart is None)

    def _feed_of(self, said: Received) -> tuple[str, Connector]:
        name, about = about_feed(said, self._sources.find)
        if about is not None:
            self.register(name, said.connector, **about)
        return name, get_connector(self._connectors, said.connector)

    def stop(self) -> None:
        """Stop what ``start`` started; waits for the commit under way."""
        self._transports.interrupt()
        self._worker.stop()
        self._transports.close()

    def replay(self, source: str | None = None) -> ReplayReport:
        """Put every kept message (of one feed) through the pipeline again: the state stays."""
        return replay(self._journal, self._pipeline, source)

    # --- Quarantine ----------------------------------------------------------------------------

    def quarantine_list(
        self,
        *,
        source: str | None = None,
        code: str | None = None,
        state: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Quarantined]:
        """Return refused rows, newest first, without their content."""
        return self._quarantine.list_rows(
            source=source, code=code, state=state, limit=limit, offset=offset
        )

    def quarantine_count(
        self,
        *,
        source: str | None = None,
        code: str | None = None,
        state: str | None = None,
        by: Literal["code", "state"] = "code",
    ) -> dict[str, int]:
        """Return how many refused rows there are, by reason or by state."""
        return self._quarantine.count(source=source, code=code, state=state, by=by)

    def quarantine_get(self, quarantine_id: str) -> QuarantinedRow:
        """Return a refused row with its content, maybe personal data; raises ``NotFound``."""
        return self._quarantine.get(quarantine_id)

    def quarantine_retry(
        self,
        ids: Sequence[str] | None = None,
        *,
        source: str | None = None,
        code: str | None = None,
        state: str | None = None,
    ) -> RetryReport:
        """Try refused rows again with today's code and mapping; say what got in.

        Args:
            ids: These rows.
            source: Rows of this feed.
            code: Rows with this reason.
            state: Rows in this state; ``open`` for all that wait.

        Raises:
            WrongUsage: When nothing was chosen.
            Unavailable: When lake or journal are not usable now.
        """
        if ids is None and source is None and code is None and state is None:
            raise WrongUsage(reason="ids, source, code, state")
        rows = self._quarantine.open_rows(ids=ids, source=source, code=code, state=state)
        at_us, kept = now_us(self._clock), self._quarantine
        return Retrier(kept, self._journal, self._pipeline, self._committer, at_us).retry(rows)
