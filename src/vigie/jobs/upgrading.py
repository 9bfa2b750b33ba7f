"""Bringing an older home up to date, with a copy taken first; and the way back to that copy.

Only what a newer version changes goes back: the desk, the journal and its payloads, the lake. Keys,
audit, recordings, settings stay as they are: an audit that went back would be a forged one, and a
key that was destroyed since must not return. What was erased since is erased again when the home
is opened.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect

from filelock import FileLock, Timeout

from vigie.audit.line import Line
from vigie.audit.store import Audit
from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, HomeInvalid, WrongUsage
from vigie.base.settings import Settings, load_settings
from vigie.intake.database import FILE as JOURNAL
from vigie.jobs.copies.shelf import Manifest, Shelf, write_whole
from vigie.jobs.copies.taking import RETENTION, take_copy
from vigie.keys.keeper import Keeper
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.age import FORMAT_FILE, Age, ages, require_current
from vigie.situation.home import is_home, open_home, open_keys

BEFORE = ".before-upgrade"
"""Ending of the folder beside a home that holds the copies taken before upgrades."""
_BACK = ".going-back"
_CHANGED = ("intake", "lake")
_DESK = "desk.db"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was brought up to date.

    Attributes:
        copy: The copy taken before; None when there was nothing to do.
        older: What was older.
    """

    copy: Manifest | None
    older: tuple[Age, ...]


@dataclass(frozen=True, slots=True)
class WentBack:
    """What going back brought.

    Attributes:
        copy: The copy that the stores are now at.
        lost: Messages taken since it, which are gone with the newer journal.
    """

    copy: Manifest
    lost: int


@dataclass(frozen=True, slots=True)
class _Closed:
    """A home whose stores are not opened: what is needed to copy it."""

    path: Path
    settings: Settings
    clock: Clock
    audit: Audit
    keys: Keeper


def copies_of(home: Path) -> Path:
    """Return the folder beside a home that its copies before upgrades go to."""
    home = home.resolve()
    return home.with_name(f"{home.name}{BEFORE}")


def check(home: Path) -> list[Age]:
    """Return what of a home is older or newer than this version; nothing is changed.

    Raises:
        HomeInvalid: When the folder is no home.
    """
    if not is_home(home):
        raise HomeInvalid(home=str(home), reason=f"no {FORMAT_FILE} file; run vigie init")
    return ages(home, load_settings(home))


def bring_up(
    home: Path, clock: Clock, *, who: str, copies: Path | None = None, desk_copied: bool = False
) -> Upgraded:
    """Copy an older home, then bring it up to date.

    Args:
        home: The home; nobody may serve it.
        clock: Its clock.
        who: Who asks, for the audit.
        copies: Folder of copies; by default one beside the home.
        desk_copied: That a desk in PostgreSQL was copied by its own tools before.

    Raises:
        HomeTooNew: When a store is of a newer version.
        Conflict: When the home is in use.
        WrongUsage: When its desk is in PostgreSQL and was not copied.
        Unavailable, StoreBroken: When the copy fails: the home is then as it was.
    """
    older = check(home)
    if not older:
        return Upgraded(None, ())
    with _alone(home):
        with _closed(home, clock) as closed:
            require_current(home, closed.settings, upgrade=True)
            if not (home / _DESK).exists() and not desk_copied:
                raise WrongUsage(reason="PostgreSQL: pg_dump, --desk-copied", field="desk")
            copy = take_copy(closed, copies or copies_of(home), who=who)
        with open_home(home, clock=clock, upgrade=True) as opened:
            opened.audit.append(_line(clock, who, "upgrade", copy=copy.name))
    return Upgraded(copy, tuple(older))


def go_back(
    home: Path, clock: Clock, *, who: str, copies: Path | None = None, lose: bool = False
) -> WentBack:
    """Put the stores of a home back to what they were before its last upgrade.

    Everything is fetched and checked first; then each store is changed for the older one.

    Args:
        home: The home; nobody may serve it.
        clock: Its clock.
        who: Who asks, for the audit.
        copies: Folder of copies; by default the one beside the home.
        lose: Go back though messages were taken since.

    Raises:
        WrongUsage: When messages were taken since and are not to be lost, or there is no copy.
        Conflict: When the home is in use.
        StoreBroken: When the copy is not what it was: the home is then as it was.
    """
    shelf = Shelf(copies or copies_of(home))
    manifest = shelf.manifest()
    with _alone(home), _closed(home, clock) as closed:
        lost = _taken_since(home, manifest.begun_us)
        if lost and not lose:
            raise WrongUsage(reason=f"{lost}: --lose", field="messages")
        draft = home.with_name(f"{home.name}{_BACK}")
        shutil.rmtree(draft, ignore_errors=True)
        for kept in manifest.files:
            if kept.path == _DESK or Path(kept.path).parts[0] in _CHANGED:
                shelf.fetch(kept, draft / kept.path)
        line = _line(clock, who, "go_back", copy=manifest.name, lost=lost)
        closed.audit.append(line)
        _change(home, draft)
        write_whole(home / FORMAT_FILE, f"{manifest.home_format}\n".encode("ascii"))
        shutil.rmtree(draft)
    return WentBack(manifest, lost)


def _change(home: Path, draft: Path) -> None:
    """Put the fetched stores in the place of the newer ones, which are destroyed.

    ``FORMAT`` goes first and comes back last: a home half changed is none, and going back again
    makes it whole.
    """
    (home / FORMAT_FILE).unlink(missing_ok=True)
    if (draft / _DESK).exists():
        for ending in ("", "-wal", "-shm"):
            (home / f"{_DESK}{ending}").unlink(missing_ok=True)
        (draft / _DESK).replace(home / _DESK)
    for name in _CHANGED:
        shutil.rmtree(home / name, ignore_errors=True)
        (draft / name).replace(home / name)


def _taken_since(home: Path, at_us: int) -> int:
    file = home / "intake" / JOURNAL
    if not file.is_file():
        return 0
    with closing(connect(f"file:{file}?mode=ro", uri=True)) as base:
        asked = "SELECT count(*) FROM messages WHERE received_us > ?"
        return int(base.execute(asked, (at_us,)).fetchone()[0])


@contextmanager
def _closed(home: Path, clock: Clock) -> Iterator[_Closed]:
    settings = load_settings(home)
    with ExitStack() as undo:
        audit = Audit.open(home / "audit", settings=settings.audit, clock=clock)
        undo.callback(audit.close)
        keys = open_keys(home, settings, clock)
        undo.callback(keys.close)
        yield _Closed(home, settings, clock, audit, keys)


def users_of(home: Path) -> list[str]:
    """Return the processes that have a home's journal open, by the names they gave themselves."""
    found = []
    for path in sorted((home / "intake" / "owners").glob("owner-*")):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            found.append(path.name)
        else:
            lock.release()
    return found


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Refuse while somebody has the home open; keep another upgrade away.

    Raises:
        Conflict: When it is in use.
    """
    if users_of(home):
        raise Conflict(what="home", name=str(home))
    try:
        with FileLock(home / "upgrade.lock", timeout=0, mode=0o600):
            yield
    except Timeout as error:
        raise Conflict(what="upgrade", name=str(home)) from error


def _line(clock: Clock, who: str, act: str, **more: str | int) -> Line:
    subject: dict[str, str | int] = {"act": act, **more}
    return Line(
        *(now_us(clock), Verb.ALTER, who, "system", Purpose.ADMINISTRATION, RETENTION, subject)
    )
