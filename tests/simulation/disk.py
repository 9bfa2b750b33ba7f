"""A disk that fails when told to, and that forgets on a power cut what was not flushed.

It watches one folder. Every write, flush, truncation, renaming and removal that Vigie makes there
by itself or through SQLite is an operation with a number; one of Delta's commits, written by native
code, is one operation, too. An operation may be refused (disk full, I/O error) or be the last one
before a power cut.

What stands on the disk after a cut: of each file, what it held at its last flush, and of what was
written since any part (whole, none, sectors of it, zeros at its end); of each name, the one that
its folder had when that was flushed last, or the newer one.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from deltalake import DeltaTable
from tests.simulation import sqlite_files
from tests.simulation.sqlite_files import SQLITE_OK

SECTOR = 512
SQLITE = (".db", "-wal", "-journal")
_CODES = {
    "write": {errno.ENOSPC: sqlite_files.SQLITE_FULL, errno.EIO: sqlite_files.SQLITE_IOERR_WRITE},
    "sync": {
        errno.ENOSPC: sqlite_files.SQLITE_IOERR_FSYNC,
        errno.EIO: sqlite_files.SQLITE_IOERR_FSYNC,
    },
    "truncate": {
        errno.ENOSPC: sqlite_files.SQLITE_IOERR_TRUNCATE,
        errno.EIO: sqlite_files.SQLITE_IOERR_TRUNCATE,
    },
}


@dataclass(eq=False, slots=True)
class Inode:
    """A file, whatever its name: what it held when it was flushed last."""

    flushed: bytes = b""
    dirty: list[tuple[int, int]] = field(default_factory=list)
    """Ranges that SQLite has written since."""


@dataclass(slots=True)
class Plan:
    """What is to go wrong.

    Attributes:
        cut: Number of the operation before which the power goes; 0 for none.
        kind: Before the first of this kind from then on; empty for that very one.
        fail: Number of the first operation that is refused; 0 for none.
        errors: How many are refused.
        errno: With which error.
    """

    cut: int = 0
    kind: str = ""
    fail: int = 0
    errors: int = 0
    errno: int = errno.ENOSPC


class Disk:
    """The disk under one folder, from when it is mounted until a cut or the end.

    Attributes:
        operations: How many there were.
        dead: Whether the power is cut: nothing is done any more, and nothing is answered.
        full: Whether there is no room: every write is refused until it is set back.
        plan: What is to go wrong.
        refused: How many operations were refused.
        log: Told each operation, when wanted.
    """

    def __init__(self, root: Path, seed: str, after: Path) -> None:
        self.root, self._seed, self._after = root.resolve(), seed, after
        self.operations = 0
        self.dead = False
        self.full = False
        self.plan = Plan()
        self.refused = 0
        self.log: Callable[[str], None] | None = None
        self._live: dict[str, Inode] = {}
        self._names: dict[str, Inode] = {}
        self._folders = {self._name(path) for path in self.root.rglob("*") if path.is_dir()} | {"."}
        for path in self._files():
            self._names[self._name(path)] = inode = Inode(path.read_bytes())
            self._live[self._name(path)] = inode

    # --- What happens to it ------------------------------------------------------------------

    def _files(self) -> Iterator[Path]:
        return (path for path in sorted(self.root.rglob("*")) if path.is_file())

    def _name(self, path: Path | str) -> str:
        return os.path.relpath(path, self.root)

    def _within(self, path: str) -> bool:
        return path.startswith(f"{self.root}/")

    def operation(self, kind: str, path: str) -> int:
        """Count an operation; returns 0, or the error it is refused with."""
        if self.dead:
            return errno.EIO
        self.operations += 1
        number, plan = self.operations, self.plan
        if self.log is not None:
            self.log(f"{number} {kind} {self._name(path)}")
        if plan.cut and number >= plan.cut and plan.kind in {"", kind}:
            self._cut()
            return errno.EIO
        refuses = plan.fail and plan.fail <= number < plan.fail + plan.errors
        if self.full and kind in {"write", "delta"}:
            self.refused += 1
            return errno.ENOSPC
        if refuses:
            self.refused += 1
            return plan.errno
        return 0

    def _flush(self, path: str) -> None:
        name = self._name(path)
        if Path(path).is_dir():
            self._flush_folder(path, name)
            return
        inode = self._live.setdefault(name, Inode())
        inode.flushed = Path(path).read_bytes()

    def _flush_folder(self, path: str, folder: str) -> None:
        self._folders.add(folder)
        present = set()
        for entry in os.scandir(path):
            name = self._name(entry.path)
            present.add(name)
            if entry.is_dir():
                self._folders.add(name)
            else:
                self._names[name] = self._live.setdefault(name, Inode())
        for name in [n for n in self._names if str(Path(n).parent) == folder]:
            if name not in present:
                del self._names[name]

    # --- SQLite ------------------------------------------------------------------------------

    def _sqlite(self, kind: str, path: Path) -> int:
        error = self.operation(kind, str(path)) if self._within(str(path)) else 0
        return _CODES[kind][error] if error else SQLITE_OK

    def sqlite_write(self, path: Path, offset: int, size: int) -> int:
        """See ``sqlite_files.Watcher``."""
        code = self._sqlite("write", path)
        if code == SQLITE_OK and self._within(str(path)):
            name = self._name(path)
            inode = self._live.setdefault(name, Inode())
            self._names.setdefault(name, inode)
            inode.dirty.append((offset, size))
        return code

    def sqlite_truncate(self, path: Path, size: int) -> int:
        """See ``sqlite_files.Watcher``."""
        return self._sqlite("truncate", path)

    def sqlite_sync(self, path: Path) -> int:
        """See ``sqlite_files.Watcher``."""
        code = self._sqlite("sync", path)
        if code == SQLITE_OK and self._within(str(path)):
            inode = self._live.setdefault(self._name(path), Inode())
            size = path.stat().st_size
            content = bytearray(inode.flushed[:size].ljust(size, b"\0"))
            with path.open("rb") as file:
                for offset, length in inode.dirty:
                    file.seek(offset)
                    part = file.read(length)
                    content[offset : offset + len(part)] = part
            inode.flushed = bytes(content)
            inode.dirty.clear()
        return code

    # --- The power cut -----------------------------------------------------------------------

    def _cut(self) -> None:
        self.dead = True
        self.image(self._after)

    def image(self, target: Path) -> None:
        """Write what the disk holds if the power goes now."""
        present = {self._name(path): path for path in self._files()}
        lost_folders = {
            name
            for path in sorted(self.root.rglob("*"))
            if path.is_dir() and (name := self._name(path)) not in self._folders
            if self._chance(name).random() < 0.5
        }
        target.mkdir(parents=True)
        for folder in self._folders - lost_folders:
            (target / folder).mkdir(parents=True, exist_ok=True)
        for name in sorted(present.keys() | self._names.keys()):
            if name.endswith("-shm") or any(name.startswith(f"{one}/") for one in lost_folders):
                continue
            content = self._survives(name, present.get(name))
            if content is not None:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(content)
                (target / name).chmod(0o600)

    def _survives(self, name: str, path: Path | None) -> bytes | None:
        named = self._names.get(name)
        if name.endswith(SQLITE):
            return None if path is None else self._blend(name, named, path.read_bytes())
        live = self._live.setdefault(name, Inode()) if path is not None else None
        if named is not live and self._chance(name).random() < 0.5:
            return None if named is None else named.flushed
        if path is None or live is None:
            return None
        return self._blend(name, live, path.read_bytes())

    def _chance(self, name: str) -> random.Random:
        """Return what decides about one name: the same whatever else is on the disk."""
        return random.Random(f"{self._seed} {self.operations} {name}")

    def _blend(self, name: str, inode: Inode | None, now: bytes) -> bytes:
        """Return what is left of a file: flushed bytes for sure, newer ones perhaps."""
        flushed, chance = (inode.flushed if inode else b""), self._chance(f"{name} content")
        if now == flushed:
            return now
        if name.endswith(SQLITE[1]) and flushed.startswith(now):
            # SQLite's log made shorter, nothing written since: its length changes as one.
            return flushed if chance.random() < 0.5 else now
        fate = chance.random()
        if fate < 0.3:
            return flushed
        if fate < 0.5:
            return now
        between = len(flushed) + round(chance.random() * (len(now) - len(flushed)))
        size = chance.choice((len(flushed), len(now), between))
        parts = []
        for start in range(0, size, SECTOR):
            end = min(start + SECTOR, size)
            old, new = flushed[start:end], now[start:end]
            chosen = new if chance.random() < 0.6 else old
            parts.append(chosen[: end - start].ljust(end - start, b"\0"))
        return b"".join(parts)

    # --- Standing in the way -----------------------------------------------------------------

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Stand between Vigie and the folder until the end of the block."""
        with ExitStack() as stack:
            stack.enter_context(sqlite_files.watched(self))
            for name, kind in _CALLS.items():
                stack.enter_context(mock.patch.object(os, name, self._guarded(name, kind)))
            usual = DeltaTable.create_write_transaction

            def commit(table: DeltaTable, *arguments: Any, **more: Any) -> None:
                path = table.table_uri.removeprefix("file://")
                self._refuse("delta", path)
                usual(table, *arguments, **more)
                self._refuse("delta", path)  # it is there, and nobody was told yet

            stack.enter_context(mock.patch.object(DeltaTable, "create_write_transaction", commit))
            yield

    def _refuse(self, kind: str, path: str) -> None:
        error = self.operation(kind, path)
        if error:
            raise OSError(error, os.strerror(error))

    def _guarded(self, name: str, kind: str) -> Callable[..., Any]:
        usual = getattr(os, name)

        def call(target: Any, *arguments: Any, **more: Any) -> Any:
            path = _path_of(target)
            if not self._within(path):
                return usual(target, *arguments, **more)
            self._refuse(kind, path)
            if kind == "sync":  # what survives is reckoned here: the real disk need not wait
                return self._flush(path)
            answer = usual(target, *arguments, **more)
            if kind in {"rename", "link"}:
                source, goal = self._name(path), self._name(_path_of(arguments[0]))
                inode = self._live.setdefault(source, Inode())
                self._live[goal] = inode
                if kind == "rename":
                    del self._live[source]
            elif kind == "unlink":
                self._live.pop(self._name(path), None)
            return answer

        return call


_CALLS = {
    "write": "write",
    "pwrite": "write",
    "fsync": "sync",
    "fdatasync": "sync",
    "ftruncate": "truncate",
    "link": "link",
    "replace": "rename",
    "rename": "rename",
    "unlink": "unlink",
}


def _path_of(target: Any) -> str:
    if isinstance(target, int):
        return str(Path(f"/proc/self/fd/{target}").readlink()).removesuffix(" (deleted)")
    return str(Path(os.fspath(target)).absolute())
