"""Shapes told in ``shapes.toml``: what announces a value, the value, and what it must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from vigie.privacy.shape import PARTS, Shape, hints, joined, read
from vigie.privacy.words import load_words

_COUNT = re.compile(rf"(?:{PARTS['counts']})(?<!et)(?<!un)(?<!une)", re.IGNORECASE)
_SPOKEN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Told:
    """Judge of a shape: what its value must hold, and what must not stand before it.

    Attributes:
        figures: Digits and spoken numbers the value must have.
        signs: Letters and digits it must have.
        strange: ``short``: none of its words is a short one; ``all``: not all are ordinary,
            ``first``: its first is not.
        never: A word of this list of ``patterns.toml`` must not stand before the value.
    """

    figures: int
    signs: int
    strange: str
    never: re.Pattern[str] | None

    def __call__(self, match: re.Match[str]) -> bool:
        """Say whether a match is a value."""
        shown = match["id"].lower()
        spoken = _SPOKEN.findall(shown)
        figures = sum(map(str.isdigit, shown))
        figures += sum(_COUNT.fullmatch(word) is not None for word in spoken)
        if figures < self.figures or sum(map(str.isalnum, shown)) < self.signs:
            return False
        if self.never is not None and self.never.search(match.group()[: -len(shown)]) is not None:
            return False
        if self.strange in ("all", "first"):
            return not _known().issuperset(spoken[: None if self.strange == "all" else 1])
        return not self.strange or load_words().short.isdisjoint(spoken)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Return the words that no account is read from."""
    words = load_words()
    return (words.common | words.barriers | words.particles | words.short) - words.given


def told(name: str) -> tuple[Shape, ...]:
    """Return the shapes of ``shapes.toml`` that find one class, in their order."""
    return tuple(
        Shape(
            name,
            re.compile(joined(row["pattern"]), re.IGNORECASE),
            Told(
                row.get("figures", 0),
                row.get("signs", 0),
                row.get("strange", ""),
                re.compile(rf"\b(?:{PARTS[row['never']]})\b", re.IGNORECASE)
                if "never" in row
                else None,
            ),
            digits=row.get("digits", 0),
            words=hints(row["words"]),
        )
        for row in read("shapes.toml")[name]
    )
