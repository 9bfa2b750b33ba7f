"""The scrubber of the house: the kernel's rules first, then the tagger on what they left."""

from __future__ import annotations

from collections.abc import Iterable

from vigie.privacy.scrubber import CLASSES, PLACEHOLDERS, Scrubbed
from vigie.privacy.scrubber import Scrubber as Rules
from vigie.scrub.edges import mended
from vigie.scrub.remains import taken
from vigie.scrub.tagger import Tagger


class Scrubber(Rules):
    """Takes personal data out of French free text (law PM-3).

    Rules find what has a form, can be read, and mark 97 in 100 rightly; the tagger finds part of
    what no rule foresaw. It misses too: ``docs/reference/scrubber.md`` tells how much.

    Args:
        classes: Classes to look for (keys of ``PLACEHOLDERS``); all by default.
        tagger: The tagger; by default with the shipped weights.

    Raises:
        ValueError: When a class does not exist.
    """

    def __init__(self, classes: Iterable[str] = CLASSES, tagger: Tagger | None = None) -> None:
        self._wanted = frozenset(classes)
        super().__init__(self._wanted)
        self._tagger = tagger or Tagger()

    def scrub(self, text: str) -> Scrubbed:
        """Return the text without the personal data found in it.

        Scrubbing the result again changes nothing: passes are made until one finds nothing. There
        are few: each takes away words and no mark is ever read as personal.
        """
        redactions: dict[str, int] = {}
        while True:
            ruled = super().scrub(text)
            _add(redactions, ruled.redactions)
            cleaned = mended(self._tagged(ruled.text, redactions))
            if cleaned == ruled.text:
                rest, more = taken(cleaned, self._wanted)
                _add(redactions, more)
                cleaned = mended(rest)
            if cleaned == ruled.text:  # the rules have nothing more to find in it either
                return Scrubbed(cleaned, redactions)
            text = cleaned

    def _tagged(self, text: str, redactions: dict[str, int]) -> str:
        pieces: list[str] = []
        done = 0
        for passage in self._tagger.passages(text):
            if passage.kind in self._wanted:
                pieces += (text[done : passage.start], PLACEHOLDERS[passage.kind])
                done = passage.end
                _add(redactions, {passage.kind: 1})
        return "".join(pieces) + text[done:]


def _add(redactions: dict[str, int], more: dict[str, int]) -> None:
    for kind, count in more.items():
        redactions[kind] = redactions.get(kind, 0) + count
