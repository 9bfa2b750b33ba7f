"""The danger note of a day, 1 to 10: a sum of stated parts, each with its points and its reason.

The note is 1 plus the points of eight parts, cut at 10. Each part is bounded, known by name and
told with the numbers it rests on; more of anything (a plan, a person, a clash, a warning) never
lowers any of them. The points are this house's choice, not an estimate: what they are worth is told
by how the note did on past days (``foresight.noted_days``). Where an input has an interval, the
points have one; sums of intervals add their ends, which is wider than the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from vigie.base.translations import number
from vigie.foresight.cover import Cover, Ends, counts
from vigie.foresight.plans import PlanRecord
from vigie.judge.clashes import Clash
from vigie.model.taxonomy import TAXONOMY

LEAST, MOST = 1, 10
ORANGE_FROM, RED_FROM = 4, 7
COLOURS = ("green", "orange", "red")
SIZEABLE = 1_000.0
"""Persons from which an event counts among those at once, and needs an authorisation."""


_GROUNDLESS = ("environment", "event.works", "event.decree", "event.transport.service_change")
_WORKS = ("event.works", "event.decree.traffic", "event.transport.service_change")
_CLASH_WEIGHT = {1: 0.1, 2: 0.2, 3: 0.4, 4: 0.8, 5: 1.5}
_WARNING_POINTS = {2: 0.4, 3: 0.8, 4: 1.4, 5: 2.0}
_MISSING_RULE = "authorisation_missing"
"""Told by a part of its own; not counted among clashes too."""


ZERO: Final = Ends(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a note.

    Attributes:
        name: Its name.
        points: Points it adds.
        most: Most it can add.
        reason: Why, in a few words, French and English.
        numbers: What they rest on.
        plans: Plans that it is about.
        estimated: Whether it could be estimated; one that could not adds nothing and says so.
    """

    name: str
    points: Ends
    most: float
    reason: Mapping[str, str]
    numbers: Mapping[str, Any]
    plans: tuple[str, ...] = ()
    estimated: bool = True


@dataclass(frozen=True, slots=True)
class Danger:
    """The note of a day.

    Attributes:
        note: 1 to 10.
        low: Note with every part at its low end.
        high: With every part at its high end.
        parts: What makes it, those that add most first.
    """

    note: int
    low: int
    high: int
    parts: tuple[Part, ...]

    @property
    def colour(self) -> str:
        """Colour of the note: green to 3, orange to 6, red from 7."""
        return colour_of_note(self.note)


def colour_of_note(note: int) -> str:
    """Return green, orange or red."""
    return "red" if note >= RED_FROM else "orange" if note >= ORANGE_FROM else "green"


def colour_of_day(danger: Danger, cover: Cover) -> str:
    """Return the graver of the note's colour and, where it is estimated, that of the cover."""
    return max(danger.colour, cover.colour or "green", key=COLOURS.index)


def gathers(plan: PlanRecord) -> bool:
    """Say whether a plan brings persons together: no works, order, warning or change of service."""
    return not any(TAXONOMY.is_within(plan.kind, one) for one in _GROUNDLESS)


def _level(value: float, half: float, most: float) -> float:
    """Return points that grow with a value and never reach ``most``; half of them at ``half``."""
    return most * (1.0 - math.exp2(-max(value, 0.0) / half))


def _crowd_points(persons: float) -> float:
    """Return points of a crowd: 0.5 at 1,000, 1.3 at 5,000, 3 from 60,000 on (logarithmic)."""
    return 3.0 * min(1.0, math.log10(1.0 + max(persons, 0.0) / SIZEABLE) / math.log10(61.0))


def at_once(
    plans: Iterable[PlanRecord], weight: Callable[[PlanRecord], float], window: tuple[int, int]
) -> float:
    """Return the greatest sum of weights of plans that are open to the public at once."""
    moments: list[tuple[int, int, float]] = []
    for plan in plans:
        start, end = max(plan.starts_us, window[0]), min(plan.ends_us, window[1])
        if start < end:
            moments += [(start, 1, weight(plan)), (end, 0, -weight(plan))]
    most = now = 0.0
    for _, _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


def _size(plan: PlanRecord) -> Ends:
    low, likely, high = plan.attendance
    if likely is None:
        return Ends(0.0, 0.0, SIZEABLE)
    return Ends(likely if low is None else low, likely, likely if high is None else high)


