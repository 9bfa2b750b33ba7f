"""Letting each clash rule have its say over plans that stand in columns."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from vigie.base.stopping import look
from vigie.judge.neighbours import Floats, Ints, Places, Plans
from vigie.judge.rule import Finding, Rule, Wanted, of_kind
from vigie.judge.views import DayView, Surroundings
from vigie.model.times import DAY_US, day_bounds, local_us

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
NO_STOCK: Mapping[str, float] = {}
NOTHING = Places(())
NAME_BYTES = 12


@dataclass(frozen=True)
class Clash:
    """A finding about plans, with the rule that found it.

    Attributes:
        rule: Name of the rule.
        finding: What it found.
        owner: The one plan or the local day that it was found for; empty for a pair.
    """

    rule: str
    finding: Finding
    owner: str = ""

    @cached_property
    def clash_id(self) -> str:
        """Its stable name: the same rule about the same plans (place, day) is the same clash."""
        told = "\n".join((self.rule, *(self.finding.identity or self.finding.subjects)))
        return hashlib.blake2b(told.encode(), digest_size=NAME_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may know besides plans.

    Attributes:
        now_us: Instant of judging, epoch µs.
        timezone: IANA zone of local days.
        places: Places in metres, in the projection of the plans.
        stock: What the city owns of each means.
    """

    now_us: int
    timezone: str = "Europe/Paris"
    places: Places = NOTHING
    stock: Mapping[str, float] = field(default_factory=lambda: NO_STOCK)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of positions near each other, with how far apart they are."""

    left: Ints
    right: Ints
    apart_m: Floats


@lru_cache(maxsize=4_096)
def bounds_of(day: date, timezone: str) -> tuple[int, int]:
    """Return the first instant of a local day and that of the next."""
    return day_bounds(day, timezone)


def days_of(instants_us: Ints, timezone: str) -> set[date]:
    """Return the local days of some instants."""
    days = np.unique(local_us(instants_us, timezone) // DAY_US)
    return {date.fromordinal(EPOCH_ORDINAL + int(day)) for day in days}


def reach_of(rules: Mapping[str, Rule]) -> tuple[float, float]:
    """Return the farthest that any rule looks for other plans: metres, seconds."""
    looking = [
        rule
        for rule in rules.values()
        if rule.kind == "clash_pair" or (rule.kind == "clash_place" and rule.second is not None)
    ]
    metres = [rule.reach_m for rule in looking if math.isfinite(rule.reach_m)]
    return max(metres, default=0.0), max((rule.reach_s for rule in looking), default=0)


def near_pairs(plans: Plans, rules: Mapping[str, Rule]) -> Pairs:
    """Return every pair that some rule with a finite reach might look at."""
    reach_m, reach_s = reach_of(rules)
    left, right = plans.near_pairs(reach_m, reach_s)
    return Pairs(left, right, plans.apart_m(left, right))


def pairs_of(plans: Plans, positions: Sequence[int], rules: Mapping[str, Rule]) -> Pairs:
    """Return the pairs that some plans are in; each plan comes first in its own."""
    reach_m, reach_s = reach_of(rules)
    others = [plans.near(position, reach_m, reach_s) for position in positions]
    left = np.repeat(np.array(positions, np.int64), [len(one) for one in others])
    right = np.concatenate(others) if others else np.empty(0, np.int64)
    return Pairs(left, right, plans.apart_m(left, right))


def _second(rule: Rule) -> Wanted:
    return rule.first if rule.second is None else rule.second


def judge_pairs(
    plans: Plans, near: Pairs, rules: Mapping[str, Rule], only: int | None = None
) -> Iterator[Clash]:
    """Yield what the rules over two plans find; of one plan alone where a position is given.

    A rule receives the plan that its ``first`` wants first; where both orders fit, the plan of the
    lower id.
    """
    for rule in of_kind(rules, "clash_pair"):
        if only is None:  # an edit is judged whole
            look()
        first, second = plans.wanted(rule.first), plans.wanted(_second(rule))
        if math.isfinite(rule.reach_m):
            kept = near.apart_m <= rule.reach_m
            left, right = near.left[kept], near.right[kept]
        else:
            positions = np.flatnonzero(first | second)
            left, right = plans.same_time_pairs(positions, rule.reach_s)
            if only is not None:
                kept = (left == only) | (right == only)
                left, right = left[kept], right[kept]
        forward, backward = first[left] & second[right], first[right] & second[left]
        kept = (forward | backward) & plans.together(left, right, rule.reach_s)
        rows = zip(left[kept].tolist(), right[kept].tolist(), forward[kept].tolist(), strict=True)
        for (one, other, straight), both in zip(rows, (forward & backward)[kept], strict=True):
            here, there = plans.plans[one], plans.plans[other]
            if here.plan_id > there.plan_id if both else not straight:
                here, there = there, here
            finding = rule.judge(here, there)
            if finding is not None:
                yield Clash(rule.name, finding)


def judge_single(
    plans: Plans, now_us: int, rules: Mapping[str, Rule], only: int | None = None
) -> Iterator[Clash]:
    """Yield what the rules over one plan find."""
    for rule in of_kind(rules, "clash_single"):
        positions = np.flatnonzero(plans.wanted(rule.first)) if only is None else [only]
        for position in positions:
            plan = plans.plans[position]
            if only is not None and not rule.first.wants(plan):
                continue
            finding = rule.judge(plan, now_us)
            if finding is not None:
                yield Clash(rule.name, finding, plan.plan_id)


def _plans_around(plans: Plans, near: Pairs, rule: Rule) -> dict[int, set[int]]:
    """Return, for each position, those of the plans that a rule wants around it."""
    if rule.second is None:
        return {}
    kept = (near.apart_m <= rule.reach_m) & plans.together(near.left, near.right, rule.reach_s)
    left, right = near.left[kept], near.right[kept]
    second = plans.wanted(rule.second)
    found: dict[int, set[int]] = {}
    for one, other in ((left, right), (right, left)):
        fits = second[other]
        for here, there in zip(one[fits].tolist(), other[fits].tolist(), strict=True):
            found.setdefault(here, set()).add(there)
    return found


def judge_places(
    plans: Plans,
    near: Pairs,
    context: Context,
    rules: Mapping[str, Rule],
    only: Ints | None = None,
) -> Iterator[Clash]:
    """Yield what the rules over a plan and its surroundings find.

    A rule that asks for places is not asked about a plan with none near; one that asks for plans is
    asked all the same, because what lacks may be what is wrong.
    """
    for rule in of_kind(rules, "clash_place"):
        first = plans.wanted(rule.first)
        positions = np.flatnonzero(first) if only is None else only[first[only]]
        places = (
            context.places.near(plans.shapes[positions], rule.places, rule.reach_m)
            if rule.places
            else {}
        )
        around = _plans_around(plans, near, rule)
        for row, position in enumerate(positions.tolist()):
            here = places.get(row, ())
            if rule.places and not here:
                continue
            others = sorted(
                (plans.plans[other] for other in around.get(position, ())),
                key=lambda plan: plan.plan_id,
            )
            plan = plans.plans[position]
            seen = Surroundings(here, tuple(others), context.now_us)
            for finding in rule.judge(plan, seen):
                yield Clash(rule.name, finding, plan.plan_id)


def _span(days: set[date], timezone: str) -> tuple[int, int]:
    """Return the first instant of the first of some days, and the last of the last."""
    if not days:
        return 0, 0
    return bounds_of(min(days), timezone)[0], bounds_of(max(days), timezone)[1]


def judge_days(
    plans: Plans, context: Context, rules: Mapping[str, Rule], only: set[date] | None = None
) -> Iterator[Clash]:
    """Yield what the rules over a whole day find, on the days that something begins or ends."""
    for rule in of_kind(rules, "clash_day"):
        positions = np.flatnonzero(plans.wanted(rule.first))
        times = np.concatenate([plans.from_us[positions], plans.ends_us[positions]])
        if only is not None:
            low, high = _span(only, context.timezone)
            times = times[(times >= low) & (times < high)]
        days = days_of(times, context.timezone)
        places = context.places.of(rule.places) if rule.places else ()
        for day in sorted(days if only is None else days & only):
            from_us, to_us = bounds_of(day, context.timezone)
            here = positions[
                (plans.from_us[positions] < to_us) & (plans.to_us[positions] > from_us)
            ]
            seen = sorted((plans.plans[one] for one in here), key=lambda plan: plan.plan_id)
            view = DayView(day, from_us, to_us, seen, places, context.stock)
            for finding in rule.judge(view):
                yield Clash(rule.name, finding, day.isoformat())
