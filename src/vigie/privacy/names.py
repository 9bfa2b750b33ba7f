"""Persons' names in French free text: found by what announces them and by known given names.

No model and no dictionary of all names: a surname alone, in the middle of a sentence, that nothing
announces is not found. What is found, and how often, is measured by ``tests/privacy``.
"""

from __future__ import annotations

import re

from vigie.privacy.reader import TOKEN, Reader, caseless
from vigie.privacy.words import Words, cut, load_words

_PAIR = re.compile(
    r"(?<![\w'’-])(?:[A-ZÀ-ÖØ-Þ]{2}[A-ZÀ-ÖØ-Þ'’-]{2,20} [A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]"
    r"|[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,20}(?:-[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,20})? "
    r"(?:[A-ZÀ-ÖØ-Þ]{4}|[A-ZÀ-ÖØ-Þ]['’]?[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]{2})"
    r"|[A-ZÀ-ÖØ-Þ]\.(?:-[A-Z]\.)? ?[A-ZÀ-ÖØ-Þ]['’]?[A-Za-zÀ-ÖØ-öø-ÿ]{2}"
    r"|[A-ZÀ-ÖØ-Þ]{3}[A-ZÀ-ÖØ-Þ'’-]{1,20} [A-ZÀ-ÖØ-Þ]\.(?![\w]))"
)
_LONGEST_TITLE = 4


def name_spans(text: str) -> list[tuple[int, int]]:
    """Return where persons' names stand in a text: ``(start, end)``, in order, not overlapping."""
    words = load_words()
    found_pairs = [found.start() for found in _PAIR.finditer(text)]
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
    tells_nothing = caseless(tokens)
    return any(
        low in words.announces
        and (
            tells_nothing
            or low in words.grades
            or any(after[0].isupper() for after in tokens[at + 1 : at + 2 + _LONGEST_TITLE])
        )
        for at, low in enumerate(lows)
    )
