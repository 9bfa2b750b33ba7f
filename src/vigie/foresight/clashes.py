"""The clashes of a period: plans from the lake, rules from the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vigie.foresight.plans import PlanRecord, plans_between
from vigie.judge.clashes import Clash, find_clashes
from vigie.judge.rule import Rule
from vigie.lake.store import Lake


def clashes_of(
    plans: Sequence[PlanRecord], rules: Mapping[str, Rule], *, now_us: int
) -> list[Clash]:
    """Return what the rules find among these plans."""
    views = [view for view in (plan.view() for plan in plans) if view is not None]
    return find_clashes(views, rules, now_us=now_us)


def clashes_between(
    lake: Lake, rules: Mapping[str, Rule], from_us: int, to_us: int, *, now_us: int
) -> list[Clash]:
    """Return the clashes whose time touches the window."""
    found = clashes_of(plans_between(lake, from_us, to_us), rules, now_us=now_us)
    return [c for c in found if c.finding.from_us < to_us and c.finding.to_us > from_us]
