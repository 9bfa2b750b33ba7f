"""Words that the sentences of rules share."""

from __future__ import annotations

from vigie.base.translations import number

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


def duration(length_us: int, language: str = "fr") -> str:
    """Return a length of time as people say it: ``45 min``, ``2,5 h``, ``12 j``."""
    if length_us < 2 * HOUR_US:
        return f"{max(0, length_us) // MINUTE_US} min"
    if length_us < 2 * DAY_US:
        return f"{number(length_us / HOUR_US, language, 1)} h"
    return f"{number(length_us / DAY_US, language)} {'j' if language == 'fr' else 'days'}"


def listed(names: list[str] | tuple[str, ...], language: str = "fr", most: int = 3) -> str:
    """Return names in a row: ``a, b et c``; beyond ``most``, how many more."""
    shown, more = list(names[:most]), len(names) - most
    if more > 0:
        shown.append(f"{more} {'de plus' if language == 'fr' else 'more'}")
    if len(shown) < 2:  # noqa: PLR2004 -- nothing to join
        return "".join(shown)
    word = "et" if language == "fr" else "and"
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"
