"""Take a copy of a home in use, so that nothing acknowledged before it began is missing from it.

The order does it. Intake's journal comes first: what it had not put into the lake yet waits in the
copy too, and goes in when the copy is opened; what the lake took meanwhile, it knows by its id and
leaves out. Then the desk, the lake's index, its tables at one version each, texts, and the audit at
last: it tells everything that the rest of the copy holds, and maybe more. What vanishes while it is
copied (a file that the lake merged) makes that part be taken again.

Keys and what is like them are in no copy: they go to a place of their own that is written over each
time, so that destroying a key reaches it. Recordings are in no copy: they end within 30 days.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from vigie.audit.line import Line
from vigie.audit.segments import LEAVES, LINES
from vigie.audit.store import Audit
from vigie.base.clock import Clock, from_us, now_us
from vigie.base.errors import Unavailable, WrongUsage
from vigie.base.ids import new_id
from vigie.base.settings import Settings
from vigie.base.stopping import look
from vigie.desk.copying import write_tables
from vigie.desk.database import SQLITE_FILE, database_url
from vigie.jobs.copies.shelf import NEWEST, OBJECTS, Kept, Manifest, Shelf, write_whole
from vigie.keys.keeper import Keeper
from vigie.keys.keystore import KEYSTORE, LEDGER, MASTER
from vigie.lake.files import CHECKPOINT
from vigie.lake.table import LakeTable
from vigie.lake.tables import Tables
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.age import FORMAT_FILE
from vigie.situation.pulse.marks import COPIES as COPY_MARK
from vigie.situation.pulse.marks import FOLDER as PULSE
from vigie.situation.pulse.marks import Marks
from vigie.situation.retention.ledger import FILE as ERASURES
from vigie.situation.retention.ledger import MARK
from vigie.watch.recording.archive import FOLDER as VIDEO

SECRETS = "secrets"
DESK = "desk"
RETENTION = "retention"
EDGE = "hospital"
"""What a demo runs in a partner's place: his tally and his token are in no copy of the city's."""
_TRIES = 4
_SQLITE = b"SQLite format 3\0"
_BESIDE = re.compile(r"(-wal|-shm|-journal|\.lock)$|(^|/)(lock|partial-[^/]*|[^/]*\.new)$")
_SECRET = re.compile(r"(^|/)([^/]+\.key|audit/key|sftp-keys/[^/]+)$")
_LOG_FILE = re.compile(r"/\d{20}\.(json|checkpoint.*)$")
_FORGET_FILMS = (
    *("DELETE FROM keyframe", "DELETE FROM segment", "DELETE FROM gap", "DELETE FROM health"),
    *("DELETE FROM act", "DELETE FROM alarm", "DELETE FROM viewing", "VACUUM"),
)
"""A copy's recorder knows its cameras and holds, and no film."""


class Copied(Protocol):
    """What of a home is needed to copy it: an older one is copied before it is opened."""

    @property
    def path(self) -> Path:
        """Its folder."""
        ...

    @property
    def settings(self) -> Settings:
        """Its settings."""
        ...

    @property
    def clock(self) -> Clock:
        """Its clock."""
        ...

    @property
    def audit(self) -> Audit:
        """Its audit."""
        ...

    @property
    def keys(self) -> Keeper:
        """The keeper of its keys."""
        ...


class _Gone(Exception):
    """A file that a part of the copy needs was merged or dropped meanwhile."""


@dataclass(slots=True)
class _Taking:
    home: Copied
    shelf: Shelf
    known: dict[str, Kept]
    tables: Mapping[str, LakeTable]
    desk_url: str
    files: dict[str, Kept] = field(default_factory=dict)

    def file(self, path: str, size: int | None = None) -> None:
        """Take a file as it stands."""
        look()
        source = self.home.path / path
        try:
            with source.open("rb") as stream:
                took = os.fstat(stream.fileno()).st_size if size is None else size
                sha256, n = self.shelf.put(stream, took)
        except FileNotFoundError as error:
            raise _Gone(path) from error
        self.files[path] = Kept(path, n, sha256)

    def lasting(self, path: str) -> None:
        """Take a file that never changes under its name: not again if the last copy has it."""
        before = self.known.get(path)
        if before is None or not self.shelf.path(before.sha256).exists():
            self.file(path)
        else:
            self.files[path] = before

    def of_table(self, table: LakeTable, name: str, *, lasting: bool) -> None:
        """Take a file of a table of the lake, wherever the lake stands."""
        look()
        path = f"lake/{table.name}/{name}"
        before = self.known.get(path)
        if lasting and before is not None and self.shelf.path(before.sha256).exists():
            self.files[path] = before
            return
        with tempfile.TemporaryDirectory(dir=self.shelf.folder / OBJECTS) as folder:
            held = Path(folder) / "file"
            if not table.files.take(name, held):
                raise _Gone(path)
            with held.open("rb") as stream:
                sha256, n = self.shelf.put(stream)
        self.files[path] = Kept(path, n, sha256)

    def desk(self) -> None:
        """Take the desk's tables at one instant, from PostgreSQL."""
        with tempfile.TemporaryDirectory(dir=self.shelf.folder / OBJECTS) as folder:
            for file in write_tables(self.desk_url, Path(folder)):
                with file.open("rb") as stream:
                    sha256, n = self.shelf.put(stream)
                self.files[f"{DESK}/{file.name}"] = Kept(f"{DESK}/{file.name}", n, sha256)

    def database(self, path: str, change: tuple[str, ...] = ()) -> None:
        """Take a SQLite database at one instant, whoever writes to it meanwhile."""
        look()
        with tempfile.TemporaryDirectory(dir=self.shelf.folder / OBJECTS) as folder:
            target = Path(folder) / "copy.db"
            copy_database(self.home.path / path, target, change)
            with target.open("rb") as stream:
                sha256, n = self.shelf.put(stream)
        self.files[path] = Kept(path, n, sha256)


