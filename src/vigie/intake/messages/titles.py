"""Titles of plans, and kinds from words: a title is public, so it may name a thing, never a person.

What looks like a phone number, an e-mail, a plate, or a person addressed as such (``Mme``) is no
title: the kind stands in its place. Artists and streets are named as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from vigie.base.clock import to_us
from vigie.geo.addresses import fold
from vigie.intake.connector import Context
from vigie.intake.messages.rows import Rows
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import DAY_US, SECOND_US
from vigie.scrub import LateScrubber

DEFAULT_KIND = "event.other"
MAX_TITLE = 200
OURS = frozenset({"event.demonstration", "event.gathering", "event.strike", "event.visit"})
"""Kinds whose title is always that of the kind: it would tell a cause or a person (law, DEM-1)."""
_SCRUBBER = LateScrubber(but=("name", "address"))
_ADDRESSED = re.compile(
    r"\b(?:M\.|MM\.|Mr|Mme|Mmes|Mlle|Mlles|Me|Dr|Monsieur|Madame|Mademoiselle|Maître|Docteur)\.?"
    r"\s+[A-ZÀ-ÖØ-Þ]"
)
_TAG = re.compile(r"<[^<>]{0,200}>")


def holds_person(text: str) -> bool:
    """Say whether a short text seems to hold what belongs to a person."""
    return _ADDRESSED.search(text) is not None or _SCRUBBER.scrub(text).total > 0


def title_of(text: str | None, kind: str, rows: Rows) -> str:
    """Return a title: the text, or the French name of the kind where that may not stand.

    Of the kinds in ``OURS`` nothing that the source says stands.

    Args:
        text: As the source says it.
        kind: Kind of the plan, known to the taxonomy.
        rows: Where the replacement is remarked on.
    """
    if kind in OURS:
        return TAXONOMY.get(kind).fr
    shown = " ".join(_TAG.sub(" ", text or "").split())[:MAX_TITLE].strip()
    if shown and holds_person(shown):
        rows.remark("title_replaced")
        shown = ""
    return shown or TAXONOMY.get(kind).fr


class Kinds:
    """Kinds of plans by the words that tell them.

    Options of the feed: ``kinds``, from a category to a kind under ``event``; ``default_kind``.

    Args:
        words: Words by kind, French and English, singular; the first kind that is told wins.
        context: Where the options stand.
    """

    def __init__(self, words: Mapping[str, Sequence[str]], context: Context) -> None:
        self._patterns = _patterns(tuple((kind, tuple(told)) for kind, told in words.items()))
        option = context.options.get("kinds", {})
        self._stated = {
            fold(str(word)): str(kind)
            for word, kind in (option.items() if isinstance(option, Mapping) else ())
            if _is_event(str(kind))
        }
        default = str(context.options.get("default_kind", DEFAULT_KIND))
        self._default = default if _is_event(default) else DEFAULT_KIND

    def find(self, categories: Sequence[str], title: str | None) -> str:
        """Return the kind that the options, then the words of categories and title tell."""
        for category in categories:
            if (stated := self._stated.get(fold(category))) is not None:
                return stated
        for text in (*categories, title):
            folded = fold(text or "")
            for kind, pattern in self._patterns:
                if folded and pattern.search(folded):
                    return kind
        return self._default


@lru_cache(maxsize=16)
def _patterns(
    words: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(r"\b(?:" + "|".join(fold(one) for one in told) + r")(?:e?s|x)?\b"))
        for kind, told in words
    )


def _is_event(kind: str) -> bool:
    return kind in TAXONOMY and kind.partition(".")[0] == "event"


class Venues:
    """Places whose capacity and position the feed's option ``venues`` states.

    ``venues`` goes from a name to ``{capacity, lon, lat, place_id}``, each of which may be left
    out: a connector cannot ask the lake.
    """

    def __init__(self, context: Context) -> None:
        option = context.options.get("venues", {})
        self._known = {
            fold(str(name)): {
                "attendance_high": _number(values.get("capacity"), 1e7),
                "place_id": str(values["place_id"]) if values.get("place_id") else None,
                "lon": _number(values.get("lon"), 180.0),
                "lat": _number(values.get("lat"), 90.0),
            }
            for name, values in (option.items() if isinstance(option, Mapping) else ())
            if isinstance(values, Mapping)
        }

    def point(self, name: str) -> tuple[float, float] | None:
        """Return where a venue is, as longitude and latitude; None when that is not known."""
        known = self._known.get(fold(name), {})
        lon, lat = known.get("lon"), known.get("lat")
        return (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None

    def fill(self, values: Mapping[str, Any], *names: str | None) -> dict[str, Any]:
        """Return a plan's values, with what is known of the first venue that is named.

        What the source says itself stays.
        """
        for name in names:
            if (known := self._known.get(fold(name or ""))) is not None:
                own = {key: value for key, value in values.items() if value is not None}
                if "lon" in own or "lat" in own or self.point(name or "") is None:
                    known = {key: known[key] for key in ("attendance_high", "place_id")}
                return {**values, **known, **own}
        return dict(values)


def _number(value: Any, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -most <= value <= most else None


def not_ahead(at_us: int, context: Context, rows: Rows) -> int:
    """Return the instant of a last change, or that of receipt where it is more than a day ahead.

    A clock that runs ahead would otherwise outdo every later amendment.
    """
    now_us = to_us(context.now)
    if at_us <= now_us + DAY_US:
        return max(at_us, 0)
    rows.remark("clock_skew", severity="warning", seconds=(at_us - now_us) // SECOND_US)
    return now_us
