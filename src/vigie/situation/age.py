"""How old the stores of a home are, read without opening or changing anything.

Opening brings an older home up to date; whoever asks first is told, so that a copy can be taken
before (``vigie upgrade``). A store of a newer Vigie is never opened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import make_url

from vigie.base.errors import HomeTooNew, StoreBroken, UpgradePending
from vigie.base.settings import Settings
from vigie.desk.database import connect, database_url, known_revisions, revisions
from vigie.intake.database import FILE as JOURNAL
from vigie.intake.schema import SCHEMA_VERSION

FORMAT_FILE = "FORMAT"
FORMAT = 2
OLDER = {"1"}
"""Formats that are brought up to date when opened: 1 held payloads and texts unsealed."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old one store is.

    Attributes:
        store: ``home``, ``desk`` or ``journal``.
        found: What it is at.
        known: What this version makes of it.
        age: ``older`` or ``newer``.
    """

    store: str
    found: str
    known: str
    age: Literal["older", "newer"]

    def __str__(self) -> str:
        """Return it for a sentence."""
        return f"{self.store} {self.found} ({self.known})"


def ages(path: Path, settings: Settings) -> list[Age]:
    """Return the stores of a home that are not as this version writes them.

    Raises:
        StoreBroken: When a store cannot be read.
        Unavailable: When the desk's database does not answer.
    """
    return [*_home(path), *_desk(path, settings), *_journal(path)]


def require_current(path: Path, settings: Settings, *, upgrade: bool = False) -> None:
    """Return when this version may open a home.

    Args:
        path: The home.
        settings: Its settings.
        upgrade: Whether an older home is to be brought up to date.

    Raises:
        HomeTooNew: When a store is of a newer version.
        UpgradePending: When a store is of an older version and is not to be changed.
        StoreBroken, Unavailable: As ``ages``.
    """
    found = ages(path, settings)
    newer = [one for one in found if one.age == "newer"]
    if newer:
        raise HomeTooNew(home=str(path), reason=", ".join(map(str, newer)))
    if found and not upgrade:
        raise UpgradePending(home=str(path), reason=", ".join(map(str, found)))


def _home(path: Path) -> Iterator[Age]:
    text = (path / FORMAT_FILE).read_text(encoding="ascii", errors="replace").strip()
    if text in OLDER:
        yield Age("home", text, str(FORMAT), "older")
    elif text != str(FORMAT):
        yield Age("home", text[:20], str(FORMAT), "newer")


def _desk(path: Path, settings: Settings) -> Iterator[Age]:
    url = make_url(database_url(path, settings.desk))
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and not (url.database and Path(url.database).is_file()):
        return
    if sqlite:
        found, (known, *_) = _sqlite_revision(Path(str(url.database))), known_revisions()
    else:
        engine = connect(url.render_as_string(hide_password=False))
        try:
            found, known = revisions(engine)
        finally:
            engine.dispose()
    if found is not None and found != known:
        older = found in known_revisions()
        yield Age("desk", found, known, "older" if older else "newer")


def _sqlite_revision(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            tables = base.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'")
            if tables.fetchone() is None:
                return None
            row = base.execute("SELECT version_num FROM alembic_version").fetchone()
            return None if row is None else str(row[0])
    except sqlite3.Error as error:
        raise StoreBroken(reason=f"{path.name}: {error}") from error


def _journal(path: Path) -> Iterator[Age]:
    file = path / "intake" / JOURNAL
    if not file.is_file():
        return
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
            found = int(base.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreBroken(reason=f"{JOURNAL}: {error}") from error
    if found not in {0, SCHEMA_VERSION}:
        age: Literal["older", "newer"] = "older" if found < SCHEMA_VERSION else "newer"
        yield Age("journal", str(found), str(SCHEMA_VERSION), age)
