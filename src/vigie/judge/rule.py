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

RuleKind = Literal["clash_pair", "clash_single", "alert_counts", "alert_sources"]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as a rule sees it: footprint, occupied time with its buffers, size, means.

    Attributes:
        plan_id: Id of the plan.
        kind: Taxonomy code.
        title: Title.
        geometry: Footprint in metres (local projection), valid, never empty.
        from_us: Start of the occupation, set-up included, epoch µs.
        to_us: End of the occupation, tear-down included, epoch µs.
        starts_us: Start for the public, epoch µs.
        ends_us: End for the public, epoch µs.
        attendance: Low, likely, high; None where unknown.
        state: draft, declared, authorised or cancelled.
        declared: False for a wild event.
        means: Means engaged, name to number as text.
        closes: Codes of what it closes.
    """

    plan_id: str
    kind: str
    title: str
    geometry: BaseGeometry
    from_us: int
    to_us: int
    starts_us: int
    ends_us: int
    attendance: tuple[float | None, float | None, float | None] = (None, None, None)
    state: str = "declared"
    declared: bool = True
    means: Mapping[str, str] = field(default_factory=dict)
    closes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as a rule sees it.

    Attributes:
        source: Name of the feed.
        period_s: Expected period.
        last_received_us: Last receipt, None if never.
        state: live, late, stale or never.
    """

    source: str
    period_s: int
    last_received_us: int | None
    state: str


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
    """

    severity: int
    explanation: Mapping[str, str]
    from_us: int
    to_us: int
    subjects: tuple[str, ...]
    numbers: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None


JudgePair = Callable[[PlanView, PlanView], Finding | None]
JudgeSingle = Callable[[PlanView, int], Finding | None]
JudgeCounts = Callable[[pa.Table, Mapping[str, Any]], Sequence[Finding]]
JudgeSources = Callable[[Sequence[SourceView], int], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it says is wrong, and the function that finds it.

    Attributes:
        name: Equals the module's name; a test checks it.
        kind: What it looks at. ``clash_pair``: two plans near each other in place and time;
            ``clash_single``: one plan and the instant of judging; ``alert_counts``: counts of
            one hour with their history; ``alert_sources``: the health of sources.
        title: The wrong condition in a few words, French and English.
        why: Why it matters and what it does not show, French and English.
        judge: The function; its signature follows ``kind``.
        reach_m: For a pair: how far apart footprints may be and still be looked at.
        reach_s: For a pair: how far apart times may be and still be looked at.
        reference: Law, standard or paper it follows; empty for a rule of good sense.
    """

    name: str
    kind: RuleKind
    title: Mapping[str, str]
    why: Mapping[str, str]
    judge: Callable[..., Any]
    reach_m: float = 0.0
    reach_s: int = 0
    reference: str = ""


def discover(package: ModuleType) -> dict[str, Rule]:
    """Return the rules of a package and of third parties, by name; a failing import raises."""
    return plugins.discover(package, "RULE", Rule)


def of_kind(rules: Mapping[str, Rule], kind: RuleKind) -> Iterator[Rule]:
    """Yield the rules of one kind, by name."""
    return (rule for rule in rules.values() if rule.kind == kind)
