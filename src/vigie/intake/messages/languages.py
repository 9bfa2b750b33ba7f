"""Texts that a message gives in several languages."""

from __future__ import annotations

from collections.abc import Iterable


def in_language(given: Iterable[tuple[str | None, str | None]], language: str) -> str | None:
    """Return the text in a language, else the one that names none, else the first.

    Args:
        given: Language (BCP 47: ``fr``, ``fr-FR``, ``FR``) and text; blank texts do not count.
        language: Two letters.
    """
    texts: dict[str, str] = {}
    for tag, text in given:
        if text and text.strip():
            texts.setdefault((tag or "")[:2].lower(), text.strip())
    return texts.get(language) or texts.get("") or next(iter(texts.values()), None)
