"""The stores themselves: databases, tables of the lake, audit and witnesses, keys, locks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from filelock import FileLock, Timeout

from vigie.audit.heads import HEADS, Heads
from vigie.audit.store import LOCK_FILE, Audit
from vigie.audit.verification import verify
from vigie.audit.witnesses import SHOWN_FILE
from vigie.base.clock import Clock
from vigie.base.errors import VigieError
from vigie.base.settings import Settings
from vigie.jobs.doctor.finding import Finding, broken, missing, quoted
from vigie.keys.keystore import KEYSTORE, MASTER
from vigie.privacy.checkpoint import parse
from vigie.situation.home import open_keys
from vigie.situation.retention.keeper import FOLDER
from vigie.situation.retention.ledger import read_run

QUICK_BYTES = 2**30
"""A larger database is checked for its structure alone, not for every entry of every index."""
DERIVED = ("lake/index.db", "lake/partial.db")
"""What the tables tell again: it is made anew when it is not there."""
LATE_HEADS = 3
_LOCK_S = 2.0


def restore(home: Path) -> str:
    """Return the command that makes a home from the newest copy, in a folder beside."""
    return (
        f"vigie restore COPIES --home {quoted(home.with_name(f'{home.name}.restored'))} --keys KEYS"
    )


def look_at_databases(home: Path) -> Iterator[Finding]:
    """Yield whether every SQLite database is whole."""
    for path in sorted(home.glob("*.db")) + sorted(home.glob("*/*.db")):
        name = str(path.relative_to(home))
        wrong = _wrong_with(path)
        if not wrong:
            yield Finding(f"database {name}")
        elif name in DERIVED:
            command = f"mv {quoted(path)} {quoted(path.with_suffix('.db.broken'))}"
            yield broken(f"database {name}", "index_broken", command, file=name, why=wrong)
        else:
            yield broken(f"database {name}", "database_broken", restore(home), file=name, why=wrong)


def _wrong_with(path: Path) -> str:
    check = "quick_check" if path.stat().st_size > QUICK_BYTES else "integrity_check"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as base:
            (told,) = base.execute(f"PRAGMA {check}(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if told == "ok" else str(told).split("\n", maxsplit=1)[0]


def look_at_lake(home: Path) -> Iterator[Finding]:
    """Yield whether each table's newest version has all of its files, at their size."""
    for log in sorted((home / "lake").glob("*/_delta_log")):
        table = log.parent
        name = f"lake {table.name}"
        try:
            actions = DeltaTable(str(table)).get_add_actions(flatten=True)
            files = zip(
                actions.column("path").to_pylist(),
                actions.column("size_bytes").to_pylist(),
                strict=True,
            )
            gone = [path for path, size in files if not _is_there(table / path, size)]
            n = sum(actions.column("num_records").to_pylist())
        except (DeltaError, OSError, KeyError) as error:
            why = str(error).split("\n", maxsplit=1)[0][:200]
            yield broken(name, "table_unreadable", restore(home), table=table.name, why=why)
            continue
        if gone:
            told = {"table": table.name, "file": gone[0], "n": len(gone)}
            yield broken(name, "file_missing", restore(home), **told)
        else:
            yield Finding(f"{name}: {n}")


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def look_at_audit(home: Path, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether every line stands as it was written, and whether witnesses keep up."""
    if not (home / "audit").is_dir():
        yield Finding("audit")
        return
    try:
        with closing(Audit.open(home / "audit", settings=settings.audit, clock=clock)) as audit:
            found = verify(audit)
    except VigieError as error:
        yield broken("audit", "audit_unreadable", why=error)
        return
    command = f"vigie audit verify --home {quoted(home)}"
    if found.sound:
        yield Finding(f"audit: {found.lines}")
    else:
        told = {"n": found.faulty, "first": found.faults[0].text("en")}
        yield broken("audit", "audit_broken", command, **told)
    yield from _witnesses(home, settings)


def _witnesses(home: Path, settings: Settings) -> Iterator[Finding]:
    sizes = [parse(note).size for note in Heads(home / "audit" / HEADS).notes()]
    shown = home / "audit" / SHOWN_FILE
    told = json.loads(shown.read_text("utf-8")) if shown.is_file() else {}
    for one in settings.audit.witnesses:
        name = f"witness {one.name}"
        missed = sum(size > int(told.get(one.name, 0)) for size in sizes)
        if missed >= LATE_HEADS:
            command = f"vigie audit witness --home {quoted(home)}"
            yield broken(name, "witness_late", command, witness=one.name, n=missed)
        else:
            yield Finding(name)


def look_at_keys(home: Path, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether the keeper of keys can open what is sealed; it never makes a key here."""
    folder = Path(settings.keys.folder) if settings.keys.folder else home / "keys"
    master = folder / MASTER
    if not master.is_file():
        if settings.keys.folder or (folder / KEYSTORE).exists() or _is_sealed(home):
            command = f"ls -l {quoted(folder)}"
            yield broken("keys", "keys_away", command, folder=folder, file=MASTER)
        else:
            yield Finding("keys")
        return
    try:
        with open_keys(home, settings, clock) as keeper:
            keeper.status()
    except VigieError as error:
        yield broken("keys", "keys_refuse", f"chmod 600 {quoted(master)}", folder=folder, why=error)
    else:
        yield Finding("keys")


def _is_sealed(home: Path) -> bool:
    file = home / "intake" / "intake.db"
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
            return base.execute("SELECT 1 FROM messages LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False


def look_at_locks(home: Path) -> Iterator[Finding]:
    """Yield whether a process that hangs keeps others from writing; a dead one's lock is free."""
    held = []
    for name in (f"audit/{LOCK_FILE}", "retention/run.lock", "upgrade.lock"):
        path = home / name
        if path.is_file() and _is_held(path):
            held.append(name)
            holder = _holder(path)
            command = f"kill {holder}" if holder else f"fuser -v {quoted(path)}"
            yield broken(f"lock {name}", "lock_held", command, file=name, pid=holder or "?")
    if not held:
        yield Finding("locks")


def look_at_fields(home: Path) -> Iterator[Finding]:
    """Yield whether fields are stored that nobody has used for long (MIN-3)."""
    fields = (read_run(home / FOLDER) or {}).get("fields", {}).get("unused", [])
    if fields:
        command = f"vigie retention fields --home {quoted(home)}"
        yield missing("fields", "fields_unused", command, what=", ".join(fields))
    else:
        yield Finding("fields")


def _is_held(path: Path) -> bool:
    lock = FileLock(path, timeout=_LOCK_S)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _holder(path: Path) -> int:
    """Return the process that holds a lock, as the system tells; 0 when it does not."""
    inode = path.stat().st_ino
    try:
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return 0
    for line in lines:
        fields = line.split()
        if "->" not in fields and fields[5].rpartition(":")[2] == str(inode):
            return int(fields[4])
    return 0
