"""User-visible texts by code, French first, English second; a missing one is a test failure."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Self

LANGUAGES = ("fr", "en")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = resources.files("vigie.base").joinpath("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def codes() -> list[str]:
    """Return every code that has a text, sorted."""
    return sorted(_catalogue())


class Phrase(str):
    """A text that stands inside another one and is translated with it.

    Where no language is asked for (logs, JSON), it is its own English text.
    """

    __slots__ = ("code", "params")

    code: str
    params: dict[str, Any]

    def __new__(cls, code: str, /, **params: Any) -> Self:
        """Make the phrase of a code in ``messages.toml`` with its parameters."""
        phrase = super().__new__(cls, translate(code, "en", **params))
        phrase.code, phrase.params = code, params
        return phrase


def translate(code: str, language: str = "fr", /, **params: Any) -> str:
    """Return the text of ``code`` in a language, with its parameters filled in.

    A code without a text gives the code itself, and a parameter that is missing stays visible as
    ``{name}``: an explanation is never the reason for another failure.
    """
    entry = _catalogue().get(code)
    if entry is None:
        return code
    text = entry.get(language) or entry["fr"]
    for name, value in params.items():
        if isinstance(value, Phrase):
            value = translate(value.code, language, **value.params)  # noqa: PLW2901 -- same value, in words
        text = text.replace("{" + name + "}", str(value))
    return text


def choose_language(accept_language: str | None, default: str = "fr") -> str:
    """Return the language to answer in, from an ``Accept-Language`` header (RFC 9110)."""
    best, best_weight = default, 0.0
    for part in (accept_language or "").split(","):
        tag, _, rest = part.strip().partition(";")
        weight = 1.0
        if rest.strip().startswith("q="):
            try:
                weight = float(rest.strip()[2:])
            except ValueError:
                weight = 0.0
        name = tag.strip().lower()[:2]
        if name in LANGUAGES and weight > best_weight:
            best, best_weight = name, weight
    return best


def number(value: float, language: str = "fr", digits: int = 0) -> str:
    """Return a number as people of a language write it: ``12 345,6`` or ``12,345.6``.

    French groups by a narrow no-break space and marks decimals by a comma (Lexique des règles
    typographiques en usage à l'Imprimerie nationale).
    """
    text = f"{value:,.{digits}f}"
    if language == "en":
        return text
    return text.translate(str.maketrans(",.", "\u202f,"))


LEAST_TOLD = 0.01
"""A smaller number keeps its first digit: a probability is not told as nought."""


def figure(value: float, language: str = "fr") -> str:
    """Return a figure of a table: whole, or with two decimals, or its first digit."""
    if not math.isfinite(value):
        return "–"
    if 0 < abs(value) < LEAST_TOLD:
        return f"{value:.1g}".replace(".", "." if language == "en" else ",")
    return number(value, language, 0 if float(value).is_integer() else 2)
