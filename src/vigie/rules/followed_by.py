"""One fact came near another, soon after it."""

from __future__ import annotations

import numpy as np
from pydantic import Field, field_validator
from shapely import Point

from vigie.base.translations import number
from vigie.geo.distance import haversine_m
from vigie.judge.parameters import WatchParameters, known_kind
from vigie.judge.rule import Finding, Rule
from vigie.judge.watched import MINUTE_US, Facts, Watched
from vigie.judge.wording import duration


class FollowParameters(WatchParameters):
    """Which fact, which one after it, how near, how soon."""

    first_kind: str = Field("", max_length=80, title="D'abord / First")
    then_kind: str = Field("", max_length=80, title="Puis / Then")
    within_m: float = Field(300.0, gt=0, le=20_000, title="À moins de (m) / Within (m)")
    within_min: int = Field(30, ge=1, le=1_440, title="En moins de (min) / Within (min)")
    ordered: bool = Field(True, title="Dans cet ordre / In this order")
    other_source: bool = Field(False, title="De deux sources / From two sources")
    severity_min: int = Field(
        1, ge=1, le=5, title="Gravité des faits au moins / Least severity of facts"
    )

    _kinds = field_validator("first_kind", "then_kind")(known_kind)

    def looks_back_s(self) -> int:
        """Return the time between the two."""
        return self.within_min * 60

    def kinds(self) -> tuple[str, ...]:
        """Return both kinds."""
        return (self.first_kind, self.then_kind)

    def least_severity(self) -> int:
        """Return the least severity of either fact."""
        return self.severity_min


Pair = tuple[int, str, str, float, float, float, int]


def pairs(seen: Watched, first: Facts, then: Facts, asked: FollowParameters) -> list[Pair]:
    """Return, for each fact of ``then`` judged, the earliest of ``first`` that it follows.

    Both bounds are inclusive. A fact never follows itself.

    Returns:
        Instant, ids of the first and the second, place of the second, metres and µs apart.
    """
    found: list[Pair] = []
    low = int(np.searchsorted(then.at_us, seen.from_us))
    starts = np.searchsorted(first.at_us, then.at_us - asked.within_min * MINUTE_US)
    ends = np.searchsorted(first.at_us, then.at_us, side="right")
    for row in range(low, len(then)):
        if not seen.judged(int(then.at_us[row])):
            continue
        some = slice(int(starts[row]), int(ends[row]))
        if some.start >= some.stop:
            continue
        apart = haversine_m(first.lon[some], first.lat[some], then.lon[row], then.lat[row])
        fits = (apart <= asked.within_m) & (first.ids[some] != then.ids[row])
        if asked.other_source:
            fits &= first.sources[some] != then.sources[row]
        hits = np.flatnonzero(fits)
        if not hits.size:
            continue
        one = some.start + int(hits[0])
        found.append(
            (
                int(then.at_us[row]),
                str(first.ids[one]),
                str(then.ids[row]),
                float(then.lon[row]),
                float(then.lat[row]),
                float(apart[hits[0]]),
                int(then.at_us[row] - first.at_us[one]),
            )
        )
    return found


def judge(seen: Watched, asked: FollowParameters) -> list[Finding]:
    """Find the facts that follow another as set; without order, whichever came last follows."""
    facts = seen.facts.take(seen.facts.placed)
    first = facts.wanted(asked.first_kind, asked.severity_min)
    then = facts.wanted(asked.then_kind, asked.severity_min)
    ways = [(asked.first_kind, asked.then_kind, pairs(seen, first, then, asked))]
    if not asked.ordered:
        ways.append((asked.then_kind, asked.first_kind, pairs(seen, then, first, asked)))
    found: dict[tuple[str, str], Finding] = {}
    for one_kind, other_kind, rows in ways:
        for at_us, one, other, lon, lat, apart_m, gap_us in rows:
            found.setdefault(
                (min(one, other), max(one, other)),
                Finding(
                    severity=seen.severity,
                    explanation={
                        "fr": f"« {seen.label(one_kind, 'fr')} » puis"
                        f" « {seen.label(other_kind, 'fr')} » à {number(apart_m, 'fr')} m,"
                        f" {duration(gap_us, 'fr')} après.",
                        "en": f'"{seen.label(one_kind, "en")}" then'
                        f' "{seen.label(other_kind, "en")}" {number(apart_m, "en")} m away,'
                        f" {duration(gap_us, 'en')} later.",
                    },
                    from_us=at_us,
                    to_us=at_us + asked.within_min * MINUTE_US,
                    subjects=(one, other),
                    numbers={"apart_m": round(apart_m, 1), "minutes": gap_us / MINUTE_US},
                    geometry=Point(lon, lat),
                    identity=(one,),
                ),
            )
    return sorted(found.values(), key=lambda finding: (finding.from_us, finding.subjects))


RULE = Rule(
    name="followed_by",
    kind="alert_watch",
    title={"fr": "Un fait puis un autre, tout près", "en": "One fact, then another near it"},
    why={
        "fr": "Deux faits proches dans l'espace et le temps ne sont pas forcément liés : le même"
        " incident raconté deux fois sonne aussi, et le hasard suffit là où les faits sont denses.",
        "en": "Two facts near in place and time are not necessarily linked: one incident told twice"
        " rings too, and chance is enough where facts are dense.",
    },
    judge=judge,
    parameters=FollowParameters,
)
