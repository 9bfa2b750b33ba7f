"""The keystore: data keys wrapped by the master key, made when first needed, destroyed for good.

Only the keeper's process opens it. Several keepers (a server's and a command line's) may share
one folder: each looks before every answer whether another has changed something.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from vigie.base.errors import KeyDestroyed, StoreBroken, Unavailable
from vigie.keys.ledger import Ledger
from vigie.privacy.envelope import (
    KEY_BYTES,
    NONCE_BYTES,
    DataKey,
    EnvelopeRefused,
    KeyName,
    random_bytes,
    unwrap,
    wrap,
)

KEYSTORE = "keys.db"
MASTER = "master.key"
LEDGER = "destroyed.jsonl"
_BUSY_S = 60.0
_TRIES = 40
_PAUSE_S = 0.25
_TABLE = (
    "CREATE TABLE IF NOT EXISTS keys (domain TEXT NOT NULL, source TEXT NOT NULL,"
    " day INTEGER NOT NULL, days INTEGER NOT NULL, wrapped BLOB NOT NULL,"
    " PRIMARY KEY (domain, source, day)) STRICT, WITHOUT ROWID"
)
_THIS = "domain = ? AND source = ? AND day = ?"


class Keystore:
    """Master key, wrapped data keys and ledger of one folder.

    Args:
        folder: Made when absent, closed to other users.
        ledger: Second copy of the ledger, where no copy of the home goes; None for none.

    Raises:
        Unavailable: When the second ledger cannot be read.
        StoreBroken: When there are keys and no master key, or others may read the master key.
    """

    def __init__(self, folder: Path, ledger: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._at_work: dict[KeyName, tuple[bytes, DataKey]] = {}
        self._seen = -1
        self._database = _open(folder / KEYSTORE)
        with contextlib.ExitStack() as undo:
            undo.callback(self._database.close)
            self._master = self._read_master()
            self._ledger = Ledger([folder / LEDGER, *([ledger] if ledger else [])])
            with self._alone():
                destroyed = self._ledger.replay()
                self._delete([name for name in self._names() if name in destroyed])
            self._forget_log()
            undo.pop_all()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def key(self, name: KeyName, *, days: int = 1, make: bool = False) -> bytes:
        """Return a data key; see ``at_work``."""
        return self._find(name, days=days, make=make)[0]

    def at_work(self, name: KeyName, *, make: bool = False) -> DataKey:
        """Return a data key ready to seal and open.

        Args:
            name: Which.
            make: Make it when there is none yet.

        Raises:
            KeyDestroyed: When it was destroyed, or there is none and none is to be made.
            StoreBroken: When the master key does not open it.
        """
        return self._find(name, days=1, make=make)[1]

    def exists(self, name: KeyName) -> bool:
        """Return whether there is such a key."""
        return self._wrapped(name) is not None

    def destroyed(self, name: KeyName) -> bool:
        """Return whether such a key was destroyed."""
        self._look()
        return name in self._ledger.destroyed

    def destroy(
        self,
        domain: str,
        *,
        source: str | None,
        day: int | None,
        before: int | None,
        but: Sequence[str],
        at_us: int,
    ) -> list[KeyName]:
        """Destroy keys: on record first, then gone from the file, then from its log.

        Args:
            domain: Of the keys.
            source: Of one source; None for all.
            day: The key of one day, whether there is one or not (with ``source``).
            before: Every key whose last day is before this one.
            but: Sources whose keys stay.
            at_us: When, for the ledger (epoch µs).

        Returns:
            The names, those that had no key included.

        Raises:
            Unavailable: When ledger or keystore refuse: what is on record is destroyed by the next
                start in any case.
        """
        with self._alone():
            self._look()
            rows = self._database.execute(
                "SELECT domain, source, day FROM keys WHERE domain = ?1"
                " AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR day = ?3)"
                " AND (?4 IS NULL OR day + days <= ?4)"
                " AND source NOT IN (SELECT value FROM json_each(?5)) ORDER BY source, day",
                (domain, source, day, before, json.dumps(list(but))),
            )
            names = [KeyName(*row) for row in rows]
            if not names and source is not None and day is not None:
                names = [KeyName(domain, source, day)]
            self._ledger.add(names, at_us)
            self._delete(names)
        for name in names:
            self._at_work.pop(name, None)
        self._forget_log()
        return names

    def counts(self) -> list[tuple[str, int, int, int]]:
        """Return ``(domain, keys, first day, last day)`` of each domain."""
        return self._database.execute(
            "SELECT domain, count(*), min(day), max(day + days - 1) FROM keys GROUP BY 1 ORDER BY 1"
        ).fetchall()

    def destroyed_counts(self) -> dict[str, int]:
        """Return how many keys of each domain were destroyed."""
        self._look()
        found: dict[str, int] = {}
        for name in sorted(self._ledger.destroyed):
            found[name.domain] = found.get(name.domain, 0) + 1
        return found

    def _look(self) -> None:
        """Forget what is held in memory when another keeper has changed the file."""
        version = self._database.execute("PRAGMA data_version").fetchone()[0]
        if version != self._seen:
            self._seen = version
            self._at_work.clear()
            self._ledger.replay()

    def _find(self, name: KeyName, *, days: int, make: bool) -> tuple[bytes, DataKey]:
        self._look()
        held = self._at_work.get(name)
        if held is None:
            wrapped = self._wrapped(name)
            if wrapped is None and make:
                self.make([name], days)
                wrapped = self._wrapped(name)
            if wrapped is None:
                raise KeyDestroyed(domain=name.domain, source=name.source, day=name.day)
            try:
                key = unwrap(self._master, name, wrapped)
            except EnvelopeRefused as error:
                raise StoreBroken(reason=f"{MASTER} is not that of {KEYSTORE}") from error
            held = self._at_work[name] = key, DataKey(name, key)
        return held

    def make(self, names: Sequence[KeyName], days: int = 1) -> None:
        """Make the keys that there are none of, with one flush; destroyed ones are left alone."""
        missing = [name for name in names if self._wrapped(name) is None]
        if not missing:
            return
        with self._alone():
            self._look()
            for name in missing:
                if name not in self._ledger.destroyed:
                    key = random_bytes(KEY_BYTES)
                    wrapped = wrap(self._master, name, key, random_bytes(NONCE_BYTES))
                    self._database.execute(
                        "INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?, ?)", (*name, days, wrapped)
                    )

    def _wrapped(self, name: KeyName) -> bytes | None:
        row = self._database.execute(f"SELECT wrapped FROM keys WHERE {_THIS}", name).fetchone()  # noqa: S608
        return None if row is None else bytes(row[0])

    def _names(self) -> list[KeyName]:
        return [KeyName(*r) for r in self._database.execute("SELECT domain, source, day FROM keys")]

    def _delete(self, names: list[KeyName]) -> None:
        self._database.executemany(
            f"UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE {_THIS}",  # noqa: S608
            names,
        )
        self._database.executemany(f"DELETE FROM keys WHERE {_THIS}", names)  # noqa: S608

    def _forget_log(self) -> None:
        """Empty the file's log, so that no page with a destroyed key is left in it."""
        for _ in range(_TRIES):
            if not self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
            time.sleep(_PAUSE_S)
        raise Unavailable(what="keystore")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _read_master(self) -> bytes:
        path = self.folder / MASTER
        if not path.exists():
            if self._names():
                raise StoreBroken(reason=f"{MASTER} is missing")
            _make_master(path)
        if path.stat().st_mode & 0o077:
            raise StoreBroken(reason=f"{MASTER} can be read by others")
        master = path.read_bytes()
        if len(master) != KEY_BYTES:
            raise StoreBroken(reason=f"{MASTER} is damaged")
        return master


def _make_master(path: Path) -> None:
    """Make a master key whole on disk, or leave another keeper's as it is."""
    partial = path.with_name(f"{path.name}-{random_bytes(8).hex()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, random_bytes(KEY_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(partial)
    partial.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    with contextlib.ExitStack() as undo:
        undo.callback(database.close)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                database.execute(f"PRAGMA {pragma}").fetchall()
            path.chmod(0o600)
            database.execute(_TABLE)
        except sqlite3.DatabaseError as error:
            raise StoreBroken(reason=f"{path.name}: {error}") from error
        undo.pop_all()
    return database
