"""How many different facts an account has read in an hour, shared by processes, kept over restarts.

Not which: each fact sets one bit of a map by its hash, and the number follows from how many bits
are not set (linear counting, Whang et al. 1990; with eight bits for each fact of the bound the
error is below one percent). Maps of processes are joined bit by bit; past hours are deleted.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np
from sqlalchemy import Engine, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.desk.tables import ReadRow

LEAST_BITS = 65_536
BITS_FOR_EACH = 8


def bits_for(bound: int) -> int:
    """Return how many bits a map has that is to tell numbers up to a bound."""
    return max(LEAST_BITS, BITS_FOR_EACH * bound)


def hashes(ids: Iterable[str]) -> np.ndarray:
    """Return facts as numbers of eight bytes, each once, in order: a tenth of their ids' memory."""
    digests = b"".join(hashlib.blake2b(one.encode(), digest_size=8).digest() for one in ids)
    return np.unique(np.frombuffer(digests, ">u8").astype(np.uint64))


def mark(facts: np.ndarray, bits: int) -> np.ndarray:
    """Return the map of some facts, given by their hashes: one byte for eight of ``bits``.

    In any order, any of them more than once.
    """
    found = np.zeros(bits, np.bool_)
    found[facts % np.uint64(bits)] = True
    return np.packbits(found, bitorder="little")


def number(marks: np.ndarray) -> int:
    """Return about how many different facts a map was made of."""
    bits = 8 * marks.size
    free = bits - int(np.bitwise_count(marks).sum())
    return round(bits * math.log(bits / max(free, 1)))


class Reads:
    """What accounts have read in the hour."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, account: str, start_us: int, marks: np.ndarray) -> tuple[int, bool]:
        """Join a map to what is known of an account's hour.

        Args:
            account: Login, or the name of a token.
            start_us: When the hour began, epoch µs.
            marks: The map, of the size that all processes use.

        Returns:
            About how many facts it has read, and whether the alarm was raised.
        """
        try:
            return self._add(account, start_us, marks)
        except IntegrityError:  # another process was the first in this hour
            return self._add(account, start_us, marks)

    def _add(self, account: str, start_us: int, marks: np.ndarray) -> tuple[int, bool]:
        with Session(self._engine) as session, session.begin():
            # Writing first takes SQLite's lock before anything is read.
            session.execute(delete(ReadRow).where(ReadRow.start_us < start_us))
            row = session.get(ReadRow, (account, start_us), with_for_update=True)
            if row is None:
                session.add(
                    ReadRow(account=account, start_us=start_us, marks=marks.tobytes(), told=False)
                )
                session.flush()
                return number(marks), False
            known = np.frombuffer(row.marks, np.uint8)
            both = marks | known if known.size == marks.size else marks
            row.marks = both.tobytes()
            return number(both), row.told

    def told(self, account: str, start_us: int) -> None:
        """Remember that the alarm of an account's hour was raised."""
        with Session(self._engine) as session, session.begin():
            row = session.get(ReadRow, (account, start_us), with_for_update=True)
            if row is not None:
                row.told = True
