"""Many small messages read as one text, and the way back from a row to its message.

Parsing has a fixed cost per payload that is a thousand times that of a row. Messages of one feed
whose format allows it (``Connector.joins``) are therefore put end to end and parsed together. Only
what cannot be misread is joined: plain text of an encoding that keeps ASCII, no quoted line
breaks, the same header. If anything is wrong with the whole, each message is read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.intake.connector import Joining

MAX_JOINED_BYTES = 8 * 2**20
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts put end to end.

    Attributes:
        content: The joined text.
        starts: Row number, from 1, at which each text begins.
    """

    content: bytes
    starts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of a payload come from: one message, or several that were joined.

    Attributes:
        starts: Row number at which each message begins, from 1.
        first: Number, in its message, of the row at which each begins; 1 unless the payload is
            a piece of the message.
    """

    starts: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]

    @classmethod
    def single(cls, first: int = 1) -> Origin:
        """Return the origin of a payload that is one message, or its piece from row ``first``."""
        return cls(np.ones(1, np.int64), np.array([first], np.int64))

    @classmethod
    def joined(cls, starts: npt.NDArray[np.int64], first: Sequence[int] | None = None) -> Origin:
        """Return the origin of joined messages, or of pieces that begin at rows ``first``."""
        ones = np.ones(len(starts), np.int64)
        return cls(starts, ones if first is None else np.array(first, np.int64))

    def split(
        self, rows: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return for each row the index of its message, and its number in that message."""
        index = np.clip(np.searchsorted(self.starts, rows, side="right") - 1, 0, None)
        return index, rows - self.starts[index] + self.first[index]


def _rows_of(text: bytes) -> list[bytes] | None:
    """Return the rows of a plain text, or None when it must be read by itself."""
    text = text.removeprefix(BOM)
    if b"\x00" in text or b"\r" in text.replace(b"\r\n", b""):
        return None
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return [row for row in text.splitlines() if row.strip()]


def join(texts: Sequence[bytes], style: Joining) -> Joined | None:
    """Join texts, or return None when they cannot be joined without doubt.

    Args:
        texts: Payloads in order.
        style: ``lines`` (one record a line) or ``headed`` (a header line first, the same in all).
    """
    if not style or len(texts) < 2 or sum(map(len, texts)) > MAX_JOINED_BYTES:  # noqa: PLR2004
        return None
    header: bytes | None = None
    body: list[bytes] = []
    starts: list[int] = []
    for text in texts:
        rows = _rows_of(text)
        if not rows:
            return None
        if style == "headed":
            # An odd number of quotes on a line: a quoted cell goes on over the line's end.
            if any(row.count(b'"') % 2 for row in rows):
                return None
            if header is None:
                header = rows[0]
            if rows[0] != header or len(rows) == 1:
                return None
            rows = rows[1:]
        starts.append(len(body) + 1)
        body.extend(rows)
    whole = body if header is None else [header, *body]
    return Joined(b"\n".join(whole) + b"\n", np.array(starts, np.int64))
