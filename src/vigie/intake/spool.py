"""Where large payloads wait: files named by their content's hash, on disk before they count."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vigie.base.errors import TooLarge, Unavailable
from vigie.base.ids import new_id

BLOCK = 1 << 20
NAME = re.compile(r"[0-9a-f]{64}-[a-z2-7]{24}")
PARTIAL = "partial-"


def sync_folder(folder: Path) -> None:
    """Flush a folder, so that a new name in it survives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A content in the spool: its file name, its SHA-256 and its size in bytes."""

    name: str
    sha256: str
    size: int


class Spool:
    """A folder of payloads.

    A name is the content's hash and a random part: no two messages share a file, so dropping one
    message's payload can never take another's away.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Return where a content lies; only names we make ourselves are possible.

        Raises:
            ValueError: When ``name`` is not one of ours.
        """
        if NAME.fullmatch(name) is None:
            msg = "not a spool name"
            raise ValueError(msg)
        return self.folder / name

    def open(self, name: str) -> BinaryIO:
        """Open a content for reading.

        Raises:
            Unavailable: When it is no longer there (expired).
        """
        try:
            return self.path(name).open("rb")
        except FileNotFoundError as error:
            raise Unavailable(what="payload") from error

    def put(self, content: bytes) -> Spooled:
        """Keep a content; on disk when this returns."""
        return self._keep(iter((content,)), limit=len(content))

    def copy(self, source: BinaryIO, *, limit: int) -> Spooled:
        """Keep a stream's content; on disk when this returns.

        Raises:
            TooLarge: When the stream is longer than ``limit`` bytes; nothing is kept.
            Unavailable: When the disk refuses; nothing is kept.
        """
        return self._keep(iter(lambda: source.read(BLOCK), b""), limit=limit)

    def _keep(self, blocks: Iterator[bytes], *, limit: int) -> Spooled:
        digest, size = hashlib.sha256(), 0
        try:
            handle, temporary = tempfile.mkstemp(prefix=PARTIAL, dir=self.folder)
            partial = Path(temporary)
        except OSError as error:
            raise Unavailable(what="spool", reason=str(error)) from error
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                for block in blocks:
                    size += len(block)
                    if size > limit:
                        raise TooLarge(limit=limit)
                    digest.update(block)
                    _write_all(file.fileno(), block)
                os.fsync(file.fileno())
            name = f"{digest.hexdigest()}-{new_id()}"
            partial.replace(self.path(name))
            sync_folder(self.folder)
        except OSError as error:
            raise Unavailable(what="spool", reason=str(error)) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        return Spooled(name, digest.hexdigest(), size)

    def drop(self, name: str) -> None:
        """Remove a content that no message refers to any more."""
        self.path(name).unlink(missing_ok=True)

    def idle_since(self, before_s: float) -> list[str]:
        """Return the names of contents put before ``before_s`` (epoch seconds), sorted.

        Parts left behind by a process that died are removed on the way.
        """
        found = []
        for path in self.folder.iterdir():
            try:
                old = path.stat().st_mtime < before_s
            except FileNotFoundError:
                continue
            if old and path.name.startswith(PARTIAL):
                path.unlink(missing_ok=True)
            elif old and NAME.fullmatch(path.name):
                found.append(path.name)
        return sorted(found)

    def scratch(self) -> BinaryIO:
        """Return an unnamed temporary file in the spool (bounded unpacking)."""
        return tempfile.TemporaryFile(dir=self.folder)


def _write_all(handle: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(handle, view) :]
