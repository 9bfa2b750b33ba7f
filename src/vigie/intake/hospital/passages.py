"""An emergency arrival reduced to what is counted, and the counts by site, local day and hour."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us, to_us
from vigie.intake.hospital.slots import HOURS, Slot, Span, merge_slots
from vigie.intake.messages.rows import Rows
from vigie.privacy.disclosure import threshold

LEAST = threshold("agency")
"""Least group that leaves a hospital (law, HEA-2): 11."""

ARRIVALS = "health.arrivals"
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "age": ("age_18_64", "age_65_up", "age_0_17"),
    "severity": ("severity_low", "severity_medium", "severity_high"),
    "mode": ("by_own_means", "by_ambulance", "by_fire_service", "by_medical_team", "by_police"),
    "outcome": ("admitted",),
}
"""Groups by breakdown, the most wanted first; whoever is in none is its unnamed rest."""

METRIC_OF: Mapping[str, str] = {
    group: "health.admissions" if group == "admitted" else f"{ARRIVALS}.{group}"
    for groups in DIMENSIONS.values()
    for group in groups
}
METRICS: tuple[str, ...] = (ARRIVALS, *METRIC_OF.values())

HIDDEN = "…"
"""Stands for a value that is not repeated: what stands in a patient's record is a patient's."""

SITE = re.compile(r"[0-9A-Za-z_-]{1,32}")
SKEW_US = 300 * 1_000_000
SHORT_CODE = re.compile(r"[A-Z]{1,4}|(?=[A-Z0-9]{1,6}\Z)[A-Z]*\d[A-Z0-9]*")
"""A code that may be repeated: too short to be a name or somebody's number."""
_ADULT, _OLD, _OLDEST = 18, 65, 130
_REST = ""

Verdict = Literal["counted", "known", "unopened"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One arrival, as far as anybody after the readers may know it.

    Attributes:
        site: Code of the hospital, as ``SITE``.
        at_us: Instant of arrival.
        groups: Group by breakdown, where it is known.
        visit: What tells the same visit in another message; only ever kept as a keyed hash.
        opens: Whether the message may announce a visit nobody heard of.
        dated: Whether the instant is the arrival's own, and not only that of the message.
    """

    site: str
    at_us: int
    groups: Mapping[str, str]
    visit: str
    opens: bool = True
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What one payload gives.

    Attributes:
        passages: The arrivals.
        as_of_us: Instant of the extract: what comes later is not in it.
        whole_days: Whether it states all arrivals of the days it speaks of, as an RPU file does.
    """

    passages: list[Passage]
    as_of_us: int
    whole_days: bool = False


@dataclass(frozen=True, slots=True)
class HospitalOptions:
    """What a hospital may set.

    Attributes:
        timezone: IANA zone.
        site: Code of the site, whatever messages call it.
        sites: Code of the site by what messages call it (MSH-4, a FHIR reference).
        codes: Groups by code and breakdown, on top of the tables of ``codes.toml``.
    """

    timezone: str
    site: str = ""
    sites: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, options: Mapping[str, Any], timezone: str) -> HospitalOptions:
        """Return the options of a feed; what is not of the right shape is left out."""
        sites, codes = options.get("sites", {}), options.get("codes", {})
        return cls(
            timezone=timezone,
            site=str(options.get("site", "")),
            sites=dict(sites) if isinstance(sites, Mapping) else {},
            codes={name: dict(table) for name, table in codes.items() if isinstance(table, Mapping)}
            if isinstance(codes, Mapping)
            else {},
        )

    def site_of(self, named: str | None) -> str | None:
        """Return the site that a message speaks of, or None."""
        site = str(self.sites.get(named or "", "")) or self.site or (named or "")
        return site if SITE.fullmatch(site) else None


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    text = files("vigie.intake.hospital").joinpath("codes.toml").read_text("utf-8")
    return tomllib.loads(text)


def groups_of(
    form: str, said: Mapping[str, str | None], options: HospitalOptions, rows: Rows
) -> dict[str, str]:
    """Return the group of each breakdown; an unknown code is remarked and belongs to none.

    Args:
        form: Format whose tables apply (``rpu``, ``hl7``, ``fhir``).
        said: Code by breakdown.
        options: The hospital's own codes.
        rows: Where an unknown code is remarked.
    """
    found: dict[str, str] = {}
    for dimension, code in said.items():
        if not code:
            continue
        table = {**_tables()[form].get(dimension, {}), **options.codes.get(dimension, {})}
        group = table.get(code, table.get(code.upper()))
        if group is None:
            shown = code if SHORT_CODE.fullmatch(code) else HIDDEN
            rows.remark("unknown_code", value=shown, column=dimension)
        elif group in DIMENSIONS[dimension]:
            found[dimension] = group
    return found


def age_group(birth: date | None, arrived: date) -> str:
    """Return the age group on a day, or nothing when there is no birth date that can be true."""
    if birth is None:
        return ""
    had_birthday = (arrived.month, arrived.day) >= (birth.month, birth.day)
    years = arrived.year - birth.year - (not had_birthday)
    if not 0 <= years <= _OLDEST:
        return ""
    return "age_0_17" if years < _ADULT else "age_18_64" if years < _OLD else "age_65_up"


