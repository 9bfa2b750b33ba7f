"""Where large payloads wait: sealed files named by their content's hash, on disk before they count.

A file is a row of envelopes of ``sealing.BLOCK`` bytes, each bound to its place in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vigie.base.errors import KeyDestroyed, TooLarge, Unavailable
from vigie.base.ids import ID_LENGTH, new_id
from vigie.intake.sealing import BLOCK, SPOOLED, SealedFile, block_id, count_blocks
from vigie.keys.keeper import Keeper
from vigie.privacy.envelope import KeyName

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

    def __init__(self, folder: Path, keys: Keeper) -> None:
        self.folder = folder
        self.keys = keys
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

    def open(self, name: str, key: KeyName, size: int) -> BinaryIO:
        """Open a content for reading from anywhere.

        Args:
            name: Of the file.
            key: It was sealed with.
            size: Bytes of the content.

        Raises:
            Unavailable: When it is no longer there, or its key is destroyed (expired).
        """
        spooled = name[-ID_LENGTH:]
        last = count_blocks(size) - 1

        def open_block(number: int, sealed: bytes) -> bytes:
            row = block_id(spooled, number, last=number == last)
            try:
                return self.keys.open(key, SPOOLED, [(row, sealed)])[0]
            except KeyDestroyed as error:
                raise Unavailable(what="payload") from error

        try:
            file = self.path(name).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise Unavailable(what="payload") from error
        sealed_size = os.fstat(file.fileno()).st_size
        return io.BufferedReader(SealedFile(file, size, sealed_size, open_block), 1 << 16)

    def put(self, content: bytes, key: KeyName) -> Spooled:
        """Keep a content; on disk when this returns."""
        return self.copy(io.BytesIO(content), key, limit=len(content))

    def copy(self, source: BinaryIO, key: KeyName, *, limit: int) -> Spooled:
        """Keep a stream's content; on disk when this returns.

        Args:
            source: Read to its end.
            key: Sealed with it.
            limit: Most bytes.

        Raises:
            TooLarge: When the stream is longer than ``limit`` bytes; nothing is kept.
            Unavailable: When the disk or the keeper of keys refuses; nothing is kept.
        """
        digest, size, spooled = hashlib.sha256(), 0, new_id()
        try:
            handle, temporary = tempfile.mkstemp(prefix=PARTIAL, dir=self.folder)
            partial = Path(temporary)
        except OSError as error:
            raise Unavailable(what="spool", reason=str(error)) from error
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                for number, (block, last) in enumerate(_blocks(source)):
                    size += len(block)
                    if size > limit:
                        raise TooLarge(limit=limit)
                    digest.update(block)
                    row = block_id(spooled, number, last=last)
                    _write_all(file.fileno(), self.keys.seal(key, SPOOLED, [(row, block)])[0])
                os.fsync(file.fileno())
            name = f"{digest.hexdigest()}-{spooled}"
            partial.replace(self.path(name))
            sync_folder(self.folder)
        except OSError as error:
            raise Unavailable(what="spool", reason=str(error)) from error
        except KeyDestroyed as error:
            raise Unavailable(what="keys", reason=error.code) from error
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


def _blocks(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the whole blocks of a stream, and whether it is the last; one even for nothing."""
    block = _whole_block(source)
    while True:
        following = _whole_block(source) if len(block) == BLOCK else b""
        yield block, not following
        if not following:
            return
        block = following


def _whole_block(source: BinaryIO) -> bytes:
    """Return the next ``BLOCK`` bytes of a stream that may give fewer at a time."""
    parts, wanted = [], BLOCK
    while wanted and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _write_all(handle: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(handle, view) :]
