"""From a label in words to a kind of the taxonomy, by a table of words that a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from vigie.geo.addresses import fold

_LONGEST_LABEL = 200


class Keywords:
    """Finds the kind whose words stand in a label.

    Args:
        table: By kind, words or groups of words; each is compared from the beginning of a word, so
            that ``stationnement gen`` finds "Stationnement gênant". Case and accents do not count.

    The longest group of words that stands in the label decides, then the order of the table.
    """

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        pairs = [(f" {fold(word)}", kind) for kind, words in table.items() for word in words]
        self._pairs = sorted(pairs, key=lambda pair: -len(pair[0]))
        self._find = lru_cache(maxsize=4_096)(self._search)

    @property
    def kinds(self) -> set[str]:
        """Kinds that can be found."""
        return {kind for _, kind in self._pairs}

    def find(self, label: str | None) -> str | None:
        """Return the kind of a label, or None."""
        return self._find(label[:_LONGEST_LABEL]) if label else None

    def _search(self, label: str) -> str | None:
        folded = f" {fold(label)}"
        return next((kind for word, kind in self._pairs if word in folded), None)
