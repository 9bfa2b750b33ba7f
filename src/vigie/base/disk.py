"""Whether something failed because a disk is full or fails: who asked may ask again.

The same refusal comes as ``OSError`` from Python, with a result code from SQLite, wrapped once more
by SQLAlchemy, and as a text from DuckDB, Arrow and Delta, which keep no code.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator

FULL, FAILING = "disk_full", "disk_failing"
_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EIO: FAILING,
    errno.EROFS: FAILING,
}
_BY_CODE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: FAILING,
    sqlite3.SQLITE_READONLY: FAILING,
    sqlite3.SQLITE_CANTOPEN: FAILING,
}
_BY_TEXT = {os.strerror(number): found for number, found in _BY_ERRNO.items()}
_PRIMARY = 0xFF
"""SQLite's extended result codes tell more in their higher bytes."""


def refused_by_disk(error: BaseException) -> str:
    """Return ``disk_full`` or ``disk_failing``; empty when an error is of another kind."""
    for one in _causes(error):
        found = ""
        if isinstance(one, sqlite3.Error):
            found = _BY_CODE.get(getattr(one, "sqlite_errorcode", 0) & _PRIMARY, "")
        elif isinstance(one, OSError) and one.errno is not None:
            found = _BY_ERRNO.get(one.errno, "")
        elif type(one).__module__.partition(".")[0].lstrip("_") in _WITHOUT_CODE:
            said = str(one)
            found = next((kind for text, kind in _BY_TEXT.items() if text in said), "")
        if found:
            return found
    return ""


_WITHOUT_CODE = {"duckdb", "deltalake", "pyarrow", "builtins"}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what the driver said, and what it came from."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [getattr(one, "orig", None), one.__cause__, one.__context__]
