"""The agenda: day by day, what is planned, what clashes, how dangerous, and what means cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vigie.foresight.clashes import clashes_of
from vigie.foresight.cover import Cover, cover_of
from vigie.foresight.danger import Danger, colour_of_day, danger_of
from vigie.foresight.noted_days import usual_of
from vigie.foresight.plans import PlanBook, PlanRecord, Plans, plans_between
from vigie.judge.clashes import Clash
from vigie.judge.rule import Rule
from vigie.model.times import day_bounds

MAX_DAYS = 400
JUDGED_EVERY_US = 300_000_000
"""Rules know the hour; what they find stays true for this long unless a plan changes."""

Threes = Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """One local day of the agenda.

    Attributes:
        day: Local date.
        from_us: Its first instant, epoch µs.
        to_us: The first instant of the next day (23, 24 or 25 hours later).
        plans: Plans for the public on that day, cancelled ones included and marked.
        attendance: Low, likely, high, summed over plans that start that day and say so.
        unknown_attendance: How many plans of that day say nothing of their size.
        clashes: Open clashes touching that day.
        danger: Its note and what makes it; of plans that touch it with set-up and tear-down.
        cover: What the planned means cover.
    """

    day: date
    from_us: int
    to_us: int
    plans: tuple[PlanRecord, ...]
    attendance: tuple[float, float, float]
    unknown_attendance: int
    clashes: tuple[Clash, ...]
    danger: Danger
    cover: Cover

    @property
    def colour(self) -> str:
        """Green, orange or red: the graver of note and cover."""
        return colour_of_day(self.danger, self.cover)


@dataclass(frozen=True, slots=True)
class Beside:
    """What an agenda is told besides plans and clashes; nothing of it need be known.

    Attributes:
        excess: Facts above the usual by plan: low, mid, high.
        needs: Agents needed by plan: low, mid, high.
        counts: Facts by past day, for what is usual.
    """

    excess: Threes
    needs: Threes
    counts: Mapping[date, int]


NOTHING_BESIDE = Beside({}, {}, {})


def _attendance(plans: list[PlanRecord]) -> tuple[tuple[float, float, float], int]:
    known = [p.attendance for p in plans if p.attendance[1] is not None]
    low = sum(a[0] if a[0] is not None else a[1] or 0.0 for a in known)
    likely = sum(a[1] or 0.0 for a in known)
    high = sum(a[2] if a[2] is not None else a[1] or 0.0 for a in known)
    return (low, likely, high), len(plans) - len(known)


def _found(
    plans: Plans, rules: Mapping[str, Rule], window: tuple[int, int], now_us: int
) -> tuple[list[PlanRecord], list[Clash]]:
    """Return plans and clashes of a window, kept with the plans where they come from a book."""
    if not isinstance(plans, PlanBook):
        found = plans_between(plans, *window)
        return found, clashes_of(found, rules, now_us=now_us)
    stamp = (plans.mark(), now_us // JUDGED_EVERY_US)

    def make() -> tuple[list[PlanRecord], list[Clash]]:
        here = plans.between(*window)
        return here, clashes_of(here, rules, now_us=now_us)

    return plans.kept.of(("clashes", *window), stamp, make)


def agenda(
    plans: Plans,
    rules: Mapping[str, Rule],
    *,
    first: date,
    days: int,
    timezone: str,
    now_us: int,
    seen: Callable[[PlanRecord], bool] = bool,
    known: Callable[[int, int], Sequence[Clash] | None] | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> list[AgendaDay]:
    """Return ``days`` local days from ``first``, with their plans, clashes, note and cover.

    The sums of attendance are sums of separate estimates: the low one supposes every plan at its
    low, which is rarer than any single low. Plans for which ``seen`` is false count nowhere, and
    neither do clashes that one of them is part of. ``known`` gives the open clashes of a window
    where somebody keeps them, None where not; else they are searched.
    """
    days = max(1, min(days, MAX_DAYS))
    bounds = [day_bounds(first + timedelta(days=i), timezone)[0] for i in range(days + 1)]
    kept = None if known is None else known(bounds[0], bounds[-1])
    if kept is None:
        found, clashes = _found(plans, rules, (bounds[0], bounds[-1]), now_us)
    else:
        found, clashes = plans_between(plans, bounds[0], bounds[-1]), list(kept)
    shown = [plan for plan in found if seen(plan)]
    if len(shown) < len(found):
        ids = {plan.plan_id for plan in shown}
        clashes = [one for one in clashes if ids.issuperset(one.finding.subjects)]
    return [
        _day(first + timedelta(days=i), (bounds[i], bounds[i + 1]), shown, clashes, beside)
        for i in range(days)
    ]


def _day(
    day: date,
    window: tuple[int, int],
    shown: Sequence[PlanRecord],
    clashes: Sequence[Clash],
    beside: Beside,
) -> AgendaDay:
    start, end = window
    around = [p for p in shown if p.from_us < end and p.to_us > start]
    here = [p for p in around if p.starts_us < end and p.ends_us > start]
    starting = [p for p in here if p.starts_us >= start and p.state != "cancelled"]
    attendance, unknown = _attendance(starting)
    open_ = tuple(c for c in clashes if c.finding.from_us < end and c.finding.to_us > start)
    usual = usual_of(beside.counts, day)
    return AgendaDay(
        day=day,
        from_us=start,
        to_us=end,
        plans=tuple(here),
        attendance=attendance,
        unknown_attendance=unknown,
        clashes=open_,
        danger=danger_of(around, open_, window, excess=beside.excess, usual=usual),
        cover=cover_of(here, beside.needs),
    )
