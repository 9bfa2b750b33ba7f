"""The sealed plane: what a requisition may open one day, and nothing before (law PM-1, LED-6).

It holds, where a home asks for it, the original free text of a fact and its source's own
reference. Two legal regimes are kept apart: the police log of offences, and every other mission.
Each has its own database and its own key domain, and no function reads both. Nothing in Vigie
needs this plane: it may be taken away at any time, and nothing but it is missing then.

``Originals.read`` is for ``vigie.inquiry`` alone, by requisition and two persons; ``peek`` is for
the tests; ``Originals.naming`` is for the rights of the persons concerned, and tells no text.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa

from vigie.base.clock import to_us
from vigie.base.errors import KeyDestroyed, Unavailable
from vigie.base.logging import get_logger
from vigie.keys.keeper import MISSIONS, OFFENCES, Keeper
from vigie.lake.database import open_database, rewrite
from vigie.lake.narratives import key_of
from vigie.lake.pointers import TABLES, Named, epochs, named_by, pointers_of, unread
from vigie.lake.pointers import erase as erase_pointers
from vigie.lake.pointers import replace as replace_pointers
from vigie.model.contracts import TEXT
from vigie.privacy.envelope import KeyName
from vigie.privacy.pseudonyms import DAY_US, Identifier

Regime = Literal["missions", "offences"]
REGIMES: Final[dict[Regime, str]] = {"missions": MISSIONS, "offences": OFFENCES}
"""Key domain of each regime: GDPR (missions other than offences), police directive (offences)."""

ORIGINALS: Final = pa.schema(
    [
        pa.field("fact_id", TEXT, nullable=False),
        pa.field("source", TEXT, nullable=False),
        pa.field("source_ref", TEXT, nullable=False),
        pa.field("text", TEXT, nullable=False),
        pa.field("revision", pa.int64(), nullable=False),
        pa.field("part", TEXT, nullable=False),
    ]
)
"""What a connector gave, before the scrubber: it goes nowhere but into the sealed plane."""

_KIND = "original"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS originals (fact_id TEXT PRIMARY KEY, source TEXT NOT NULL,"
    " sealed BLOB NOT NULL, revision INTEGER NOT NULL, part TEXT NOT NULL) WITHOUT ROWID"
)
_PUT = (
    "INSERT INTO originals VALUES (?, ?, ?, ?, ?) ON CONFLICT (fact_id) DO UPDATE SET"
    " source = excluded.source, sealed = excluded.sealed, revision = excluded.revision,"
    " part = excluded.part WHERE excluded.revision > revision"
)
_REVISIONS = (
    "SELECT fact_id, revision FROM originals WHERE fact_id IN (SELECT value FROM json_each(?))"
)
_READ_AT_ONCE = 2_000
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Original:
    """The text of a fact as its source wrote it, and the source's own reference."""

    text: str
    source_ref: str


