"""Running clash rules over plans: candidates by a spatial index, then each rule has its say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import STRtree

from vigie.judge.rule import Finding, PlanView, Rule, of_kind

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Clash:
    """A finding about plans, with the rule that found it."""

    rule: str
    finding: Finding


def _candidate_pairs(
    plans: Sequence[PlanView], tree: STRtree, reach_m: float, reach_s: int
) -> list[tuple[int, int]]:
    geometries = np.array([plan.geometry for plan in plans], dtype=object)
    if reach_m > 0:
        left, right = tree.query(geometries, predicate="dwithin", distance=reach_m)
    else:
        left, right = tree.query(geometries, predicate="intersects")
    starts = np.array([plan.from_us for plan in plans], dtype=np.int64)
    ends = np.array([plan.to_us for plan in plans], dtype=np.int64)
    gap = reach_s * SECOND_US
    together = (starts[left] < ends[right] + gap) & (starts[right] < ends[left] + gap)
    keep = (left < right) & together
    return sorted(zip(left[keep].tolist(), right[keep].tolist(), strict=True))


def find_clashes(
    plans: Sequence[PlanView], rules: Mapping[str, Rule], *, now_us: int
) -> list[Clash]:
    """Return what the clash rules find among plans, by time then rule.

    Cancelled plans are left out. The work grows with the pairs that are near each other in place
    and time, not with the square of the number of plans.

    Args:
        plans: Plans with footprints in metres.
        rules: Rules by name; those that are not clash rules are ignored.
        now_us: Instant of judging, epoch µs.
    """
    live = sorted((p for p in plans if p.state != "cancelled"), key=lambda p: p.plan_id)
    if not live:
        return []
    tree = STRtree([plan.geometry for plan in live])
    found: list[Clash] = []
    for rule in of_kind(rules, "clash_pair"):
        for left, right in _candidate_pairs(live, tree, rule.reach_m, rule.reach_s):
            finding = rule.judge(live[left], live[right])
            if finding is not None:
                found.append(Clash(rule.name, finding))
    for rule in of_kind(rules, "clash_single"):
        for plan in live:
            finding = rule.judge(plan, now_us)
            if finding is not None:
                found.append(Clash(rule.name, finding))
    return sorted(found, key=lambda c: (c.finding.from_us, c.rule, c.finding.subjects))
