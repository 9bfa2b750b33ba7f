"""The tagger: marks what the rules missed, by weights learnt from invented texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from threading import local
from typing import Any

import pycrfsuite

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.scrub.reading import Token, features, tokens

NOBODY = "O"
"""Label of a token that is nobody's."""

FREE = "free"
"""Label of a token that may go or stay, such as a street told without a number."""

_FOLDER = files("vigie.scrub")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that is somebody's.

    Attributes:
        start: Where it begins in the text.
        end: Where it ends.
        kind: Its class, a key of ``PLACEHOLDERS``.
    """

    start: int
    end: int
    kind: str


@lru_cache(maxsize=1)
def described() -> dict[str, Any]:
    """Return what ``model.toml`` says of the weights: threshold, SHA-256, what they learnt from."""
    return tomllib.loads(_FOLDER.joinpath("model.toml").read_text("utf-8"))


class Tagger:
    """A conditional random field over the words of a text (Lafferty, McCallum, Pereira 2001).

    The same text gives the same passages on every machine. Threads may share one.

    Args:
        model: A file of weights; by default the shipped ones.
        threshold: Probability of being personal above which a token goes; by default the shipped
            ones, of which that of numbers is lower: they look like little else.
    """

    def __init__(self, model: str | None = None, threshold: float | None = None) -> None:
        self._model = model
        said = described()
        self._threshold = said["threshold"] if threshold is None else threshold
        self._of_numbers = said["threshold_of_numbers"] if threshold is None else threshold
        self._own = local()

    def _reader(self) -> Any:
        reader = getattr(self._own, "reader", None)
        if reader is None:
            reader = pycrfsuite.Tagger()
            if self._model is None:
                with as_file(_FOLDER.joinpath("model.bin")) as path:
                    reader.open(str(path))
            else:
                reader.open(self._model)
            self._own.reader = reader
            labels = reader.labels()
            self._own.may_stay = [name for name in (NOBODY, FREE) if name in labels]
            self._own.goes = [name for name in labels if name in PLACEHOLDERS]
        return reader

    def passages(self, text: str) -> list[Passage]:
        """Return the passages of a text that are somebody's, in order; marks are none."""
        read = tokens(text)
        if not any(token.is_word for token in read):
            return []
        reader = self._reader()
        reader.set(features(text, read))
        kinds = [self._kind(reader, place, token) for place, token in enumerate(read)]
        return _joined(read, kinds)

    def _kind(self, reader: Any, place: int, token: Token) -> str:
        if token.is_mark:
            return NOBODY
        stays = sum(reader.marginal(name, place) for name in self._own.may_stay)
        if 1 - stays <= min(self._threshold, self._of_numbers):
            return NOBODY
        best: str = max(self._own.goes, key=lambda name: reader.marginal(name, place))
        least = self._threshold if best == "name" else self._of_numbers
        return best if 1 - stays > least else NOBODY


def _joined(read: list[Token], kinds: list[str]) -> list[Passage]:
    """Join tokens of one class that stand together; a passage begins and ends with a word."""
    found: list[Passage] = []
    open_kind, joins = NOBODY, False
    for token, kind in zip(read, kinds, strict=True):
        if kind != open_kind:
            open_kind, joins = kind, False
        if kind == NOBODY or not token.is_word:
            continue
        if joins:
            found[-1] = Passage(found[-1].start, token.end, kind)
        else:
            found.append(Passage(token.start, token.end, kind))
            joins = True
    return found