def _count(n: int, word: str) -> str:
    """Return how many of something, in the plural from two on (French and English alike)."""
    return f"{n} {word}{'s' if n > 1 else ''}"


def _size_at(plan: PlanRecord, end: int) -> float:
    return _size(plan)[end]


def _sizeable(plan: PlanRecord, end: int) -> float:
    return float(_size(plan)[end] >= SIZEABLE)


def _crowd(plans: Sequence[PlanRecord], window: tuple[int, int]) -> Part:
    known = [one for one in plans if one.attendance[1] is not None]
    peak = Ends(*(at_once(plans, partial(_size_at, end=end), window) for end in range(3)))
    unknown = len(plans) - len(known)
    said = number(round(peak.mid)), number(round(peak.mid), "en")
    more = (
        f" ; {unknown} sans taille annoncée" if unknown else "",
        f"; {unknown} of unknown size" if unknown else "",
    )
    return Part(
        "crowd",
        Ends(*(_crowd_points(value) for value in peak)),
        3.0,
        {
            "fr": f"{said[0]} personnes au plus fort de la journée{more[0]}",
            "en": f"{said[1]} people at the day's peak{more[1]}",
        },
        {"peak": {"low": peak.low, "mid": peak.mid, "high": peak.high}, "unknown": unknown},
        tuple(one.plan_id for one in plans),
    )


def _together(plans: Sequence[PlanRecord], window: tuple[int, int]) -> Part:
    most = [round(at_once(plans, partial(_sizeable, end=end), window)) for end in range(3)]
    points = [_level(max(n - 1, 0), 2.0, 1.5) for n in most]
    n = most[1]
    return Part(
        "together",
        Ends(*points),
        1.5,
        {
            "fr": f"{_count(n, 'rassemblement')} de 1\u202f000 personnes ou plus à la fois",
            "en": f"{_count(n, 'gathering')} of 1,000 or more at once",
        },
        {"at_once": n},
        tuple(one.plan_id for one in plans if _sizeable(one, 1)),
    )


def _clashes(clashes: Sequence[Clash]) -> Part:
    found = [one for one in clashes if one.rule != _MISSING_RULE]
    weight = sum(_CLASH_WEIGHT.get(one.finding.severity, 0.1) for one in found)
    worst = max((one.finding.severity for one in found), default=0)
    by_severity = {
        str(level): n
        for level in range(5, 0, -1)
        if (n := sum(one.finding.severity == level for one in found))
    }
    points = _level(weight, 1.2, 2.5)
    return Part(
        "clashes",
        Ends(points, points, points),
        2.5,
        {
            "fr": f"{_count(len(found), 'incompatibilité')} en suspens, gravité {worst} au plus"
            if found
            else "aucune incompatibilité en suspens",
            "en": f"clashes open: {len(found)}, severity {worst} at most"
            if found
            else "no open clash",
        },
        {"open": len(found), "by_severity": by_severity},
        tuple(sorted({plan for one in found for plan in one.finding.subjects})),
    )


def _excess(
    plans: Sequence[PlanRecord], excess: Mapping[str, tuple[float, float, float]], usual: float
) -> Part:
    known = [one.plan_id for one in plans if one.plan_id in excess]
    if not known or usual <= 0.0:
        return Part(
            "excess",
            ZERO,
            3.0,
            {
                "fr": "faits attendus en plus : non estimés",
                "en": "expected facts above the usual: not estimated",
            },
            {"usual": round(usual, 1), "estimated": 0, "plans": len(plans)},
            estimated=False,
        )
    more = Ends(*(sum(max(excess[one][i], 0.0) for one in known) for i in range(3)))
    points = Ends(*(_level(value / usual, 0.1, 3.0) for value in more))
    share = 100.0 * more.mid / usual
    low, high = (number(round(value)) for value in (more.low, more.high))
    return Part(
        "excess",
        points,
        3.0,
        {
            "fr": f"{number(round(more.mid))} faits de plus que d'habitude ({low} à {high}),"
            f" soit {number(share, digits=0)} %",
            "en": f"{number(round(more.mid), 'en')} facts above the usual"
            f" ({number(round(more.low), 'en')} to {number(round(more.high), 'en')}),"
            f" {number(share, 'en')} %",
        },
        {
            "more": {"low": more.low, "mid": more.mid, "high": more.high},
            "usual": round(usual, 1),
            "estimated": len(known),
            "plans": len(plans),
        },
        tuple(known),
    )


