"""The agenda: day by day, what is planned and what clashes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vigie.foresight.clashes import clashes_of
from vigie.foresight.plans import PlanRecord, Plans, plans_between
from vigie.judge.clashes import Clash
from vigie.judge.rule import Rule
from vigie.model.times import day_bounds

MAX_DAYS = 400


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
        clashes: Clashes touching that day.
    """

    day: date
    from_us: int
    to_us: int
    plans: tuple[PlanRecord, ...]
    attendance: tuple[float, float, float]
    unknown_attendance: int
    clashes: tuple[Clash, ...]


def _attendance(plans: list[PlanRecord]) -> tuple[tuple[float, float, float], int]:
    known = [p.attendance for p in plans if p.attendance[1] is not None]
    low = sum(a[0] if a[0] is not None else a[1] or 0.0 for a in known)
    likely = sum(a[1] or 0.0 for a in known)
    high = sum(a[2] if a[2] is not None else a[1] or 0.0 for a in known)
    return (low, likely, high), len(plans) - len(known)


def agenda(
    plans: Plans,
    rules: Mapping[str, Rule],
    *,
    first: date,
    days: int,
    timezone: str,
    now_us: int,
    seen: Callable[[PlanRecord], bool] = bool,
    known: Callable[[int, int], Sequence[Clash]] | None = None,
) -> list[AgendaDay]:
    """Return ``days`` local days from ``first``, with their plans and clashes.

    The sums of attendance are sums of separate estimates: the low one supposes every plan at its
    low, which is rarer than any single low. Plans for which ``seen`` is false count nowhere.
    ``known`` gives the clashes of a window where somebody keeps them; else they are searched.
    """
    days = max(1, min(days, MAX_DAYS))
    bounds = [day_bounds(first + timedelta(days=i), timezone)[0] for i in range(days + 1)]
    shown = [plan for plan in plans_between(plans, bounds[0], bounds[-1]) if seen(plan)]
    clashes = (
        clashes_of(shown, rules, now_us=now_us) if known is None else known(bounds[0], bounds[-1])
    )
    result = []
    for index in range(days):
        start, end = bounds[index], bounds[index + 1]
        here = [p for p in shown if p.starts_us < end and p.ends_us > start]
        starting = [p for p in here if p.starts_us >= start and p.state != "cancelled"]
        attendance, unknown = _attendance(starting)
        result.append(
            AgendaDay(
                day=first + timedelta(days=index),
                from_us=start,
                to_us=end,
                plans=tuple(here),
                attendance=attendance,
                unknown_attendance=unknown,
                clashes=tuple(
                    c for c in clashes if c.finding.from_us < end and c.finding.to_us > start
                ),
            )
        )
    return result
