"""A story of the desk, told again and again; each time another write or flush of it is refused.

The desk is the real one on the disk of ``tests/simulation``: SQLite by its own file layer, and the
calls of ``os``. An act that was answered is there, after a power cut at the end, too; one that was
refused is there whole or not at all, and the next try works.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from unittest import mock

from argon2 import PasswordHasher
from tests.desk.acts import ACTS, AT, Act, State
from tests.simulation.disk import Disk, Plan

from vigie.base.clock import FixedClock
from vigie.base.errors import Unavailable, VigieError
from vigie.base.settings import Settings
from vigie.desk import passwords, store
from vigie.desk.database import SQLITE_FILE, upgrade
from vigie.desk.sealing import KEY_FILE
from vigie.desk.store import Desk

ERRORS = (errno.ENOSPC, errno.EIO)
DESK = Path("disk") / "desk"
"""Within the folder of a telling: names in the desk's folder are seen flushed, too."""
AFTER = 2
"""Acts that are still done after the refused one."""
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

Rows = dict[str, dict[tuple[object, ...], tuple[object, ...]]]
"""Every row of every table, by its primary key."""
Change = dict[str, tuple[int, int, int]]
"""Rows added, gone and changed, by table."""


@dataclass
class Told:
    """What came of one telling: what was refused, and which promise was broken, if any."""

    refused: int = 0
    operations: int = 0
    changes: list[Change] = field(default_factory=list)
    broken: str = ""


class _Broken(Exception):
    """A promise that was not kept."""


def rows_of(file: Path) -> Rows:
    """Return what stands in a desk, read anew from its file."""
    found: Rows = {}
    with closing(sqlite3.connect(file)) as base:
        names = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (name,) in names.fetchall():
            columns = base.execute(f"PRAGMA table_info({name})").fetchall()
            keys = [column[0] for column in columns if column[5]] or range(len(columns))
            found[name] = {
                tuple(row[key] for key in keys): row
                for row in base.execute(f"SELECT * FROM {name}")
            }
        if base.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise _Broken("the file is not whole")
    return found


def change(before: Rows, after: Rows) -> Change:
    """Return what changed between two states; tables without a change left out."""
    found: Change = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name, {}), after.get(name, {})
        changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
        told = (len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed)
        if any(told):
            found[name] = told
    return found


def make_desk(folder: Path) -> None:
    """Make an empty desk, its migrations done."""
    folder.mkdir(parents=True)
    Desk.open(folder, settings=Settings(), clock=FixedClock(AT)).close()


def tell(template: Path | None, folder: Path, plan: Plan, changes: list[Change] | None) -> Told:
    """Tell the story once, on a copy of a desk or on an empty folder.

    Args:
        template: A desk; None: the migrations are part of the story, and most of the rest is not.
        folder: Made anew.
        plan: What is refused.
        changes: What each act changes when nothing is refused; None where that is to be found out.
    """
    shutil.rmtree(folder, ignore_errors=True)
    if template is None:
        (folder / DESK).mkdir(parents=True)
    else:
        shutil.copytree(template, folder / DESK)
    disk = Disk(folder / DESK.parent, f"desk {plan.fail}", folder / "after")
    disk.plan, told = plan, Told()
    with (
        mock.patch.object(passwords, "_HASHER", CHEAP),
        mock.patch.object(store, "upgrade", upgrade),  # tests/desks.py copies a desk instead
        disk.mounted(),
    ):
        story = _Story(disk, told, changes)
        try:
            story.tell(len(ACTS) if template is not None else 4)
        except _Broken as error:
            told.broken = str(error)
        finally:
            story.close()
    told.refused, told.operations = disk.refused, disk.operations
    return told


def _opened(_desk: Desk, _state: State) -> None:
    """Nothing more: an act of its own, as what it migrates stands though the next is refused."""


class _Story:
    """One telling."""

    def __init__(self, disk: Disk, told: Told, changes: list[Change] | None) -> None:
        self._disk, self._told, self._changes = disk, told, changes
        self._folder = disk.root / DESK.name
        self._file = self._folder / SQLITE_FILE
        self._desk: Desk | None = None
        self._clock = FixedClock(AT)

    def close(self) -> None:
        if self._desk is not None:
            self._desk.close()

    def tell(self, first: int) -> None:
        """Open the desk, do the first so many acts; only a few after one that was refused."""
        state, left = State(), -1
        acts = [("opened", _opened), *islice(ACTS.items(), first)]
        for number, (name, act) in enumerate(acts):
            refused = self._disk.refused
            self._do(number, name, act, state)
            if self._disk.refused > refused:
                left = AFTER
            elif left >= 0:
                left -= 1
            if left == 0:
                break
        self._cut()

    def _do(self, number: int, name: str, act: Act, state: State) -> None:
        for attempt in (1, 2):
            before = rows_of(self._file) if self._file.exists() else {}
            try:
                act(self._opened(), state)
            except Unavailable as error:
                self._judge(number, f"{name}, refused", before, answered=False)
                if attempt == 2:
                    said = error.params.get("reason") or repr(error.__cause__)
                    raise _Broken(f"{name}: refused again on a disk that works: {said}") from error
                continue
            except VigieError as error:
                if attempt == 1:
                    raise _Broken(f"{name}: {error!r}") from error
                return  # the first try is there: what is asked again is done already
            except Exception as error:
                raise _Broken(f"{name}: {error!r}") from error
            self._judge(number, name, before, answered=True)
            return

    def _opened(self) -> Desk:
        if self._desk is None:
            self._desk = Desk.open(self._folder, settings=Settings(), clock=self._clock)
        return self._desk

    def _judge(self, number: int, name: str, before: Rows, *, answered: bool) -> None:
        found = change(before, rows_of(self._file) if self._file.exists() else {})
        if self._changes is None:
            self._told.changes.append(found)
            return
        whole = self._changes[number]
        if found != whole and (answered or found):
            raise _Broken(f"{name}: {found} instead of {whole}")

    def _cut(self) -> None:
        """Cut the power: what was answered stands on the disk."""
        kept = rows_of(self._file)
        after = self._disk.root.parent / "after"
        self._disk.image(after)
        found = rows_of(after / DESK.name / SQLITE_FILE)
        if found != kept:
            raise _Broken(f"lost by a power cut: {change(kept, found)}")
        key, left = self._folder / KEY_FILE, after / DESK.name / KEY_FILE
        if found.get("second_factors") and (
            not left.exists() or left.read_bytes() != key.read_bytes()
        ):
            raise _Broken("the key of what is sealed is lost by a power cut")


def each(
    template: Path | None, folder: Path, every: int = 1, first: int = 1
) -> Iterator[tuple[int, Told]]:
    """Yield the number of every so many-th operation with what came of it being refused."""
    clean = tell(template, folder, Plan(), None)
    assert not clean.broken, clean.broken
    for number in range(first, clean.operations + 1, every):
        for error in ERRORS:
            plan = Plan(fail=number, errors=1, errno=error)
            yield number, tell(template, folder, plan, clean.changes)