def _weather(plans: Sequence[PlanRecord]) -> Part:
    warnings = [one for one in plans if TAXONOMY.is_within(one.kind, "environment")]
    levels = [_severity(one) for one in warnings]
    worst = max(levels, default=0)
    points = _WARNING_POINTS.get(worst, 0.0)
    told = {
        0: ("aucune vigilance", "no warning"),
        1: ("vigilance verte", "green warning"),
        2: ("vigilance jaune", "yellow warning"),
        3: ("vigilance jaune à orange", "yellow to orange warning"),
        4: ("vigilance orange", "orange warning"),
        5: ("vigilance rouge", "red warning"),
    }[worst]
    return Part(
        "weather",
        Ends(points, points, points),
        2.0,
        {"fr": told[0], "en": told[1]},
        {"severity": worst, "warnings": len(warnings)},
        tuple(one.plan_id for one in warnings),
    )


def _severity(plan: PlanRecord) -> int:
    said = plan.attributes.get("severity") or ""
    return min(int(said), 5) if said.isascii() and said.isdigit() else 1


def _wild(plans: Sequence[PlanRecord]) -> Part:
    wild = [one for one in plans if not one.declared]
    sizes = [sum(1.0 + _size(one)[i] / (2 * SIZEABLE) for one in wild) for i in range(3)]
    n = len(wild)
    return Part(
        "wild",
        Ends(*(_level(value, 2.0, 1.5) for value in sizes)),
        1.5,
        {
            "fr": f"{_count(n, 'rassemblement')} que personne n'a déclaré"
            if n
            else "aucun rassemblement non déclaré connu",
            "en": f"{_count(n, 'undeclared gathering')}" if n else "no undeclared gathering known",
        },
        {"gatherings": n},
        tuple(one.plan_id for one in wild),
    )


def _works(plans: Sequence[PlanRecord]) -> Part:
    closing = [
        one
        for one in plans
        if one.closes or any(TAXONOMY.is_within(one.kind, kind) for kind in _WORKS)
    ]
    points = _level(len(closing), 12.0, 1.0)
    n = len(closing)
    return Part(
        "works",
        Ends(points, points, points),
        1.0,
        {
            "fr": f"{_count(n, 'chantier')}, fermetures et lignes modifiées compris",
            "en": f"{n} works, closures and changed lines among them",
        },
        {"works": n},
        tuple(one.plan_id for one in closing),
    )


def _unauthorised(plans: Sequence[PlanRecord]) -> Part:
    missing = [
        one
        for one in plans
        if one.declared
        and one.state in {"draft", "declared"}
        and _size(one).mid >= SIZEABLE
        and not (one.state == "declared" and one.kind.startswith("event.demonstration"))
    ]
    n = len(missing)
    points = _level(n, 2.0, 1.0)
    return Part(
        "unauthorised",
        Ends(points, points, points),
        1.0,
        {
            "fr": f"{_count(n, 'événement')} de 1\u202f000 personnes ou plus sans autorisation"
            if n
            else "aucune autorisation ne manque",
            "en": f"{_count(n, 'event')} of 1,000 or more without authorisation"
            if n
            else "no authorisation is missing",
        },
        {"events": n},
        tuple(one.plan_id for one in missing),
    )


def danger_of(
    plans: Sequence[PlanRecord],
    clashes: Sequence[Clash],
    window: tuple[int, int],
    *,
    excess: Mapping[str, tuple[float, float, float]],
    usual: float,
) -> Danger:
    """Return the note of a day.

    Args:
        plans: Plans that touch the day, buffers included.
        clashes: Its clashes that are open.
        window: First instant of the day and of the next, epoch µs.
        excess: Facts above the usual that each plan is expected to bring, with the interval; plans
            that are not in it are not estimated.
        usual: Facts of such a day without them, more than 0; 0 when that is not known.
    """
    standing = [one for one in plans if counts(one)]
    gathering = [one for one in standing if gathers(one)]
    parts = (
        _crowd(gathering, window),
        _together(gathering, window),
        _clashes(clashes),
        _excess(gathering, excess, usual),
        _weather(standing),
        _wild(gathering),
        _works(standing),
        _unauthorised(gathering),
    )
    low, mid, high = (_note(sum(part.points[i] for part in parts)) for i in range(3))
    ordered = sorted(parts, key=lambda part: -part.points.mid)
    return Danger(mid, low, high, tuple(ordered))


def _note(points: float) -> int:
    return min(MOST, LEAST + math.floor(points + 0.5))
