"""Vigie with a mistake in it, for the simulation to find."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from vigie.audit import tail
from vigie.base import house_clock
from vigie.intake import database
from vigie.intake.quarantine import Quarantine, Refusal
from vigie.intake.unaccounted import Unaccounted
from vigie.lake import files
from vigie.lake.index import IdIndex


@contextmanager
def acknowledged_before_the_flush() -> Iterator[None]:
    """The journal answers when the system has the bytes, not when the disk has."""
    usual = database._connect

    def connect(path: Path) -> sqlite3.Connection:
        connection = usual(path)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    with mock.patch.object(database, "_connect", connect):
        yield


@contextmanager
def known_records_are_forgotten() -> Iterator[None]:
    """A record that comes again is taken for a new one."""
    with mock.patch.object(IdIndex, "find", return_value={}):
        yield


class _WithoutFlush:
    """``os``, but that it flushes no content."""

    def __getattr__(self, name: str) -> Any:
        return (lambda _handle: None) if name == "fdatasync" else getattr(os, name)


@contextmanager
def answered_before_the_line_is_on_disk() -> Iterator[None]:
    """The audit does not wait for its lines."""
    with mock.patch.object(tail, "os", _WithoutFlush()):
        yield


@contextmanager
def commits_without_their_names() -> Iterator[None]:
    """The lake answers before its log and its folders are on disk."""
    with mock.patch.object(files, "_sync", return_value=None):
        yield


@contextmanager
def one_refused_row_is_enough() -> Iterator[None]:
    """Of several refused rows the quarantine keeps one."""
    usual = Quarantine.add_within

    def add(self: Quarantine, connection: sqlite3.Connection, refusals: Sequence[Refusal]) -> int:
        return usual(self, connection, list(refusals)[:1])

    with mock.patch.object(Quarantine, "add_within", add):
        yield


@contextmanager
def what_a_cut_commit_had_put_is_not_told() -> Iterator[None]:
    """Records that the lake has pass for repeated ones, whoever put them there."""

    def complete(_self: Unaccounted, _kind: str, _batch: Any, _given: Any, done: Any) -> Any:
        return done

    with mock.patch.object(Unaccounted, "complete", complete):
        yield


@contextmanager
def the_clock_is_believed_as_it_is_found() -> Iterator[None]:
    """A process that starts takes the clock as it finds it."""
    with mock.patch.object(house_clock, "BEHIND_US", 1 << 62), _off(1 << 62):
        yield


@contextmanager
def _off(off_us: int) -> Iterator[None]:
    usual = house_clock.HouseClock.__init__

    def init(self: house_clock.HouseClock, *given: Any, **more: Any) -> None:
        usual(self, *given, **more, off_us=off_us)

    with mock.patch.object(house_clock.HouseClock, "__init__", init):
        yield


@contextmanager
def what_was_stamped_late_is_not_kept_longer() -> Iterator[None]:
    """Terms run from what was stamped, though the home's time was late."""
    with mock.patch.object(house_clock, "stamp_of", lambda _late, at: at):
        yield


MUTANTS: list[Callable[[], Any]] = [
    acknowledged_before_the_flush,
    known_records_are_forgotten,
    answered_before_the_line_is_on_disk,
    commits_without_their_names,
    one_refused_row_is_enough,
    what_a_cut_commit_had_put_is_not_told,
    the_clock_is_believed_as_it_is_found,
    what_was_stamped_late_is_not_kept_longer,
]