def take_copy(
    home: Copied, to: Path, *, who: str, keys_to: Path | None = None, keep: int | None = None
) -> Manifest:
    """Copy a home into a folder of copies; the home may be served, fed and erased from meanwhile.

    Args:
        home: The home.
        to: Folder of copies, on another disk; made when absent.
        who: Who asks, for the audit.
        keys_to: Where its keys go, apart from the copies; None leaves them out.
        keep: How many copies stay, this one included; None keeps all.

    Returns:
        The copy. ``left_out`` tells what it does not hold: ``keys``, ``recordings``.

    Raises:
        WrongUsage: When a folder is inside another, or no folder of copies.
        Conflict: When another copy is being taken there.
        Unavailable: When disk, database or audit refuse: there is no copy then.
    """
    _keep_apart(home.path, to, keys_to)
    shelf = Shelf(to, make=True)
    with shelf.alone():
        key = home.audit.public_key
        shelf.belong(f"{key.name}+{key.key_id.hex()}")
        begun = now_us(home.clock)
        name = f"{from_us(begun):%Y%m%dT%H%M%S%fZ}-{new_id()[:8]}"
        subject: dict[str, str] = {"act": "copy", "copy": name}
        home.audit.append(
            Line(begun, Verb.DISCLOSE, who, "system", Purpose.ADMINISTRATION, RETENTION, subject)
        )
        names = shelf.names()
        known = {kept.path: kept for kept in shelf.manifest().files} if names else {}
        tables = Tables(home.path / "lake", home.settings.lake).all()
        standing = {kind: table for kind, table in tables.items() if table.exists()}
        url = database_url(home.path, home.settings.desk)
        left_out = _take_all(taking := _Taking(home, shelf, known, standing, url))
        if keys_to is None:
            left_out.append("keys")
        else:
            copy_keys(home, keys_to)
        _keep_newest(home, shelf)
        manifest = Manifest(
            name=name,
            begun_us=begun,
            ended_us=now_us(home.clock),
            home_format=(home.path / FORMAT_FILE).read_text("ascii").strip(),
            lines=home.audit.count(),
            left_out=tuple(left_out),
            files=tuple(taking.files.values()),
        )
        shelf.close(manifest)
        shelf.tidy(keep)
    hours = home.settings.pulse.copy_hours
    Marks(home.path).note(COPY_MARK, hours * 3_600, now_us(home.clock))
    return manifest


def _keep_apart(home: Path, to: Path, keys_to: Path | None) -> None:
    places = [home.resolve(), to.resolve(), *([keys_to.resolve()] if keys_to else [])]
    for inner in places:
        for outer in places:
            if inner is not outer and inner.is_relative_to(outer):
                raise WrongUsage(reason=f"{inner}: inside {outer}", field="folder")


def _take_all(taking: _Taking) -> list[str]:
    """Take every part in the order that loses nothing; returns what the copy does not hold."""
    root, left_out = taking.home.path, []
    for mark in (f"intake/{MARK}", f"lake/{MARK}"):  # before what they speak of: it may be older
        if (root / mark).exists():
            taking.file(mark)
    _again(partial(_take_intake, taking))
    if taking.desk_url.startswith("sqlite"):
        taking.database(SQLITE_FILE)
    else:
        taking.desk()
    for name in ("lake/index.db", "lake/partial.db"):
        if (root / name).exists():  # an older home has not all of them
            taking.database(name)
    for table in taking.tables.values():
        _again(partial(_take_table, taking, table))
    if (root / VIDEO).is_dir():
        left_out.append("recordings")
        if (root / VIDEO / "index.db").exists():
            taking.database(f"{VIDEO}/index.db", _FORGET_FILMS)
    for path in _rest(taking.home.path, taking.tables):
        if path not in taking.files:
            _take_one(taking, path)
    _again(partial(_take_audit, taking))
    return left_out


