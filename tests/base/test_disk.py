"""Refusals of a disk, told apart from every other error."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from vigie.base.disk import FAILING, FULL, refused_by_disk
from vigie.base.errors import Unavailable


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, FULL),
        (errno.EDQUOT, FULL),
        (errno.EIO, FAILING),
        (errno.EROFS, FAILING),
        (errno.ENOENT, ""),
        (errno.EACCES, ""),
    ],
)
def test_an_error_of_the_system_is_told_by_its_number(number: int, kind: str) -> None:
    assert refused_by_disk(OSError(number, os.strerror(number))) == kind


def test_a_database_that_is_full_is_told_also_through_what_wraps_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        base.execute("CREATE TABLE a (b)")
        base.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as full:
            base.execute("INSERT INTO a VALUES (zeroblob(100000))")
    assert refused_by_disk(full.value) == FULL
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 3"))
        with pytest.raises(OperationalError) as wrapped:
            connection.execute(text("INSERT INTO a VALUES (zeroblob(100000))"))
    engine.dispose()
    assert refused_by_disk(wrapped.value) == FULL


def test_what_keeps_no_code_is_told_by_its_text_and_by_what_it_came_from() -> None:
    with duckdb.connect() as base, pytest.raises(duckdb.Error) as full:
        base.execute("COPY (SELECT 1) TO '/proc/self/fd/1000/no'")
    assert refused_by_disk(full.value) == ""
    said = f"{full.value}: {os.strerror(errno.ENOSPC)}"
    assert refused_by_disk(type(full.value)(said)) == FULL
    told = Unavailable(what="audit")
    told.__cause__ = OSError(errno.EIO, "Input/output error")
    assert refused_by_disk(told) == FAILING


def test_other_errors_are_none() -> None:
    assert refused_by_disk(ValueError("No such luck")) == ""
    with closing(sqlite3.connect(":memory:")) as base, pytest.raises(sqlite3.Error) as wrong:
        base.execute("SELECT nothing")
    assert refused_by_disk(wrong.value) == ""
