"""Who does the pieces of a long reckoning: this process, one after another, or a cluster.

A reckoning that can be cut into pieces says so by giving its work and its pieces to *hands*. What a
piece gives depends on the piece alone, so that it is the same from whatever hands, in the order of
the pieces. Work and pieces travel between processes: a function of a module with its arguments
(``functools.partial``), arrays, tables, plain dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, TypeVar

from vigie.base.stopping import look

Piece = TypeVar("Piece")
Made = TypeVar("Made")


class Hands(Protocol):
    """Something that does pieces of work."""

    @property
    def width(self) -> int:
        """How many pieces are done at once."""
        ...

    def each(self, work: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
        """Yield what the work makes of each piece, in order.

        Raises:
            Stopping: When the process is told to stop.
        """
        ...


class OwnHands:
    """This process: a piece is taken when the one before is done."""

    width = 1

    def each(self, work: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
        """Yield what the work makes of each piece, in order."""
        for piece in pieces:
            look()
            yield work(piece)


OWN: Final[Hands] = OwnHands()
