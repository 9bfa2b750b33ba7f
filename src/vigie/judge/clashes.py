"""The clashes of many plans: found at once, and kept true while plans change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from vigie.base.stopping import look
from vigie.judge.judging import (
    Clash,
    Context,
    days_of,
    judge_days,
    judge_pairs,
    judge_places,
    judge_single,
    near_pairs,
    pairs_of,
    reach_of,
)
from vigie.judge.neighbours import Plans
from vigie.judge.rule import PlanView, Rule

LONGEST_DAYS = 800
"""An edit of works without end judges no more days than this again."""

__all__ = ["Change", "Clash", "ClashIndex", "Context", "find_clashes"]


@dataclass(frozen=True, slots=True)
class Change:
    """What one edit did.

    Attributes:
        new: Clashes that were not there.
        changed: Clashes that were there and say something else.
        gone: Clashes that are no more.
    """

    new: tuple[Clash, ...] = ()
    changed: tuple[Clash, ...] = ()
    gone: tuple[Clash, ...] = ()


def _order(clash: Clash) -> tuple[int, str, tuple[str, ...], str]:
    return clash.finding.from_us, clash.rule, clash.finding.subjects, clash.clash_id


class ClashIndex:
    """The clashes of many plans, kept true while plans change.

    Cancelled plans are left out. A full search grows with the pairs that are near each other in
    place and time, not with the square of the number of plans; an edit looks at the neighbours of
    the plan alone, and at the days that it touches.
    """

    def __init__(
        self, plans: Iterable[PlanView], rules: Mapping[str, Rule], context: Context
    ) -> None:
        self.rules = {name: rule for name, rule in rules.items() if rule.kind.startswith("clash_")}
        self.context = context
        live = sorted((p for p in plans if p.state != "cancelled"), key=lambda p: p.plan_id)
        self.plans = Plans(live)
        self._held: dict[str, Clash] = {}
        near = near_pairs(self.plans, self.rules)
        for stage in (
            judge_pairs(self.plans, near, self.rules),
            judge_single(self.plans, context.now_us, self.rules),
            judge_places(self.plans, near, context, self.rules),
            judge_days(self.plans, context, self.rules),
        ):
            look()
            self._hold(stage)

    def clashes(self) -> list[Clash]:
        """Return every clash, by time then rule."""
        return sorted(self._held.values(), key=_order)

    def change(self, plan_id: str, plan: PlanView | None) -> Change:
        """Judge again what one edit touches: the plan, its neighbours before and after, its days.

        Args:
            plan_id: Plan added, changed or taken out.
            plan: What it is now; None, or a cancelled one, when it takes place no more.
        """
        if plan is not None and plan.state == "cancelled":
            plan = None
        position = self.plans.at.get(plan_id)
        if plan is None and position is None:
            return Change()
        around, days = self._touched(position)
        if plan is None:
            self.plans.drop(plan_id)
        else:
            self.plans.put(plan)
        position = self.plans.at.get(plan_id)
        around_now, days_now = self._touched(position)
        around |= around_now
        days |= days_now
        lost = self._let_go(plan_id, around, days)
        kept = self._hold(self._again(position, around, days))
        return _compare(lost, kept)

    def at(self, now_us: int) -> None:
        """Move the instant of judging on: what depends on it is judged again.

        What two plans or a whole day say of each other does not.
        """
        if now_us == self.context.now_us:
            return
        self.context = replace(self.context, now_us=now_us)
        for key, clash in list(self._held.items()):
            if self.rules[clash.rule].kind in {"clash_single", "clash_place"}:
                del self._held[key]
        self._hold(judge_single(self.plans, now_us, self.rules))
        near = near_pairs(self.plans, self._looking_around())
        self._hold(judge_places(self.plans, near, self.context, self.rules))

    def _looking_around(self) -> dict[str, Rule]:
        """Return the rules over one plan that look at the plans around it."""
        return {
            name: rule
            for name, rule in self.rules.items()
            if rule.kind == "clash_place" and rule.second is not None
        }

    def _touched(self, position: int | None) -> tuple[set[str], set[date]]:
        """Return the neighbours of a position and the local days that its plan occupies."""
        if position is None:
            return set(), set()
        plan = self.plans.plans[position]
        near = self.plans.near(position, *reach_of(self._looking_around()))
        times = np.array([plan.from_us, plan.to_us], dtype=np.int64)
        ends = days_of(times, self.context.timezone)
        first, last = min(ends), max(ends)
        length = min((last - first).days, LONGEST_DAYS)
        days = {first + timedelta(days=step) for step in range(length + 1)}
        return {self.plans.plans[one].plan_id for one in near} - {plan.plan_id}, days

    def _let_go(self, plan_id: str, around: set[str], days: set[date]) -> list[Clash]:
        """Take out and return the clashes that an edit makes to be judged again."""
        names = {day.isoformat() for day in days}
        looking = self._looking_around()
        lost = [
            (key, clash)
            for key, clash in self._held.items()
            if (
                clash.owner in names
                if self.rules[clash.rule].kind == "clash_day"
                else plan_id in clash.finding.subjects
                or clash.owner == plan_id
                or (clash.owner in around and clash.rule in looking)
            )
        ]
        for key, _ in lost:
            del self._held[key]
        return [clash for _, clash in lost]

    def _again(self, position: int | None, around: set[str], days: set[date]) -> Iterator[Clash]:
        """Yield what an edited plan, its neighbours and its days have to say."""
        beside = [at for one in sorted(around) if (at := self.plans.at.get(one)) is not None]
        looking = self._looking_around()
        if position is not None:
            near = pairs_of(self.plans, [position], self.rules)
            yield from judge_pairs(self.plans, near, self.rules, only=position)
            yield from judge_single(self.plans, self.context.now_us, self.rules, only=position)
            own = np.array([position], np.int64)
            yield from judge_places(self.plans, near, self.context, self.rules, only=own)
        if beside and looking:
            near = pairs_of(self.plans, beside, looking)
            others = np.array(beside, np.int64)
            yield from judge_places(self.plans, near, self.context, looking, only=others)
        yield from judge_days(self.plans, self.context, self.rules, only=days)

    def _hold(self, found: Iterable[Clash]) -> list[Clash]:
        kept = list(found)
        self._held.update((clash.clash_id, clash) for clash in kept)
        return kept


def _compare(lost: Sequence[Clash], kept: Sequence[Clash]) -> Change:
    """Say what is new, changed and gone between what was and what is."""
    before = {clash.clash_id: clash for clash in lost}
    after = {clash.clash_id: clash for clash in kept}
    return Change(
        new=tuple(clash for key, clash in after.items() if key not in before),
        changed=tuple(
            clash for key, clash in after.items() if key in before and before[key] != clash
        ),
        gone=tuple(clash for key, clash in before.items() if key not in after),
    )


def find_clashes(
    plans: Iterable[PlanView],
    rules: Mapping[str, Rule],
    *,
    now_us: int,
    context: Context | None = None,
) -> list[Clash]:
    """Return what the clash rules find among plans, by time then rule.

    Args:
        plans: Plans with footprints in metres.
        rules: Rules by name; those that are not clash rules are ignored.
        now_us: Instant of judging, epoch µs.
        context: Places, stock and zone; none of them without.
    """
    return ClashIndex(plans, rules, replace(context or Context(0), now_us=now_us)).clashes()
