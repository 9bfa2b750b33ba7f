"""A long reckoning that was cut short goes on where it was: what its pieces gave is kept meanwhile.

An answer is a tuple of arrays, of positions, counts and probabilities, never of texts or ids. It is
found again by the digest of its work and its piece: whatever is different, a fact more or another
seed, is reckoned anew.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vigie.base.hands import Hands, Made, Piece

_DIGEST_BYTES = 16


class Resumed:
    """Hands that keep what each piece gave until the whole is done.

    Attributes:
        done: Pieces done.
        found: Pieces that had been done before.

    Args:
        hands: Do what has not been done yet.
        folder: Where answers are kept; made when there is one.
        told: Told how many pieces are done, after each.
    """

    def __init__(
        self, hands: Hands, folder: Path, told: Callable[[int], object] | None = None
    ) -> None:
        self._hands = hands
        self._folder = folder
        self._told = told
        self.done = self.found = 0

    @property
    def width(self) -> int:
        """How many pieces are done at once."""
        return self._hands.width

    def each(self, work: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
        """Yield what the work makes of each piece, or made of it before, in order."""
        said = hashlib.blake2b(pickle.dumps(work), digest_size=_DIGEST_BYTES).digest()
        waiting: list[tuple[Path, Piece]] = []
        for piece in pieces:
            digest = hashlib.blake2b(pickle.dumps(piece), key=said, digest_size=_DIGEST_BYTES)
            path = self._folder / f"{digest.hexdigest()}.npz"
            kept = _read(path)
            if kept is None:
                waiting.append((path, piece))
            if kept is not None or len(waiting) == self.width:
                yield from self._settle(work, waiting)
                waiting = []
            if kept is not None:
                self.found += 1
                yield self._tell(kept)
        yield from self._settle(work, waiting)

    def finish(self) -> None:
        """Throw away what was kept: the whole is done."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _settle(
        self, work: Callable[[Piece], Made], waiting: list[tuple[Path, Piece]]
    ) -> Iterator[Made]:
        made = self._hands.each(work, [piece for _, piece in waiting])
        for (path, _), answer in zip(waiting, made, strict=True):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_suffix(".draft")
            with draft.open("wb") as file:
                np.savez(file, *answer)  # type: ignore[misc]  # a tuple of arrays
            draft.replace(path)
            yield self._tell(answer)

    def _tell(self, answer: Any) -> Any:
        self.done += 1
        if self._told is not None:
            self._told(self.done)
        return answer


def _read(path: Path) -> tuple[np.ndarray, ...] | None:
    """Return an answer that was kept; None where there is none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return tuple(kept[name] for name in kept.files)
    except FileNotFoundError:
        return None