def _again(take: Callable[[], None]) -> None:
    for left in reversed(range(_TRIES)):
        try:
            take()
        except _Gone as gone:
            if not left:
                raise Unavailable(what="copies", reason=f"{gone} changes too fast") from gone
        else:
            return


def _take_intake(taking: _Taking) -> None:
    """Take the journal, then the payloads that it names."""
    taking.database("intake/intake.db")
    with tempfile.TemporaryDirectory(dir=taking.shelf.folder / OBJECTS) as folder:
        held = Path(folder) / "intake.db"
        taking.shelf.fetch(taking.files["intake/intake.db"], held)
        with closing(sqlite3.connect(held)) as base:
            names = base.execute("SELECT spool FROM messages WHERE spool IS NOT NULL").fetchall()
    for (name,) in names:
        taking.lasting(f"intake/spool/{name}")


def _take_table(taking: _Taking, table: LakeTable) -> None:
    """Take one version of a table: its files, then the log up to it."""
    version = table.current()
    for file in version.files:
        taking.of_table(table, file.path, lasting=True)
    log = {
        one.path: one.log_number
        for one in table.files.listing()
        if one.log_number is not None and one.log_number <= version.number
    }
    points = [number for path, number in log.items() if CHECKPOINT in path]
    for path, number in log.items():
        # What lies before a checkpoint may go at any time, and nobody needs it.
        if number >= max(points, default=0) and _LOG_FILE.search(path):
            taking.of_table(table, path, lasting=False)


def _take_audit(taking: _Taking) -> None:
    """Take heads, leaves, then lines: what a line has beyond the leaves is mended."""
    root = taking.home.path
    folder = root / "audit"
    lines = sorted(path for path in (folder / LINES).rglob("*") if path.is_file())
    others = [path for path in _files(folder) if LINES not in path.relative_to(folder).parts]
    others.sort(key=lambda path: path.name == LEAVES)
    for path in [*others, *lines]:
        name = str(path.relative_to(root))
        if not _BESIDE.search(name) and not _SECRET.search(name):
            taking.file(name)
    if {path.name for path in (folder / LINES).iterdir()} - {path.name for path in lines}:
        raise _Gone("audit")


def _rest(root: Path, tables: Container[str]) -> Iterator[str]:
    """Yield every other file of a home: settings, frame, charter, mappings, texts, cards, feeds."""
    passed = {"keys", "audit", "intake", VIDEO, EDGE, PULSE}
    for path in _files(root):
        name = str(path.relative_to(root))
        top, *below = Path(name).parts
        table = top == "lake" and len(below) > 1 and below[0] in tables
        if (top in passed and below) or table or _BESIDE.search(name) or _SECRET.search(name):
            continue
        yield name


def _take_one(taking: _Taking, path: str) -> None:
    try:
        with (taking.home.path / path).open("rb") as stream:
            sqlite = stream.read(len(_SQLITE)) == _SQLITE
        if sqlite:
            taking.database(path)
        else:
            taking.file(path)
    except (_Gone, FileNotFoundError):  # a scratch file that has ended: nothing depends on it
        return


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def copy_database(source: Path, target: Path, change: tuple[str, ...] = ()) -> None:
    """Copy a SQLite database at one instant into a file that needs no log beside it.

    Args:
        source: The database; others may write to it.
        target: Made.
        change: Statements that the copy gets.

    Raises:
        Unavailable: When it cannot be read or written.
    """
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as origin,
            closing(sqlite3.connect(target, isolation_level=None)) as base,
        ):
            origin.backup(base)
            base.execute("PRAGMA journal_mode=DELETE")
            for statement in change:
                base.execute(statement)
    except sqlite3.Error as error:
        raise Unavailable(what="copies", reason=f"{source.name}: {error}") from error


def copy_keys(home: Copied, to: Path) -> None:
    """Write a home's keys and secrets over those of before: a key that was destroyed goes here too.

    Raises:
        Unavailable: When they cannot be read or written.
    """
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        to.chmod(0o700)
        folder = home.keys.folder
        if (folder / KEYSTORE).exists():
            with tempfile.TemporaryDirectory(dir=to) as scratch:
                copy_database(folder / KEYSTORE, Path(scratch) / KEYSTORE)
                write_whole(to / KEYSTORE, (Path(scratch) / KEYSTORE).read_bytes())
        for name in (MASTER, LEDGER):
            if (folder / name).exists():
                write_whole(to / name, (folder / name).read_bytes())
        for path in _files(home.path):
            name = str(path.relative_to(home.path))
            if _SECRET.search(name) and not path.is_relative_to(folder):
                write_whole(to / SECRETS / name, path.read_bytes())
    except OSError as error:
        raise Unavailable(what="copies", reason=str(error)) from error


def _keep_newest(home: Copied, shelf: Shelf) -> None:
    """Keep the newest ledger of erasures beside the copies, whichever of them is put back."""
    ledger = home.path / RETENTION / ERASURES
    if ledger.exists():
        write_whole(shelf.folder / NEWEST / ERASURES, ledger.read_bytes())