class SealedPlane:
    """Originals by regime, sealed by source and day of their fact.

    Args:
        folder: Made by the home when it is to keep originals; absent, nothing is kept.
        keys: Seals them.
        offences: Feeds that are the police log of offences; every other is of other missions.
    """

    def __init__(self, folder: Path, keys: Keeper, offences: Collection[str] = ()) -> None:
        self.folder = folder
        self._keys = keys
        self._offences = frozenset(offences)

    def regime(self, source: str) -> Regime:
        """Return the legal regime of a feed."""
        return "offences" if source in self._offences else "missions"

    def put(self, table: pa.Table) -> int:
        """Keep originals (``ORIGINALS``), the highest revision of each; returns how many got in.

        Without the folder nothing is kept, and nothing else is wrong.

        Raises:
            Unavailable: When the plane is there and cannot be written, or its keys cannot be had.
        """
        if not self.folder.is_dir():
            log.warning("the sealed plane is absent: originals are not kept", n=table.num_rows)
            return 0
        rows: defaultdict[Regime, list[dict[str, str]]] = defaultdict(list)
        for row in table.select(ORIGINALS.names).to_pylist():
            rows[self.regime(row["source"])].append(row)
        kept = 0
        for regime, some in rows.items():
            sealed = self._sealed(regime, some)
            told = {row["fact_id"]: (row["fact_id"], row["source"], row["part"], row["text"])
                    for row in some}  # fmt: skip
            pointers = pointers_of(self._keys, (told[row[0]] for row in sealed))
            with self.opened(regime) as database:
                if database is not None:
                    before = database.total_changes
                    database.execute("BEGIN IMMEDIATE")
                    database.executemany(_PUT, sealed)
                    kept += database.total_changes - before
                    held = dict(database.execute(_REVISIONS, (_ids(sealed),)).fetchall())
                    newest = {row[0] for row in sealed if held[row[0]] == row[3]}
                    replace_pointers(database, [one for one in pointers if one.fact_id in newest])
                    database.execute("COMMIT")
        return kept

    def peek(self, regime: Regime, fact_id: str) -> Original | None:
        """Return an original for a test; None when there is none, or its key is destroyed.

        Raises:
            StoreBroken: When it was changed.
        """
        with self.opened(regime) as database:
            row = None
            if database is not None:
                query = "SELECT source, part, sealed FROM originals WHERE fact_id = ?"
                row = database.execute(query, (fact_id,)).fetchone()
        if row is None:
            return None
        try:
            (said,) = self._keys.open(_key(regime, row[0], row[1]), _KIND, [(fact_id, row[2])])
        except KeyDestroyed:
            return None
        return Original(**json.loads(said))

    def counts(self) -> dict[Regime, int]:
        """Return how many originals each regime holds."""
        found: dict[Regime, int] = {}
        for regime in REGIMES:
            with self.opened(regime) as database:
                found[regime] = (
                    0
                    if database is None
                    else database.execute("SELECT count(*) FROM originals").fetchone()[0]
                )
        return found

    def originals(self, regime: Regime) -> Originals:
        """Return one regime's originals: what it forgets and when, and what a warrant opens."""
        return Originals(self, regime, self._keys)

    def erase(self, ids: Sequence[str]) -> int:
        """Delete originals by fact so that no byte of them is left; returns how many."""
        return sum(self.originals(regime).erase(ids) for regime in REGIMES)

    def _sealed(
        self, regime: Regime, rows: Sequence[dict[str, str]]
    ) -> list[tuple[str, str, bytes, str, str]]:
        groups: defaultdict[KeyName, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            groups[_key(regime, row["source"], row["part"])].append(row)
        done = []
        if len(groups) > 1:
            self._keys.make(list(groups))
        for name, some in groups.items():
            said = [
                (r["fact_id"], json.dumps({n: r[n] for n in ("text", "source_ref")}).encode())
                for r in some
            ]
            try:
                blobs = self._keys.seal(name, _KIND, said)
            except KeyDestroyed:
                log.info("originals past their term are not kept", source=name.source, n=len(some))
                continue
            done += [
                (r["fact_id"], r["source"], blob, r["revision"], r["part"])
                for r, blob in zip(some, blobs, strict=True)
            ]
        return done

    @contextmanager
    def opened(self, regime: Regime) -> Iterator[sqlite3.Connection | None]:
        """Give a regime's database for a moment; None when the plane is absent or taken away.

        Raises:
            Unavailable: When the plane is there and refuses.
        """
        given = False
        try:
            if self.folder.is_dir():
                path = self.folder / f"{regime}.db"
                with closing(open_database(path, synchronous="FULL")) as database:
                    for statement in (_TABLE, *TABLES):
                        database.execute(statement)
                    given = True
                    yield database
                    return
        except sqlite3.Error as error:
            if self.folder.is_dir():
                raise Unavailable(what="sealed plane", reason=str(error)) from error
            log.warning("the sealed plane was taken away")
        if not given:
            yield None


class Originals:
    """The originals of one regime: what ends of them, and what a warrant opens."""

    def __init__(self, plane: SealedPlane, regime: Regime, keys: Keeper) -> None:
        self._plane = plane
        self._regime = regime
        self._keys = keys

    def read(self, ids: Sequence[str]) -> dict[str, Original]:
        """Return originals by fact; whoever asks holds a warrant for exactly these (REQ-2).

        Those whose key is destroyed, and those of the other regime, are not among them.

        Raises:
            StoreBroken: When one of them was changed.
            Unavailable: When the plane is there and refuses, or its keys cannot be had.
        """
        groups: defaultdict[KeyName, list[tuple[str, bytes]]] = defaultdict(list)
        with self._plane.opened(self._regime) as database:
            query = "SELECT source, part, sealed FROM originals WHERE fact_id = ?"
            for fact_id in ids:
                row = None if database is None else database.execute(query, (fact_id,)).fetchone()
                if row is not None:
                    groups[_key(self._regime, row[0], row[1])].append((fact_id, row[2]))
        found: dict[str, Original] = {}
        for name, items in groups.items():
            try:
                said = self._keys.open(name, _KIND, items)
            except KeyDestroyed:
                continue
            opened = zip(items, said, strict=True)
            found |= {fact_id: Original(**json.loads(one)) for (fact_id, _), one in opened}
        return found

    # --- The rights of the persons concerned ---------------------------------------------------

    def epochs(self) -> list[tuple[str, int]]:
        """Return the feeds and 30-day epochs that there are originals of, all of them read."""
        with self._plane.opened(self._regime) as database:
            if database is None:
                return []
            while rows := unread(database, _READ_AT_ONCE):
                self._read_older(database, rows)
            return epochs(database)

    def naming(
        self, asked: Sequence[tuple[str, int]], kinds: Sequence[tuple[Identifier, str]]
    ) -> list[Named]:
        """Return the originals that name one of some identifiers, in feeds and epochs.

        The work is the same whatever is found: a pseudonym for each identifier, feed and epoch,
        and one question for each pseudonym.

        Args:
            asked: From ``epochs``.
            kinds: What each identifier is, and its one form.
        """
        tokens: list[str] = []
        for source, epoch in asked:
            for kind, text in kinds:
                try:
                    made = self._keys.tokens("sealed", source, epoch * DAY_US, kind, [text])
                except KeyDestroyed:
                    continue
                tokens += [one for one in made if one is not None]
        with self._plane.opened(self._regime) as database:
            return [] if database is None else sorted(set(named_by(database, tokens)))

    def _read_older(
        self, database: sqlite3.Connection, rows: Sequence[tuple[str, str, str, bytes]]
    ) -> None:
        """Make the pointers of originals that were kept before there were any; nothing is shown."""
        texts: dict[str, str] = {}
        groups: defaultdict[KeyName, list[tuple[str, bytes]]] = defaultdict(list)
        for fact_id, source, part, sealed in rows:
            groups[_key(self._regime, source, part)].append((fact_id, sealed))
        for name, items in groups.items():
            try:
                said = self._keys.open(name, _KIND, items)
            except KeyDestroyed:
                continue
            opened = zip(items, said, strict=True)
            texts |= {fact_id: json.loads(one)["text"] for (fact_id, _), one in opened}
        told = [(f, source, part, texts.get(f, "")) for f, source, part, _ in rows]
        made = pointers_of(self._keys, told)
        database.execute("BEGIN IMMEDIATE")
        replace_pointers(database, made)
        database.execute("COMMIT")

    def erase(self, ids: Sequence[str], *, forget: bool = True) -> int:
        """Delete originals by fact so that no byte of them stays; returns how many.

        Args:
            ids: Of their facts.
            forget: Whether to rewrite the file now; otherwise ``forget_deleted`` must follow.
        """
        deleted = 0
        with self._plane.opened(self._regime) as database:
            if database is not None:
                before, rows = database.total_changes, [(id_,) for id_ in ids]
                database.execute("BEGIN IMMEDIATE")
                database.executemany("DELETE FROM originals WHERE fact_id = ?", rows)
                deleted = database.total_changes - before
                erase_pointers(database, ids)
                database.execute("COMMIT")
                if deleted and forget:
                    rewrite(database)
        return deleted

    def forget_deleted(self) -> None:
        """Rewrite the file so that no byte of a deleted original is left."""
        with self._plane.opened(self._regime) as database:
            if database is not None:
                rewrite(database)

    def before(self, part: str) -> list[tuple[str, str]]:
        """Return fact and part of the originals of parts before one, by fact."""
        return self._rows(
            "SELECT fact_id, part FROM originals WHERE part < ? ORDER BY fact_id", part
        )

    def days_before(self, part: str) -> set[tuple[str, str]]:
        """Return feed and part of the originals of parts before one: each has its key."""
        return set(self._rows("SELECT DISTINCT source, part FROM originals WHERE part < ?", part))

    def count_by_day(self, zone: ZoneInfo, before_us: int) -> list[tuple[int, int]]:
        """Return first instant of each local day with originals before an instant; how many."""
        rows = self._rows("SELECT part, count(*) FROM originals WHERE part < ? GROUP BY 1", "A")
        days = [(datetime.combine(date.fromisoformat(p), time(), zone), n) for p, n in rows]
        return [(to_us(day), n) for day, n in sorted(days) if to_us(day) < before_us]

    def _rows(self, query: str, part: str) -> list[Any]:
        found: list[Any] = []
        with self._plane.opened(self._regime) as database:
            if database is not None:
                found = database.execute(query, (part,)).fetchall()
        return found


def _ids(rows: Sequence[tuple[str, str, bytes, str, str]]) -> str:
    return json.dumps([row[0] for row in rows])


def _key(regime: Regime, source: str, part: str) -> KeyName:
    return key_of(source, part)._replace(domain=REGIMES[regime])
