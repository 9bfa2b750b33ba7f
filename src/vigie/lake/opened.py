"""The process's DuckDB, opened anew now and then: what it notes of the past goes with it.

DuckDB keeps a handle of some two hundred bytes for each block of memory that a query had, in queues
that it tidies only once tens of thousands are in them, and the footer of each file it ever read.
Small, lasting pieces among what queries need for a moment keep pages from the machine: a process
that is asked for months would grow by tens of megabytes in its first hour. Another database costs
some ten milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from vigie.lake.spill import own_spill

MOST_READ = 2_000
"""Queries of one database: it is opened anew at the first moment after these when none runs."""


class Database:
    """A database in memory, for any thread; a query has a cursor of its own.

    Args:
        open_: Opens one.
        most: Queries of each.

    Attributes:
        opened: How many were opened.
    """

    def __init__(
        self, open_: Callable[[], duckdb.DuckDBPyConnection], most: int = MOST_READ
    ) -> None:
        self._open = open_
        self._most = most
        self._guard = Lock()
        self._connection = open_()
        self._begun = self._running = 0
        self.opened = 1

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor for one query; what it answered must be read within."""
        with self._guard:
            if self._begun >= self._most and not self._running:
                self._renew()
            cursor = self._connection.cursor()
            self._begun += 1
            self._running += 1
        try:
            yield cursor
        finally:
            cursor.close()
            with self._guard:
                self._running -= 1

    def _renew(self) -> None:
        """Open another one; only while no query runs, so that two never hold memory or spill."""
        new = self._open()
        self._connection.close()
        self._connection, self._begun = new, 0
        self.opened += 1


@cache
def process_database(threads: int, memory: str) -> Database:
    """Return the database of this process with some bounds.

    Args:
        threads: At work; 0 for one a processor.
        memory: What it may hold, as DuckDB writes it.
    """
    return Database(lambda: _connect(threads, memory))


@cache
def _spill() -> Path:
    return own_spill()


def _connect(threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """Open one: no extension is loaded, nothing is downloaded."""
    config: dict[str, Any] = {
        "temp_directory": str(_spill()),
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads:
        config["threads"] = threads
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET parquet_metadata_cache = true")
    # It would note each file that was ever read, and the machine holds the pages of files anyway.
    connection.execute("SET enable_external_file_cache = false")
    connection.execute("SET preserve_insertion_order = false")
    return connection
