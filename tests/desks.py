"""New desks of the tests: copies of one that every migration has made."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from vigie.desk import store
from vigie.desk.database import connect


@contextmanager
def copied_desks(folder: Path) -> Iterator[None]:
    """Let a new SQLite desk of this process begin as a copy of the first one.

    The first is made by the migrations; they are then asked of each copy, as of any desk that is
    opened again. ``tests/desk/test_database.py`` and ``tests/jobs/test_upgrading.py`` run them
    themselves, and so does every program that a test starts.
    """
    migrate, first, turn = store.upgrade, folder / "desk.db", threading.Lock()

    def upgrade(engine: Engine) -> None:
        file = Path(engine.url.database or "")
        if engine.dialect.name == "sqlite" and file.parent.is_dir() and not file.exists():
            with turn:
                if not first.exists():
                    made = connect(f"sqlite:///{first}")
                    migrate(made)
                    made.dispose()
            shutil.copyfile(first, file)
        migrate(engine)

    store.upgrade = upgrade
    try:
        yield
    finally:
        store.upgrade = migrate
