"""Persons' names in French free text: found by what announces them and by known given names.

No model and no dictionary of all names: a surname alone, in the middle of a sentence, that nothing
announces is not found. What is found, and how often, is measured by ``tests/privacy``.
"""

from __future__ import annotations

from vigie.privacy.reader import Reader
from vigie.privacy.tokens import PAIR, TOKEN, caseless
from vigie.privacy.words import Words, cut, load_words

_LONGEST_TITLE = 4


def name_spans(text: str) -> list[tuple[int, int]]:
    """Return where persons' names stand in a text: ``(start, end)``, in order, not overlapping."""
    words = load_words()
    found_pairs = [found.start() for found in PAIR.finditer(text)]
    if not found_pairs and "[" not in text and words.hints.isdisjoint(cut(text)):
        return []
    tokens = TOKEN.findall(text)
    lows = "\n".join(tokens).lower().replace("’", "'").split("\n")
    if not tokens:
        return []
    pairs = set(found_pairs)
    if not pairs and words.names.isdisjoint(lows) and not _may_announce(text, tokens, lows, words):
        return []
    return Reader(text, lows, words, pairs).spans()


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
    if caseless(tokens) or not words.grades.isdisjoint(lows):
        return True
    announced = [at for at, low in enumerate(lows) if low in words.announces]
    return any(
        after[0].isupper() for at in announced for after in tokens[at + 1 : at + 2 + _LONGEST_TITLE]
    )
