"""All events of an hour together ask for more agents or barriers than the city has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vigie.base.translations import number
from vigie.judge.rule import DayView, Finding, PlanView, Rule, Wanted
from vigie.judge.wording import listed

WORDS = {
    "agents": {"fr": "agents", "en": "agents"},
    "barriers": {"fr": "barrières", "en": "barriers"},
    "first_aid_posts": {"fr": "postes de secours", "en": "first-aid posts"},
}


def judge(day: DayView) -> list[Finding]:
    """Find, for each means that the city counts, the hour of the day with most of it engaged.

    It is a finding when that passes the stock. Set-up and tear-down count: barriers stand then.
    """
    return [one for name in sorted(day.stock) for one in _peak(day, name)]


def _peak(day: DayView, name: str) -> Iterator[Finding]:
    asking = [plan for plan in day.plans if plan.engaged(name) > 0]
    if not asking:
        return
    starts = np.array([max(plan.from_us, day.from_us) for plan in asking])
    ends = np.array([min(plan.to_us, day.to_us) for plan in asking])
    amounts = np.array([plan.engaged(name) for plan in asking])
    moments = np.unique(starts)
    sums = [amounts[(starts <= at) & (ends > at)].sum() for at in moments]
    top = int(np.argmax(sums))
    total, stock = float(sums[top]), day.stock[name]
    if total <= stock:
        return
    at = int(moments[top])
    there = [plan for plan in asking if plan.from_us <= at < plan.to_us]
    yield _finding(day, name, at, sorted(there, key=lambda p: (-p.engaged(name), p.plan_id)), total)


def _finding(day: DayView, name: str, at: int, there: list[PlanView], total: float) -> Finding:
    stock, titles = day.stock[name], [plan.title for plan in there]
    word = WORDS.get(name, {"fr": name, "en": name})
    return Finding(
        severity=4 if total > 1.25 * stock else 3,
        explanation={
            "fr": f"{number(len(there))} usages demandent ensemble {number(total)} {word['fr']},"
            f" la ville en a {number(stock)} : {listed(titles)}.",
            "en": f"{number(len(there), 'en')} uses together ask for {number(total, 'en')}"
            f" {word['en']}, the city has {number(stock, 'en')}: {listed(titles, 'en')}.",
        },
        from_us=at,
        to_us=max(at + 1, min(plan.to_us for plan in there)),
        subjects=tuple(sorted(plan.plan_id for plan in there)),
        numbers={"means": name, "asked": total, "stock": stock, "plans": len(there)},
        geometry=there[0].geometry.centroid,
        identity=(day.day.isoformat(), name),
    )


RULE = Rule(
    name="stock_exceeded",
    kind="clash_day",
    title={"fr": "Moyens promis au-delà du stock", "en": "More means promised than owned"},
    why={
        "fr": "Chaque événement seul paraît servi ; ensemble ils ne le sont pas. Le stock est celui"
        " des réglages ; repos, congés et renforts n'y sont pas.",
        "en": "Each event alone seems served; together they are not. The stock is that of the"
        " settings; rest, leave and reinforcements are not in it.",
    },
    judge=judge,
    fields=("means",),
    first=Wanted(apart_from=("environment", "event.works")),
)
