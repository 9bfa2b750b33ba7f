"""Persons' names in French free text: found by what announces them and by known given names.

No model and no dictionary of all names: a surname alone, in the middle of a sentence, that nothing
announces is not found. What is found, and how often, is measured by ``tests/privacy``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

_TOKEN = re.compile(
    r"\[[^\[\]\n]{1,20}\]|\b(?:[ldnsjmctLDNSJMCT]|[Qq][uU])['’](?=\w)"
    r"|[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*"
)
_PAIR = re.compile(
    r"(?<![\w'’-])(?:[A-ZÀ-ÖØ-Þ]{2}[A-ZÀ-ÖØ-Þ'’-]{2,20} [A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]"
    r"|[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,20}(?:-[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,20})? [A-ZÀ-ÖØ-Þ]{4})"
)
_SHOUT = re.compile("[A-ZÀ-ÖØ-Þ]{2}[A-ZÀ-ÖØ-Þ'’-]")
_TO_BLANK = str.maketrans(dict.fromkeys(".,;:!?()\"'’-/«»=\u00a0", " "))
_LONGEST_NAME = 5
_LONGEST_WAY_NAME = 3
_MOSTLY = 0.7
_LEAST_LETTERS = 3
_DOUBTFUL_CIVILITIES = frozenset(("m", "me", "pr", "mm", "dr", "dame"))
"""Metres, pronouns and the like: only with a point, or between capitals."""
_AFTER_ANNOUNCEMENT = frozenset(("", ":", "(", "«", '"', "=", ": «", ': "'))
_NOT_NAME_END = ("é", "ée", "és", "ées", "ant", "ante", "ent", "ement", "er", "ait", "aient", "ons")


@dataclass(frozen=True)
class Words:
    """The word lists of ``words.toml``, lower case, with and without accents.

    ``hints`` are the words without one of which a text names nobody, ``names`` those that alone
    make a text worth reading, ``barriers`` those that are never part of a name unless given names
    too, ``stops`` those that a reading stops at.
    """

    given: frozenset[str]
    ambiguous: frozenset[str]
    surnames: frozenset[str]
    announces: frozenset[str]
    civilities: frozenset[str]
    particles: frozenset[str]
    places: frozenset[str]
    short_places: frozenset[str]
    common: frozenset[str]
    names: frozenset[str]
    hints: frozenset[str]
    barriers: frozenset[str]
    stops: frozenset[str]


def bare(text: str) -> str:
    """Return a text without its accents."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read the word lists."""
    table = tomllib.loads(files("vigie.privacy").joinpath("words.toml").read_text("utf-8"))
    lists = {
        name: frozenset(form for word in text.split() for form in (word, bare(word)))
        for name, text in table.items()
    }
    given = lists["first_names"] | lists["ambiguous_names"]
    names = given | lists["surnames"]
    places = lists["places"] | lists["short_places"]
    announcing = lists["announces"] | lists["civilities"]
    return Words(
        given=given,
        ambiguous=lists["ambiguous_names"],
        surnames=lists["surnames"],
        announces=lists["announces"],
        civilities=lists["civilities"],
        particles=lists["particles"],
        places=places,
        short_places=lists["short_places"],
        common=lists["common"],
        names=names | lists["civilities"],
        hints=names | announcing,
        barriers=places | announcing,
        stops=names | places | announcing,
    )


def name_spans(text: str) -> list[tuple[int, int]]:
    """Return where persons' names stand in a text: ``(start, end)``, in order, not overlapping."""
    words = load_words()
    shouts = _SHOUT.search(text) is not None
    parts = text.lower().translate(_TO_BLANK).split()
    if not shouts and "[" not in text and words.hints.isdisjoint(parts):
        return []
    tokens = _TOKEN.findall(text)
    lows = "\n".join(tokens).lower().replace("’", "'").split("\n")
    if not tokens:
        return []
    pairs = {found.start() for found in _PAIR.finditer(text)} if shouts else set()
    if not pairs and words.names.isdisjoint(lows) and not _may_announce(text, tokens, lows, words):
        return []
    return _Reader(text, lows, words, pairs).spans()


def _may_announce(text: str, tokens: list[str], lows: list[str], words: Words) -> bool:
    """Say whether an announcing word stands before a capital, or a given name in a compound."""
    if "-" in text and any(
        "-" in low and not words.given.isdisjoint(low.split("-")) for low in lows
    ):
        return True
    if "[" in text:
        return True
    if words.announces.isdisjoint(lows):
        return False
    return any(
        low in words.announces and after[0].isupper()
        for low, after in zip(lows, tokens[1:], strict=False)
    )


