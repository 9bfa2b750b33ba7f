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
from vigie.scrub.explained import explained
from vigie.scrub.reading import Token, features, tokens

NOBODY = "O"
"""Label of a token that is nobody's."""

FREE = "free"
"""Label of a token that may go or stay, such as a street told without a number."""

_FOLDER = files("vigie.scrub")
_SURE = frozenset(("phone", "email", "nir", "iban", "birth_date"))
_ENDS = frozenset("\n\t;|")
"""Signs that no value goes on behind."""


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


@dataclass(frozen=True, slots=True)
class Limits:
    """Probabilities of being personal above which a token goes.

    Attributes:
        names: A word of a name.
        homes: A word of a home.
        words: A word of anything else.
        signs: A token with a digit, of anything but a name.
        sure: A token of a class that rules hardly miss (``_SURE``).
        explained: A number that its text explains (``explained.py``).
        beside: A token of a passage that goes, as its rest.
    """

    names: float
    homes: float
    words: float
    signs: float
    sure: float
    explained: float
    beside: float


class Tagger:
    """A conditional random field over the words of a text (Lafferty, McCallum, Pereira 2001).

    The same text gives the same passages on every machine. Threads may share one.

    Args:
        model: A file of weights; by default the shipped ones.
        threshold: Probability of being personal above which any token goes; by default the shipped
            ones, of which those of numbers are lower: they look like little else.
    """

    def __init__(self, model: str | None = None, threshold: float | None = None) -> None:
        self._model = model
        self._limits = (
            Limits(**described()["limits"]) if threshold is None else Limits(*[threshold] * 7)
        )
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
        chances = [self._chance(reader, place, token) for place, token in enumerate(read)]
        plain = _inside(read, explained(text))
        kinds = [
            kind if chance > self._least(kind, token, known) else NOBODY
            for token, (kind, chance), known in zip(read, chances, plain, strict=True)
        ]
        return _joined(read, self._grown(read, kinds, chances, plain))

    def _chance(self, reader: Any, place: int, token: Token) -> tuple[str, float]:
        """Return the class a token most likely has, and how likely it is personal."""
        if token.is_mark:
            return NOBODY, 0.0
        goes = 1 - sum(reader.marginal(name, place) for name in self._own.may_stay)
        if goes <= min(self._limits.beside, self._limits.signs, self._limits.homes):
            return NOBODY, goes
        return max(self._own.goes, key=lambda name: reader.marginal(name, place)), goes

    def _least(self, kind: str, token: Token, known: bool) -> float:
        if known:
            return self._limits.explained
        if kind == "name":
            return self._limits.names
        if kind in _SURE:
            return self._limits.sure
        if "9" in token.shape:
            return self._limits.signs
        return self._limits.homes if kind == "address" else self._limits.words

    def _grown(
        self,
        read: list[Token],
        kinds: list[str],
        chances: list[tuple[str, float]],
        plain: list[bool],
    ) -> list[str]:
        """Let passages take in what stands beside them and may be the rest of their value."""
        grown = list(kinds)
        for places in (range(len(read)), range(len(read) - 1, -1, -1)):
            open_kind = NOBODY
            for place in places:
                token = read[place]
                if kinds[place] != NOBODY:
                    open_kind = kinds[place]
                elif token.is_mark or token.low in _ENDS:
                    open_kind = NOBODY
                elif token.is_word:
                    rest = chances[place][1] > self._limits.beside and not plain[place]
                    open_kind = open_kind if rest else NOBODY
                    grown[place] = open_kind if grown[place] == NOBODY else grown[place]
        return grown


def _inside(read: list[Token], spans: list[tuple[int, int]]) -> list[bool]:
    """Say of each token whether it stands in one of these passages."""
    told, at = [], 0
    for token in read:
        while at < len(spans) and spans[at][1] <= token.start:
            at += 1
        told.append(at < len(spans) and spans[at][0] <= token.start)
    return told


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
