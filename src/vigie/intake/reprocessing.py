"""Records of a feed read anew from its kept messages, after its mapping or its connector changed.

Each record is what its row says today: the row of the message that it came by, read with today's
mapping. Nothing is added and nothing goes, so that what was erased or ended stays so: rows whose
record is not in the lake are for ``quarantine retry``. Texts follow, scrubbed anew. A run of
messages is settled before the next: cut short, the next run goes on after the last settled one.

Reading (parsing, scrubbing, placing) is the work, and is done by any hands; the lake is changed
here alone, in the order of the messages.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from vigie.audit.line import Line, Scalar, Writer
from vigie.base.clock import Clock, from_us, now_us
from vigie.base.errors import Unavailable
from vigie.base.hands import Hands
from vigie.base.settings import Settings
from vigie.base.stopping import look
from vigie.intake.entry import Message
from vigie.intake.journal import Journal
from vigie.intake.pipeline import Feed, Pipeline
from vigie.intake.rereading import Reread, Run, bounds_of, gathered, read_run, scrub_alone
from vigie.lake.spark import SparkEngine
from vigie.lake.store import Lake
from vigie.privacy.purposes import Purpose, Verb

TOGETHER = 500
TOGETHER_BYTES = 16 * 2**20
"""Messages settled together, and read by one pair of hands; a larger one stands alone."""
MOST_BYTES = 128 * 2**20
"""A larger payload is read here, piece by piece."""
ROWS = 50_000
MARK = "reprocessing.json"

Told = Callable[[float, float, str], None]


@dataclass(slots=True)
class Reprocessed:
    """What came of reading a feed anew.

    Attributes:
        messages: Messages read.
        read: Records that they gave.
        changed: Records that are different now.
        same: Records that are what they were.
        absent: Rows whose record is not in the lake: erased, ended, refused then, or of a name
            that the new mapping gives and the old one did not.
        elsewhere: Rows whose record came by another row.
        in_part: Rows told in part, or laid over by such: their records stay as they are.
        refused: Rows that are refused today, by reason; their records stay as they are.
        texts: Texts scrubbed anew.
    """

    messages: int = 0
    read: int = 0
    changed: int = 0
    same: int = 0
    absent: int = 0
    elsewhere: int = 0
    in_part: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    texts: int = 0


class Reprocessing:
    """Reads a feed anew and settles what it gives.

    Args:
        journal: Where the messages are.
        pipeline: Reads them as it always does.
        settings: The home's.
    """

    def __init__(self, journal: Journal, pipeline: Pipeline, settings: Settings) -> None:
        self._journal = journal
        self._pipeline = pipeline
        self._settings = settings

    def run(
        self,
        source: str,
        lake: Lake,
        audit: Writer,
        clock: Clock,
        *,
        engine: str = "duckdb",
        anew: bool = False,
        told: Told | None = None,
    ) -> Reprocessed:
        """Read every kept message of a feed anew, after the last run that was settled.

        Args:
            source: Feed.
            lake: Where its records are.
            audit: Told of each run before anything is changed.
            clock: Tells when.
            engine: Whose hands read: ``duckdb`` for this process, or ``spark``.
            anew: From the first message, whatever was settled before.
            told: Told ``(messages done, in all, day of receipt)`` after each run.

        Raises:
            NotFound: When the feed or its connector is not there.
            Unavailable: When lake, journal, audit or cluster are not usable now, or Spark is on
                other machines: payloads, sealed here, do not leave this one.
        """
        feed = self._pipeline.feed(source)
        mark = _Mark(self._journal.folder / MARK, feed, anew=anew)
        settler = _Settler(source, lake, audit, clock, mark.report)
        total = sum(len(run.messages) for run in self._runs(source, 0))
        runs = self._runs(source, mark.after)
        for run, found in self._read(feed, runs, self._hands(lake, engine)):
            for one in found:
                settler.settle(one)
            mark.report.messages += len(run.messages)
            mark.settle(run.messages[-1].seq)
            if told is not None:
                day = from_us(run.messages[0].received_us).date().isoformat()
                told(mark.report.messages, total, day)
        settler.finish()
        mark.forget()
        return mark.report

    def _hands(self, lake: Lake, engine: str) -> Hands | None:
        """Return Spark's hands; None for this process, where nothing needs to travel."""
        spark = lake.engine(engine)
        if not isinstance(spark, SparkEngine):
            return None
        if not spark.near:
            raise Unavailable(what="Spark on other machines over kept payloads")
        if self._settings.intake.geocoder_url:
            raise Unavailable(what="Spark with intake.geocoder_url")
        return spark

    def _runs(self, source: str, after: int) -> Iterator[Run]:
        """Yield the kept messages of a feed in runs, by day of receipt."""
        while some := self._journal.processed(source, after, TOGETHER):
            after = some[-1].seq
            for _, of_day in groupby(some, key=lambda m: m.received_us // 86_400_000_000):
                run: list[Message] = []
                size = 0
                for message in of_day:
                    if run and size + message.size > TOGETHER_BYTES:
                        yield Run(tuple(run))
                        run, size = [], 0
                    run.append(message)
                    size += message.size
                yield Run(tuple(run))

    def _read(
        self, feed: Feed, runs: Iterator[Run], spark: Hands | None
    ) -> Iterator[tuple[Run, Iterable[Reread]]]:
        """Yield each run with what it gives, in order."""

        def here(run: Run) -> Iterator[Reread]:
            return gathered(self._pipeline.reads(feed, run.messages), ROWS)

        if spark is None:
            for run in runs:
                look()
                yield run, here(run)
            return
        kitchen = replace(feed.kitchen, scrub=scrub_alone, originals=False)
        work = partial(
            read_run, feed=replace(feed, kitchen=kitchen), settings=bounds_of(self._settings)
        )
        for large, group in groupby(runs, key=lambda run: run.size > MOST_BYTES):
            if large:
                yield from ((run, here(run)) for run in group)
                continue
            sent: list[Run] = []
            for found in spark.each(work, self._with_contents(group, sent)):
                yield sent.pop(0), found

    def _with_contents(self, runs: Iterable[Run], sent: list[Run]) -> Iterator[Run]:
        for run in runs:
            sent.append(run)
            contents = {}
            for message in run.messages:
                with self._journal.open(message) as stream:
                    contents[message.seq] = stream.read()
            yield Run(run.messages, contents)


class _Settler:
    """Puts what was read into the lake, and tells the audit before."""

    def __init__(
        self, source: str, lake: Lake, audit: Writer, clock: Clock, report: Reprocessed
    ) -> None:
        self._source = source
        self._lake = lake
        self._audit = audit
        self._clock = clock
        self._report = report
        self._texts_gone = 0

    def settle(self, found: Reread) -> None:
        """Rewrite the records of some rows, and their texts."""
        report = self._report
        report.in_part += found.in_part
        report.refused = dict(sorted((Counter(report.refused) + found.refused).items()))
        for kind, tables in sorted(found.tables.items()):
            table = pa.concat_tables(tables)
            self._tell(kind, table.num_rows)
            done = self._lake.rewrite(kind, table)
            report.read += table.num_rows
            report.changed += done.changed
            report.same += len(done.ids) - done.changed
            report.absent += done.absent
            report.elsewhere += done.elsewhere
            report.in_part += done.folded
            if kind == "facts":
                self._settle_texts(found.narratives, done.ids)

    def finish(self) -> None:
        """Leave no byte of texts that the mapping no longer takes."""
        if self._texts_gone:
            self._lake.narratives.forget_deleted()

    def _settle_texts(self, narratives: list[pa.Table], ids: tuple[str, ...]) -> None:
        told: set[str] = set()
        if narratives:
            texts = pa.concat_tables(narratives)
            texts = texts.filter(pc.is_in(texts["fact_id"], value_set=pa.array(ids, pa.string())))
            self._report.texts += self._lake.narratives.put(texts, anew=True)
            told.update(texts["fact_id"].to_pylist())
        untold = [id_ for id_ in ids if id_ not in told]
        self._texts_gone += self._lake.narratives.erase(untold, forget=False)

    def _tell(self, kind: str, rows: int) -> None:
        subject: dict[str, Scalar] = {
            "source": self._source,
            "rows": rows,
            "reprocessed": True,
        }
        line = Line(
            at_us=now_us(self._clock),
            verb=Verb.ALTER,
            who="vigie",
            role="system",
            purpose=Purpose.SOURCE_OPERATION,
            dataset=kind,
            subject=subject,
        )
        self._audit.append(line)


class _Mark:
    """How far a feed has been read anew with the mapping it has; kept until it is done."""

    def __init__(self, path: Path, feed: Feed, *, anew: bool) -> None:
        self._path = path
        self._source = feed.info.source
        said = [feed.info.mapping, feed.info.options, feed.info.connector, version("vigie")]
        text = json.dumps(said, sort_keys=True, default=str)
        self._digest = hashlib.sha256(text.encode()).hexdigest()
        self.after, self.report = 0, Reprocessed()
        kept = self._all().get(self._source, {})
        if not anew and kept.get("digest") == self._digest:
            self.after = kept["after"]
            self.report = Reprocessed(**kept["report"])

    def settle(self, after: int) -> None:
        """Note that every message up to this one is settled."""
        self.after = after
        mine = {"digest": self._digest, "after": after, "report": asdict(self.report)}
        self._write({**self._all(), self._source: mine})

    def forget(self) -> None:
        """Note that nothing is left to go on with."""
        self._write({name: told for name, told in self._all().items() if name != self._source})

    def _all(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        return cast("dict[str, Any]", json.loads(self._path.read_text("utf-8")))

    def _write(self, told: dict[str, Any]) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(told), "utf-8")
        draft.replace(self._path)