def local_day(at_us: int, timezone: str) -> date:
    """Return the local day of an instant."""
    return from_us(at_us).astimezone(ZoneInfo(timezone)).date()


@lru_cache(maxsize=4_096)
def hour_start_us(day: date, hour: int, timezone: str) -> int:
    """Return where a local hour of a day begins, 24 being the end of the day.

    The hour that occurs twice in autumn is one slot of two hours; the one that does not exist in
    spring begins where the next begins.
    """
    on, hour = (day, hour) if hour < HOURS else (day + timedelta(days=1), 0)
    local = datetime(on.year, on.month, on.day, hour, tzinfo=ZoneInfo(timezone))
    return to_us(local.astimezone(UTC))


Counts = dict[str, list[int]]
"""24 counts by metric."""


def figures(
    counts: Mapping[str, list[int]], alone: Collection[Span] | None = None
) -> tuple[dict[str, list[tuple[int, int, int]]], int]:
    """Return the slots that may leave, by metric, and how many metrics were withheld for the day.

    Args:
        counts: Counts of one site and day, by metric and local hour.
        alone: Slots in which the site may be told alone (``History``); None: all, for a hospital's
            own eyes.

    Returns:
        ``(first hour, hour after the last, count)`` of each slot by metric, and the number of
        metrics that had somebody and show nothing.
    """
    total = counts.get(ARRIVALS, [0] * HOURS)
    slots: list[Slot] = merge_slots({ARRIVALS: total}, LEAST, alone=alone)
    for groups in DIMENSIONS.values():
        parts = {METRIC_OF[group]: counts.get(METRIC_OF[group], [0] * HOURS) for group in groups}
        named = [sum(one) for one in zip(*parts.values(), strict=True)]
        rest = [whole - some for whole, some in zip(total, named, strict=True)]
        slots += merge_slots({**parts, _REST: rest}, LEAST, (_REST,), alone)
    out: dict[str, list[tuple[int, int, int]]] = {}
    for slot in slots:
        for metric, count in slot.shown.items():
            out.setdefault(metric, []).append((slot.first, slot.end, count))
    withheld = sum(any(hours) and metric not in out for metric, hours in counts.items())
    return out, withheld


@dataclass(slots=True)
class Day:
    """Counts of one local day, with what tells whether a visit was counted already.

    Attributes:
        key: Random key of the day's hashes; gone with the day.
        marks: Keyed hashes of a visit and its hour, and of a visit and each breakdown in which it
            has its group.
        sites: Counts by site.
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    marks: set[str] = field(default_factory=set)
    sites: dict[str, Counts] = field(default_factory=dict)

    def hour_of(self, visit: tuple[str, ...]) -> int | None:
        """Return the local hour at which a visit was counted, or None when it was not."""
        hours = (hour for hour in range(HOURS) if self._hash((*visit, str(hour))) in self.marks)
        return next(hours, None)

    def mark(self, *parts: str) -> bool:
        """Mark something; say whether it is new."""
        mark = self._hash(parts)
        new = mark not in self.marks
        self.marks.add(mark)
        return new

    def _hash(self, parts: tuple[str, ...]) -> str:
        text = "\x1f".join(parts).encode("utf-8", "replace")
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()[:32]


class Tally:
    """Counts passages, each visit once, whatever the number and the order of its messages.

    Attributes:
        days: Days that are still counted.
    """

    def __init__(self, timezone: str) -> None:
        self.timezone = timezone
        self.days: dict[date, Day] = {}

    def day(self, on: date) -> Day:
        """Return a day, begun where there is none yet."""
        return self.days.setdefault(on, Day())

    def add(self, passage: Passage) -> Verdict:
        """Count a passage, or add to its visit what was not known of it.

        Returns:
            ``counted`` when it is new, ``known`` when its visit was counted already, ``unopened``
            when it only amends a visit that nobody announced.
        """
        local = from_us(passage.at_us).astimezone(ZoneInfo(self.timezone))
        visit = (passage.site, passage.visit)
        there = [self.days[local.date()]] if local.date() in self.days else []
        for day in there if passage.dated else list(self.days.values()):
            hour = day.hour_of(visit)
            if hour is not None:
                _count_groups(day, passage, hour)
                return "known"
        if not (passage.opens or passage.dated):
            return "unopened"
        day = self.day(local.date())
        day.mark(*visit, str(local.hour))
        _count(day.sites.setdefault(passage.site, {}), ARRIVALS, local.hour)
        _count_groups(day, passage, local.hour)
        return "counted"

    def add_all(self, passages: Iterable[Passage]) -> Counter[str]:
        """Count the passages of one file; an update may stand before the arrival it amends.

        Returns:
            How often each verdict was given.
        """
        first = sorted(passages, key=lambda one: not (one.opens or one.dated))
        return Counter(self.add(one) for one in first)


def _count_groups(day: Day, passage: Passage, hour: int) -> None:
    """Count what a message says of its visit, where nothing was said before."""
    counts = day.sites.setdefault(passage.site, {})
    for dimension, group in passage.groups.items():
        if day.mark(passage.site, passage.visit, dimension):
            _count(counts, METRIC_OF[group], hour)


def _count(counts: Counts, metric: str, hour: int) -> None:
    counts.setdefault(metric, [0] * HOURS)[hour] += 1
