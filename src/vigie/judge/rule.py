"""What a rule is: one module with one ``RULE``; it looks at tables and says what it finds.

A rule does no input or output and knows no clock: it receives values and returns findings. Each
finding explains itself in a sentence, in French and English, with the numbers it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

import pyarrow as pa
from shapely.geometry.base import BaseGeometry

from vigie.base import plugins
from vigie.judge.parameters import WatchParameters
from vigie.judge.surveillance.signals import Scored
from vigie.judge.views import DayView, PlaceView, PlanView, SourceView, Surroundings
from vigie.model.taxonomy import TAXONOMY

__all__ = [
    "ANY",
    "DayView",
    "Finding",
    "PlaceView",
    "PlanView",
    "Rule",
    "RuleKind",
    "SourceView",
    "Surroundings",
    "Wanted",
    "discover",
    "of_kind",
]

RuleKind = Literal[
    "clash_pair",
    "clash_single",
    "clash_place",
    "clash_day",
    "alert_counts",
    "alert_sources",
    "alert_signals",
    "alert_watch",
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plans a clash rule looks at; it never sees another.

    Attributes:
        kinds: Taxonomy codes, children included; empty for all.
        apart_from: Taxonomy codes left out, children included.
        crowd: Least high attendance (the likely one where no high one is said), persons.
        blocks: Whether it must let no traffic through.
        route: Whether its footprint must be a line.
        units: Whether it must name teams or vehicles.
    """

    kinds: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    crowd: float = 0.0
    blocks: bool = False
    route: bool = False
    units: bool = False

    def wants(self, plan: PlanView) -> bool:
        """Whether the rule looks at this plan."""
        return self.wants_kind(plan.kind) and self.wants_rest(plan)

    def wants_kind(self, kind: str) -> bool:
        """Whether the rule looks at plans of this kind."""
        within = TAXONOMY.is_within
        if self.kinds and not any(within(kind, one) for one in self.kinds):
            return False
        return not any(within(kind, one) for one in self.apart_from)

    def wants_rest(self, plan: PlanView) -> bool:
        """Whether the rule looks at this plan, its kind left aside."""
        return (
            (self.crowd <= 0.0 or plan.high >= self.crowd)
            and (not self.blocks or plan.blocks)
            and (not self.route or plan.is_route)
            and (not self.units or bool(plan.units))
        )


ANY = Wanted()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    Attributes:
        severity: 1 to 5.
        explanation: One sentence, French and English.
        from_us: Start of the time concerned, epoch µs.
        to_us: End of the time concerned, epoch µs.
        subjects: Ids concerned (plans, sources, cells), in a stable order.
        numbers: What the sentence rests on.
        geometry: Place concerned: metres for a clash, WGS 84 for an alert; None without place.
        identity: What tells this finding from another of the same rule, however its numbers change:
            the plan and the place, or the day and the means; empty for the subjects.
    """

    severity: int
    explanation: Mapping[str, str]
    from_us: int
    to_us: int
    subjects: tuple[str, ...]
    numbers: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    identity: tuple[str, ...] = ()


JudgePair = Callable[[PlanView, PlanView], Finding | None]
JudgeSingle = Callable[[PlanView, int], Finding | None]
JudgePlace = Callable[[PlanView, Surroundings], Sequence[Finding]]
JudgeDay = Callable[[DayView], Sequence[Finding]]
JudgeCounts = Callable[[pa.Table, Mapping[str, Any]], Sequence[Finding]]
JudgeSignals = Callable[[Scored, Mapping[str, Any]], Sequence[Finding]]
JudgeSources = Callable[[Sequence[SourceView], int], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it says is wrong, and the function that finds it.

    Attributes:
        name: Equals the module's name; a test checks it.
        kind: What it looks at. ``clash_pair``: two plans near each other in place and time;
            ``clash_single``: one plan and the instant of judging; ``clash_place``: one plan, the
            places and the plans around it; ``clash_day``: a whole day over the city;
            ``alert_counts``: counts of one hour with their history; ``alert_sources``: the health
            of sources; ``alert_signals``: several signals of every cell, scored against their past;
            ``alert_watch``: facts or measures over a stretch of time, by the parameters
            that somebody set (``vigie.judge.watched.Watched``).
        title: The wrong condition in a few words, French and English.
        why: Why it matters and what it does not show, French and English.
        judge: The function; its signature follows ``kind``.
        reach_m: How far apart footprints may be and still be looked at; infinite for anywhere.
        reach_s: For plans beside a plan: how far apart occupied times may be.
        reference: Law, standard or paper it follows; empty for a rule of good sense.
        first: Plans it looks at; of a pair, the one its function receives first.
        second: The other plan of a pair, or the plans of the surroundings; None: as ``first``
            for a pair, none for surroundings.
        places: Taxonomy codes of the places it looks at.
        fields: Fields of plans that its sentence tells and that are not open to everybody.
        parameters: Of an ``alert_watch``: what an instance of it sets; None for any other kind.
        reads: Of an ``alert_watch``: the table that it looks at.
        at_once: Whether an ``alert_watch`` may be asked at every commit; one that needs weeks of
            the past is asked every minute.
    """

    name: str
    kind: RuleKind
    title: Mapping[str, str]
    why: Mapping[str, str]
    judge: Callable[..., Any]
    reach_m: float = 0.0
    reach_s: int = 0
    reference: str = ""
    first: Wanted = ANY
    second: Wanted | None = None
    places: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    parameters: type[WatchParameters] | None = None
    reads: Literal["facts", "measures"] = "facts"
    at_once: bool = True


def discover(package: ModuleType) -> dict[str, Rule]:
    """Return the rules of a package and of third parties, by name; a failing import raises."""
    return plugins.discover(package, "RULE", Rule)


def of_kind(rules: Mapping[str, Rule], kind: RuleKind) -> Iterator[Rule]:
    """Yield the rules of one kind, by name."""
    return (rule for rule in rules.values() if rule.kind == kind)
