"""Sentences about an answer, made of parts: numbers write themselves as each language does.

A sentence is told as two templates and their values. What is a number there is known by its type,
never by how it looks: a year, a code or a date that is handed over as text stays as it is.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

_FRENCH = str.maketrans(",.", "\u202f,")


class _Figure:
    """A number within a sentence of one language, formatted by the sentence's own specification."""

    __slots__ = ("_french", "_value")

    def __init__(self, value: Any, language: str) -> None:
        self._value, self._french = value, language == "fr"

    def __format__(self, spec: str) -> str:
        """Return ``12 345,6`` or ``12,345.6``, a share with the sign of per cent as it is set."""
        text = format(self._value, f",{spec}")
        return text.translate(_FRENCH).replace("%", "\u202f%") if self._french else text


def remark(fr: str, en: str, /, **values: Any) -> dict[str, str]:
    """Return a sentence in French and in English.

    Args:
        fr: Template (``str.format``); numbers take a specification: ``{share:.1%}``, ``{r:.3f}``.
        en: The same in English, with the same names.
        values: Numbers; texts, which stay; or pairs of texts, French and English.
    """
    return {
        language: template.format(**{k: _within(v, language) for k, v in values.items()})
        for language, template in (("fr", fr), ("en", en))
    }


def _within(value: Any, language: str) -> Any:
    if isinstance(value, Real):
        return _Figure(value, language)
    if isinstance(value, tuple):
        return value[0] if language == "fr" else value[1]
    return value


def joined(*parts: dict[str, str]) -> dict[str, str]:
    """Return sentences one after the other."""
    return {language: " ".join(part[language] for part in parts) for language in ("fr", "en")}