class _Reader:
    """One reading of one text, from left to right, stopping at the words that matter.

    Attributes are parallel lists, one item per token: cheaper than objects, and this runs on every
    text that enters the house.
    """

    def __init__(self, text: str, lows: list[str], words: Words, pairs: set[int]) -> None:
        self._text = text
        self._pairs = pairs
        self._words = words
        self._lows = lows
        self._spans = [found.span() for found in _TOKEN.finditer(text)]

    def spans(self) -> list[tuple[int, int]]:
        """Return where names stand."""
        found: list[tuple[int, int]] = []
        at = 0
        stops = self._words.stops
        pairs = self._pairs
        odd = "-" in self._text or "[" in self._text
        marks = [
            mark
            for mark, low in enumerate(self._lows)
            if low in stops
            or (odd and ("-" in low or low[0] == "["))
            or (pairs and self._spans[mark][0] in pairs)
        ]
        for mark in marks:
            if mark >= at:
                at, name = self._step(mark, found[-1][1] if found else 0)
                while name is not None:
                    found.append(name)
                    at, name = self._after_name(at)
        return found

    def _after_name(self, at: int) -> tuple[int, tuple[int, int] | None]:
        """Read on after a name: a colon or a parenthesis announces another (``X : Y (Z)``)."""
        if at < len(self._lows) and self._gap(at).strip(" \u00a0") in {":", "("}:
            first, stop = self._run(at, announced=True)
            if stop > first:
                return stop, (self._spans[first][0], self._spans[stop - 1][1])
        return at, None

    @cached_property
    def _all_capitals(self) -> bool:
        letters = sum(map(str.isalpha, self._text))
        return sum(map(str.isupper, self._text)) > _MOSTLY * letters

    def _word(self, at: int) -> str:
        start, end = self._spans[at]
        return self._text[start:end]

    def _capital(self, at: int) -> bool:
        return self._text[self._spans[at][0]].isupper()

    def _step(self, at: int, free_from: int) -> tuple[int, tuple[int, int] | None]:
        """Read one token: where to go on, and the name found there if any."""
        if self._lows[at] in self._words.places and not self._is_civility(at):
            return self._after_place(at), None
        if self._is_civility(at) or self._announces(at):
            first, stop = self._run(at + 1, announced=True)
            if stop > first:
                return stop, (self._spans[first][0], self._spans[stop - 1][1])
            return at + 1, None
        if self._is_given(at):
            first = at - 1 if self._is_shouted_surname(at - 1, free_from) else at
            stop = self._run(at + 1, announced=False, taken=1)[1]
            return stop, (self._spans[first][0], self._spans[stop - 1][1])
        if self._spans[at][0] in self._pairs and self._is_pair(at):
            stop = self._run(at + 2, announced=False, taken=2)[1]
            return stop, (self._spans[at][0], self._spans[stop - 1][1])
        return at + 1, None

    def _is_pair(self, at: int) -> bool:
        """Say whether a surname in capitals beside a word with a capital is a name.

        That is how the police write names: ``ZERBIB Blandine``, ``Blandine ZERBIB``. The second
        form is not believed at the start of a sentence, where any word has a capital.
        """
        both = self._lows[at : at + 2]
        unknown = self._words.barriers.isdisjoint(both) and self._words.common.isdisjoint(both)
        starts = self._word(at).isupper() or self._text[: self._spans[at][0]].rstrip()[-1:] not in {
            *("", ".", "!", "?", ":", ";", "-"),
        }
        return unknown and starts and not self._all_capitals

    def _gap(self, at: int) -> str:
        """Return what stands between a token and the one before it."""
        return self._text[self._spans[at - 1][1] : self._spans[at][0]]

    def _is_civility(self, at: int) -> bool:
        """Say whether a civility stands here and something follows it on the line."""
        low = self._lows[at]
        if low not in self._words.civilities or at + 1 >= len(self._lows):
            return False
        gap = self._gap(at + 1)
        if gap.strip(" \u00a0") not in {"", ".", ":"}:
            return False
        if low in _DOUBTFUL_CIVILITIES:
            start = self._spans[at][0]
            before = self._text[max(start - 2, 0) : start].strip()
            told = "." in gap or (self._capital(at) and self._capital(at + 1))
            return told and not before[-1:].isdigit()
        return True

    def _announces(self, at: int) -> bool:
        """Say whether a word (or a passage already replaced, before a colon) announces a name."""
        if at + 1 >= len(self._lows):
            return False
        gap = self._gap(at + 1).strip(" \u00a0")
        if self._lows[at][0] == "[":
            return gap in {":", "("}
        return self._lows[at] in self._words.announces and gap in _AFTER_ANNOUNCEMENT

    def _is_given(self, at: int) -> bool:
        """Say whether a known name stands here by itself."""
        low = self._lows[at]
        if low in self._words.common:
            return False
        if low in self._words.ambiguous:
            return self._followed_by_name(at)
        if low in self._words.given:
            return True
        if "-" in low and low.split("-")[0] in self._words.given:
            return self._capital(at)
        return low in self._words.surnames and self._capital(at) and not self._all_capitals

    def _followed_by_name(self, at: int) -> bool:
        if not self._capital(at) or self._all_capitals or at + 1 >= len(self._lows):
            return False
        after = self._lows[at + 1]
        follows = self._capital(at + 1) and self._gap(at + 1) == " "
        return follows and after not in self._words.common

    def _is_shouted_surname(self, at: int, free_from: int) -> bool:
        """Say whether a surname in capitals stands before a given name (``DUPONT Jean``)."""
        if at < 0 or self._spans[at][0] < free_from or self._gap(at + 1) not in {" ", ", "}:
            return False
        low, word = self._lows[at], self._word(at)
        known = low in self._words.barriers or low in self._words.common
        return not known and len(word) >= _LEAST_LETTERS and word.isupper() and word[0] != "["

    def _after_place(self, at: int) -> int:
        """Skip the name of a way or place: its words are no person's."""
        at += 1
        taken = 0
        while at < len(self._lows) and taken < _LONGEST_WAY_NAME:
            low = self._lows[at]
            gap = self._gap(at).strip(" \u00a0")
            if gap and not (gap == "." and self._lows[at - 1] in self._words.short_places):
                break
            if low in self._words.particles or low in self._words.places:
                at += 1
                continue
            title = low in self._words.civilities or low in self._words.announces
            starts_person = taken > 0 and low in self._words.given
            if not self._capital(at) or starts_person or (self._all_capitals and taken > 0):
                break
            taken += not title
            at += 1
        return at

    def _run(self, at: int, *, announced: bool, taken: int = 0) -> tuple[int, int]:
        """Return the tokens a name spans from here on: its first, and the one after its last.

        Particles belong to it only between its parts. ``taken`` parts stand before.
        """
        first = stop = at
        parts = taken
        most = at + 2 * _LONGEST_NAME
        while at < min(len(self._lows), most) and parts < _LONGEST_NAME:
            if (parts or at > first) and not self._joins(at):
                break
            low = self._lows[at]
            if low in self._words.particles and low not in self._words.given:
                at += 1
                continue
            if not self._is_part(at, parts, announced=announced):
                break
            first = at if parts == 0 else first
            parts += 1
            at += 1
            stop = at
        return first, stop

    def _joins(self, at: int) -> bool:
        """Say whether only a blank, or an initial's point, stands before this token."""
        gap = self._gap(at)
        if gap in {" ", "", "\u00a0", "  ", "-", " - "}:
            return True
        start, end = self._spans[at - 1]
        return gap in {". ", "."} and end - start == 1

    def _is_part(self, at: int, taken: int, *, announced: bool) -> bool:
        """Say whether a token can be the next part of a name, ``taken`` parts being read."""
        low = self._lows[at]
        if low[0] == "[" or low in self._words.common:
            return False
        if low in self._words.given and (announced or low not in self._words.ambiguous):
            return True
        if low in self._words.barriers and low not in self._words.given:
            return False
        if self._capital(at) and not self._all_capitals:
            return taken > 0 or announced
        # An unknown word in small letters is a name right after a civility; so is a second one,
        # after a given name or where the phrase ends.
        if not announced or not _like_name(low):
            return False
        if taken == 0:
            return self._lows[at - 1] in self._words.civilities
        ends = self._text[self._spans[at][1] :][:1] in {"", ".", ",", ";", ")"}
        after_civility = taken == 1 and self._lows[at - 2] in self._words.civilities
        return self._lows[at - 1] in self._words.given or (after_civility and ends)


def _like_name(low: str) -> bool:
    return len(low) >= _LEAST_LETTERS and not low.endswith(_NOT_NAME_END)
