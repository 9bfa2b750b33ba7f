"""What intake seals: payloads, spooled files and refused rows, by source and day of receipt.

Small payloads that wait for the same flush are sealed together, in one request to the keeper of
keys. Where a key is destroyed, what it sealed is gone: it was past its term.
"""

from __future__ import annotations

import io
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigie.base.errors import KeyDestroyed, VigieError
from vigie.keys.keeper import INTAKE, Keeper, day_of
from vigie.privacy.envelope import KeyName

PAYLOAD: Final = "payload"
SPOOLED: Final = "spooled"
REFUSED: Final = "refused"
BLOCK: Final = 1 << 20
"""Bytes of content in one envelope of a spooled file."""


@dataclass(slots=True)
class Unsealed:
    """A content that is to be sealed before it is written.

    Attributes:
        name: Key to seal it with.
        row_id: Row it will stand in.
        content: In plain.
        sealed: What to write, once it is sealed.
        problem: Why it could not be.
    """

    name: KeyName
    row_id: str
    content: bytes
    sealed: bytes = b""
    problem: VigieError | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed content: of which feed and instant of receipt (epoch µs), in which row."""

    source: str
    received_us: int
    row_id: str
    content: bytes


def key_of(source: str, received_us: int) -> KeyName:
    """Return the name of the key of what a feed brought on the day of an instant (epoch µs)."""
    return KeyName(INTAKE, source, day_of(received_us))


class Sealing:
    """Seals and opens what intake keeps."""

    def __init__(self, keys: Keeper) -> None:
        self.keys = keys

    def seal_all(self, waiting: Sequence[Unsealed], kind: str = PAYLOAD) -> None:
        """Seal contents, one request for each key; one that cannot be has its ``problem``."""
        groups: defaultdict[KeyName, list[Unsealed]] = defaultdict(list)
        for one in waiting:
            groups[one.name].append(one)
        for name, some in groups.items():
            try:
                sealed = self.keys.seal(name, kind, [(one.row_id, one.content) for one in some])
            except VigieError as error:
                for one in some:
                    one.problem = error
                continue
            for one, blob in zip(some, sealed, strict=True):
                one.sealed = blob

    def seal_refused(self, waiting: Sequence[Unsealed]) -> list[bytes]:
        """Return the contents of refused rows, in order: sealed; nothing if empty or past its term.

        Raises:
            Unavailable: When the keeper of keys cannot be had.
        """
        self.seal_all([one for one in waiting if one.content], REFUSED)
        for one in waiting:
            if one.problem is not None and not isinstance(one.problem, KeyDestroyed):
                raise one.problem
        return [one.sealed for one in waiting]

    def open_all(self, kind: str, rows: Iterable[Sealed]) -> dict[str, bytes]:
        """Return contents by row; those whose key is destroyed are left out.

        Raises:
            StoreBroken: When one was changed, or stands in another's row.
            Unavailable: When the keeper of keys cannot be had.
        """
        groups: defaultdict[KeyName, list[tuple[str, bytes]]] = defaultdict(list)
        for row in rows:
            groups[key_of(row.source, row.received_us)].append((row.row_id, row.content))
        found: dict[str, bytes] = {}
        for name, some in groups.items():
            try:
                contents = self.keys.open(name, kind, some)
            except KeyDestroyed:
                continue
            found |= zip((row_id for row_id, _ in some), contents, strict=True)
        return found

    def forget_keys(self, before_us: int, oldest: Mapping[str, int]) -> int:
        """Destroy the keys of days whose contents have all gone; returns how many.

        Args:
            before_us: Contents received before this (epoch µs) have gone, but for what waits.
            oldest: The oldest content that each feed still has (epoch µs).
        """
        before = day_of(before_us)
        behind = {source: day_of(us) for source, us in oldest.items() if day_of(us) < before}
        gone = self.keys.destroy(INTAKE, before=before, but=tuple(behind))
        for source, day in behind.items():
            gone += self.keys.destroy(INTAKE, source=source, before=day)
        return len(gone)


def block_id(spooled: str, number: int, *, last: bool) -> str:
    """Return the row that a block of a spooled file is bound to: none can be cut off or moved."""
    return f"{spooled}/{number}{'/end' if last else ''}"


class SealedFile(io.RawIOBase):
    """A spooled file as it was before it was sealed: read only, seekable, a block at a time.

    Args:
        file: The sealed file; closed with this one.
        size: Bytes of content.
        sealed_size: Bytes of the file.
        open_block: Opens a block by number, given its envelope.
    """

    def __init__(
        self,
        file: BinaryIO,
        size: int,
        sealed_size: int,
        open_block: Callable[[int, bytes], bytes],
    ) -> None:
        super().__init__()
        self._file = file
        self._size = size
        self._open_block = open_block
        blocks = count_blocks(size)
        self._step = BLOCK + (sealed_size - size) // blocks
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be read from anywhere."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Read on from elsewhere."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with what is left of the current block; returns how many bytes."""
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, BLOCK)
        if self._held[0] != number:
            self._file.seek(number * self._step)
            self._held = (number, self._open_block(number, self._file.read(self._step)))
        part = self._held[1][within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Close the sealed file."""
        self._file.close()
        super().close()


def count_blocks(size: int) -> int:
    """Return how many envelopes a content of so many bytes makes: one even for nothing."""
    return max(1, -(-size // BLOCK))


def oldest_kept(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the oldest instant of receipt (epoch µs) of which each feed still has a content."""
    rows = connection.execute(
        "SELECT source, min(received_us) FROM (SELECT source, received_us FROM messages"
        " UNION ALL SELECT source, received_us FROM quarantine WHERE raw <> x'') GROUP BY source"
    )
    return dict(rows.fetchall())
