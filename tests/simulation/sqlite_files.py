"""SQLite's files seen write by write: its own file layer, with a turnstile in three calls.

``sqlite3_vfs_register`` lets a program stand between SQLite and its files. Here the usual layer
does all the work; writes, truncations and flushes are first shown to a watcher, who may refuse them
with a result code. No preloaded library, no other build of SQLite: only what it offers itself.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Protocol

SQLITE_OK = 0
SQLITE_FULL = 13
SQLITE_IOERR_WRITE = 10 | 3 << 8
SQLITE_IOERR_FSYNC = 10 | 4 << 8
SQLITE_IOERR_TRUNCATE = 10 | 6 << 8

_P, _INT, _I64 = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_METHODS = 19
"""Words of ``sqlite3_io_methods`` of version 3: its version, then eighteen functions."""
_CLOSE, _WRITE, _TRUNCATE, _SYNC = 1, 3, 4, 5

_Close = ctypes.CFUNCTYPE(_INT, _P)
_Write = ctypes.CFUNCTYPE(_INT, _P, _P, _INT, _I64)
_Truncate = ctypes.CFUNCTYPE(_INT, _P, _I64)
_Sync = ctypes.CFUNCTYPE(_INT, _P, _INT)
_Open = ctypes.CFUNCTYPE(_INT, _P, _P, _P, _INT, _P)
"""The name is handed on as the address it is: the usual layer keeps it as long as the file."""


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs`` up to the one function that is replaced, and the rest as it is."""

    _fields_ = (
        ("version", _INT),
        ("size_of_file", _INT),
        ("longest_path", _INT),
        ("next", _P),
        ("name", ctypes.c_char_p),
        ("data", _P),
        ("open", _P),
        ("others", _P * 16),
    )


class Watcher(Protocol):
    """Who is shown what SQLite does to its files, before it does it."""

    def sqlite_write(self, path: Path, offset: int, size: int) -> int:
        """Return ``SQLITE_OK`` to let bytes be written, another code to refuse."""
        ...

    def sqlite_truncate(self, path: Path, size: int) -> int:
        """Return ``SQLITE_OK`` to let a file be cut."""
        ...

    def sqlite_sync(self, path: Path) -> int:
        """Take note of a flush, which is not made; return ``SQLITE_OK`` or another code."""
        ...


class _Layer:
    """The file layer that asks the watcher; one for the whole process, registered while wanted."""

    def __init__(self) -> None:
        self.watcher: Watcher | None = None
        self._library = ctypes.CDLL("libsqlite3.so.0")
        find = self._library.sqlite3_vfs_find
        find.restype, find.argtypes = ctypes.POINTER(_Vfs), (ctypes.c_char_p,)
        for name in ("sqlite3_vfs_register", "sqlite3_vfs_unregister"):
            getattr(self._library, name).argtypes = (_P, _INT)[: 2 if "un" not in name else 1]
        self._usual = find(None)
        self._paths: dict[int, Path] = {}
        self._usual_methods: dict[int, ctypes.Array[ctypes.c_void_p]] = {}
        self._ours: dict[int, ctypes.Array[ctypes.c_void_p]] = {}
        self._calls = (
            _Close(self._close), _Write(self._write), _Truncate(self._truncate), _Sync(self._sync)
        )  # fmt: skip
        self._vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self._vfs), self._usual, ctypes.sizeof(_Vfs))
        self._vfs.name = b"watched"
        self._open_call = _Open(self._open)
        self._vfs.open = ctypes.cast(self._open_call, _P).value
        self._usual_open = _Open(self._usual.contents.open)

    def register(self) -> None:
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)

    def unregister(self) -> None:
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
        self._library.sqlite3_vfs_register(self._usual, 1)

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = self._usual_open(ctypes.addressof(self._usual.contents), name, file, flags, out)
        methods = ctypes.c_void_p.from_address(file)
        if code == SQLITE_OK and methods.value and name and self.watcher is not None:
            self._paths[file] = Path(os.fsdecode(ctypes.string_at(name)))
            methods.value = self._wrapped(methods.value)
        return code

    def _wrapped(self, address: int) -> int:
        """Return the address of the usual functions, with our four among them."""
        if address not in self._ours:
            usual = (ctypes.c_void_p * _METHODS).from_address(address)
            ours = (ctypes.c_void_p * _METHODS)(*usual)
            for place, call in zip((_CLOSE, _WRITE, _TRUNCATE, _SYNC), self._calls, strict=True):
                ours[place] = ctypes.cast(call, _P).value
            self._ours[address] = ours
            self._usual_methods[ctypes.addressof(ours)] = usual
        return ctypes.addressof(self._ours[address])

    def _usual_call(self, file: int, place: int) -> int:
        ours = ctypes.c_void_p.from_address(file).value
        return self._usual_methods[ours or 0][place] or 0

    def _close(self, file: int) -> int:
        self._paths.pop(file, None)
        return int(_Close(self._usual_call(file, _CLOSE))(file))

    def _write(self, file: int, content: int, size: int, offset: int) -> int:
        if self.watcher is not None:
            code = self.watcher.sqlite_write(self._paths[file], offset, size)
            if code != SQLITE_OK:
                return code
        return int(_Write(self._usual_call(file, _WRITE))(file, content, size, offset))

    def _truncate(self, file: int, size: int) -> int:
        if self.watcher is not None:
            code = self.watcher.sqlite_truncate(self._paths[file], size)
            if code != SQLITE_OK:
                return code
        return int(_Truncate(self._usual_call(file, _TRUNCATE))(file, size))

    def _sync(self, file: int, flags: int) -> int:
        if self.watcher is not None:
            return self.watcher.sqlite_sync(self._paths[file])
        return int(_Sync(self._usual_call(file, _SYNC))(file, flags))


@lru_cache(maxsize=1)
def _layer() -> _Layer:
    return _Layer()


class _Counting:
    """A watcher that only counts."""

    seen = 0

    def sqlite_write(self, _path: Path, _offset: int, _size: int) -> int:
        self.seen += 1
        return SQLITE_OK

    def sqlite_truncate(self, _path: Path, _size: int) -> int:
        return SQLITE_OK

    def sqlite_sync(self, _path: Path) -> int:
        return SQLITE_OK


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Show a watcher what every SQLite connection opened meanwhile does to its files."""
    layer = _layer()
    layer.watcher = watcher
    layer.register()
    try:
        yield
    finally:
        layer.unregister()
        layer.watcher = None


@lru_cache(maxsize=1)
def can_watch() -> bool:
    """Say whether Python's SQLite is the library of the system, which can be asked to do this."""
    try:
        _layer()
    except OSError:
        return False
    counting = _Counting()
    with (
        tempfile.TemporaryDirectory() as name,
        watched(counting),
        closing(sqlite3.connect(f"{name}/try.db")) as database,
    ):
        database.execute("CREATE TABLE one (n)")
    return counting.seen > 0
