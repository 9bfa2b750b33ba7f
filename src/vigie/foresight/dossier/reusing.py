"""Last year's file for this year's event: which one, and its copy moved to the new hours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from vigie.base.clock import from_us, to_us
from vigie.foresight.dossier.model import After, Content, Origin
from vigie.foresight.plans import PlanRecord

SECOND_US: Final = 1_000_000
_WORD: Final = re.compile(r"[a-z0-9]+")
_EMPTY_WORDS: Final = frozenset(
    ("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "un", "une")
)
SAME_KIND, SAME_BRANCH, SAME_VENUE, TITLE = 0.4, 0.2, 0.3, 0.3
LEAST_SCORE: Final = 0.2
"""Weights of what makes two events alike, of 1: a choice of this house, told with each proposal."""


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file that stands in the desk, as far as it is compared.

    Attributes:
        plan_id: Its plan.
        version: Its newest version.
        kind: Kind of its event.
        title: Title.
        place_id: Venue; None when it has none.
        starts_us: Start of its event, epoch µs.
        state: State.
    """

    plan_id: str
    version: int
    kind: str
    title: str
    place_id: str | None
    starts_us: int
    state: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A past file proposed, and why.

    Attributes:
        file: The file.
        score: 0 to 1.
        same_kind: Same kind of event.
        same_venue: Same venue.
        title: Likeness of titles, 0 to 1 (Jaccard index of their words).
    """

    file: PastFile
    score: float
    same_kind: bool
    same_venue: bool
    title: float


def words_of(title: str) -> frozenset[str]:
    """Return the words of a title without accents, years and small words."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = (word for word in _WORD.findall(plain) if word not in _EMPTY_WORDS)
    return frozenset(word for word in words if not re.fullmatch(r"(19|20)[0-9]{2}", word))


def likeness(one: str, other: str) -> float:
    """Return the Jaccard index of the words of two titles; 0 when both are empty."""
    first, second = words_of(one), words_of(other)
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def proposals(plan: PlanRecord, files: Iterable[PastFile], *, most: int = 5) -> list[Proposal]:
    """Return the files most like a plan, best first, the newer first among equals.

    A file of a later event than the plan's, or of the plan itself, is not proposed.
    """
    found = []
    for file in files:
        if file.plan_id == plan.plan_id or file.starts_us >= plan.starts_us:
            continue
        same_kind = file.kind == plan.kind
        branch = file.kind.split(".")[:2] == plan.kind.split(".")[:2]
        same_venue = plan.place_id is not None and file.place_id == plan.place_id
        title = likeness(plan.title, file.title)
        score = (SAME_KIND if same_kind else SAME_BRANCH if branch else 0.0) + TITLE * title
        score += SAME_VENUE if same_venue else 0.0
        if score >= LEAST_SCORE:
            found.append(Proposal(file, round(score, 3), same_kind, same_venue, round(title, 3)))
    found.sort(key=lambda one: (-one.score, -one.file.starts_us, one.file.plan_id))
    return found[:most]


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when an event is open to the public, epoch µs."""

    starts_us: int
    ends_us: int


def moved(at: datetime, was: Span, now: Span) -> datetime:
    """Return an instant of one event as that of another.

    What lies before the start keeps its distance to it, what lies after the end to that; between
    them time is stretched, so that order is kept.
    """
    us = to_us(at)
    if us <= was.starts_us:
        shifted = us + now.starts_us - was.starts_us
    elif us >= was.ends_us:
        shifted = us + now.ends_us - was.ends_us
    else:
        part = (us - was.starts_us) * (now.ends_us - now.starts_us)
        shifted = now.starts_us + part // (was.ends_us - was.starts_us)
    minute = 60 * SECOND_US
    inside = was.starts_us < us < was.ends_us
    shifted = (shifted + minute // 2) // minute * minute if inside else shifted
    return from_us(shifted // SECOND_US * SECOND_US)


def taken_over(content: Content, origin: Origin, was: Span, now: Span) -> Content:
    """Return a past content for a new event: times moved, places kept.

    What belongs to that day alone is emptied: after-action, figures, ticks of the checklist, hashes
    of documents (each is awaited anew). An item whose times no longer follow each other, because
    the new event is much shorter, lasts a minute, and ``remarks`` tells it.
    """

    def timed(items: Sequence[Any]) -> tuple[Any, ...]:
        found = []
        for item in items:
            start, end = moved(item.from_at, was, now), moved(item.to_at, was, now)
            if end <= start:
                end = from_us(to_us(start) + 60 * SECOND_US)
            found.append(item.model_copy(update={"from_at": start, "to_at": end}))
        return tuple(found)

    return content.model_copy(
        update={
            "posts": timed(content.posts),
            "shifts": timed(content.shifts),
            "closures": timed(content.closures),
            "messages": tuple(
                one.model_copy(update={"at": moved(one.at, was, now)}) for one in content.messages
            ),
            "documents": tuple(one.model_copy(update={"sha256": ""}) for one in content.documents),
            "checklist": tuple(one.model_copy(update={"done": False}) for one in content.checklist),
            "figures": (),
            "after": After(),
            "origin": origin,
        }
    )
