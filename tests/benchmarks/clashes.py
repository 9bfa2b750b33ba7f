"""Clash search over thousands of plans: the whole, one edit, and all pairs beside it.

The plans are those of the synthetic city over 400 days, and as many more as asked for, each drawn
from one of them and moved: to another street or place of the city, on another day. Places are the
city's, with schools and hydrants strewn along its streets.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import shapely
import shapely.affinity
import shapely.ops
from _small import sized

import vigie.rules
from vigie.base.clock import to_us
from vigie.base.settings import CitySettings
from vigie.city import geography
from vigie.city.agenda import make_plans
from vigie.city.plans import TruePlan
from vigie.foresight.clash_ground import Ground
from vigie.foresight.plans import PlanRecord
from vigie.judge.clashes import ClashIndex
from vigie.judge.judging import Context
from vigie.judge.rule import PlaceView, PlanView, Rule, discover, of_kind

DAY_US = 86_400_000_000
DAYS = 400
FIRST = date(2026, 1, 5)
NOW = datetime(2026, 2, 20, 9, tzinfo=UTC)
GOAL_S, GOAL_EDIT_MS = 3.0, 1_000.0
STOCK = {"agents": 900.0, "barriers": 4_000.0}
ALONG_M = 0.004


class Beside(NamedTuple):
    """What a search of all pairs took on a sample, and the index on the same."""

    plans: int
    found: int
    naive_s: float
    index_s: float


def record(plan: TruePlan, name: str) -> PlanRecord:
    """Return a true plan as the product reads it."""
    likely = float(plan.likely)
    return PlanRecord(
        plan_id=name,
        kind=plan.kind,
        title=plan.title,
        geometry=plan.geometry,
        starts_us=plan.starts_us,
        ends_us=plan.ends_us,
        setup_s=plan.setup_s,
        teardown_s=plan.teardown_s,
        attendance=(0.7 * likely, likely, 1.3 * likely) if likely else (None, None, None),
        state=plan.state,
        declared=plan.declared,
        place_id=plan.venue or None,
        closes=(plan.closes,) if plan.closes else (),
        means={name: str(number) for name, number in plan.means.items()},
        attributes={},
        source="agenda",
        provenance={},
    )


def moved(one: PlanRecord, rng: np.random.Generator, name: str) -> PlanRecord:
    """Return a plan like another, in another street or at another point of it, on another day."""
    streets = geography.streets()
    street = streets[int(rng.integers(len(streets)))].line
    if one.geometry is not None and one.geometry.geom_type == "LineString":
        start = float(rng.uniform(0.0, 0.6))
        shape = shapely.ops.substring(street, start, start + 0.4, normalized=True)
    else:
        at = street.interpolate(float(rng.uniform(0, 1)), normalized=True)
        here = one.geometry.centroid
        shape = shapely.affinity.translate(one.geometry, at.x - here.x, at.y - here.y)
    days = int(rng.integers(0, DAYS)) * DAY_US - (one.starts_us - to_us(_midnight(FIRST)))
    shift = days // DAY_US * DAY_US
    return replace(
        one,
        plan_id=name,
        geometry=shape,
        place_id=None,
        starts_us=one.starts_us + shift,
        ends_us=one.ends_us + shift,
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def plausible(count: int, seed: int) -> list[PlanRecord]:
    """Return as many plans over 400 days."""
    now_us, today = to_us(NOW), NOW.date()
    last = FIRST + timedelta(days=DAYS - 45)
    drawn = make_plans(FIRST, (last - FIRST).days, seed, now_us, today)
    own = [record(plan, f"plan-{n:05d}") for n, plan in enumerate(drawn)][:count]
    rng = np.random.default_rng(seed)
    more = [
        moved(own[int(rng.integers(len(own)))], rng, f"plan-{n:05d}")
        for n in range(len(own), count)
    ]
    return own + more


def ground(seed: int) -> Ground:
    """Return the city's places, with 300 schools and 4,000 hydrants along its streets."""
    rng = np.random.default_rng(seed)
    places = [
        PlaceView(p.place_id, p.kind, p.name, shapely.Point(p.lon, p.lat), p.capacity or None)
        for p in geography.places()
    ]
    streets = geography.streets()
    for kind, count in (("place.school", 300), ("place.hydrant", 4_000)):
        for n in range(count):
            line = streets[int(rng.integers(len(streets)))].line
            at = line.interpolate(float(rng.uniform(0, 1)), normalized=True)
            x, y = at.x + float(rng.normal(0, ALONG_M)), at.y + float(rng.normal(0, ALONG_M))
            places.append(PlaceView(f"{kind}.{n}", kind, f"{kind}.{n}", shapely.Point(x, y)))
    return Ground(CitySettings(stock=STOCK), tuple(places))


def all_pairs(views: Sequence[PlanView], rules: dict[str, Rule]) -> int:
    """Let every rule over two plans look at every pair; return how many clashes."""
    found = 0
    for rule in of_kind(rules, "clash_pair"):
        second = rule.second or rule.first
        for i, left in enumerate(views):
            for right in views[i + 1 :]:
                if rule.first.wants(left) and second.wants(right):
                    found += rule.judge(left, right) is not None
                elif rule.first.wants(right) and second.wants(left):
                    found += rule.judge(right, left) is not None
    return found


def edits(index: ClashIndex, views: Sequence[PlanView], rounds: int, seed: int) -> list[float]:
    """Shift plans by two hours and back, one by one; return the seconds of each."""
    rng = np.random.default_rng(seed)
    spent = []
    for _ in range(rounds):
        view = views[int(rng.integers(len(views)))]
        shift = int(rng.choice([-2, 2])) * 3_600_000_000
        later = replace(
            view,
            from_us=view.from_us + shift,
            to_us=view.to_us + shift,
            starts_us=view.starts_us + shift,
            ends_us=view.ends_us + shift,
        )
        begun = time.perf_counter()
        index.change(later.plan_id, later)
        spent.append(time.perf_counter() - begun)
        index.change(view.plan_id, view)
    return spent


def beside(views: Sequence[PlanView], rules: dict[str, Rule], count: int, now_us: int) -> Beside:
    """Search a sample by all pairs and by the index."""
    live = [view for view in views if view.state != "cancelled"]
    sample = live[:: max(1, len(views) // count)]
    begun = time.perf_counter()
    found = all_pairs(sample, rules)
    naive_s = time.perf_counter() - begun
    begun = time.perf_counter()
    ClashIndex(sample, rules, Context(now_us))
    return Beside(len(sample), found, naive_s, time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plans", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--sample", type=int, default=500, help="plans of the search of all pairs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    asked = sized(parser.parse_args(), plans=400, edits=5, sample=40, rounds=1)
    rules = discover(vigie.rules)
    plans, here = plausible(asked.plans, asked.seed), ground(asked.seed)
    context: Context = here.context(to_us(NOW))
    spent, viewing, busy = [], [], []
    for _ in range(asked.rounds):
        begun, worked = time.perf_counter(), time.process_time()
        views = here.views(plans)
        viewing.append(time.perf_counter() - begun)
        index = ClashIndex(views, rules, context)
        spent.append(time.perf_counter() - begun)
        busy.append(time.process_time() - worked)
    each = 1_000 * np.array(edits(index, views, asked.edits, asked.seed))
    naive = beside(views, rules, asked.sample, context.now_us)
    whole_s = naive.naive_s * (len(views) / naive.plans) ** 2
    found = Counter(one.rule for one in index.clashes())
    p50, p95 = (float(one) for one in np.percentile(each, (50, 95)))
    print(
        json.dumps(
            {
                "name": "clashes",
                "figures": {
                    "plans": len(views),
                    "places": len(here.records),
                    "rules": len(index.rules),
                    "full_s": round(min(spent), 3),
                    "full_cpu_s": round(min(busy), 3),
                    "full_worst_s": round(max(spent), 3),
                    "views_s": round(min(viewing), 3),
                    "edit_p50_ms": round(p50, 2),
                    "edit_p95_ms": round(p95, 2),
                    "clashes": found.total(),
                    "by_rule": dict(sorted(found.items())),
                    "goal_full_s": GOAL_S,
                    "goal_edit_ms": GOAL_EDIT_MS,
                    "reached": min(spent) <= GOAL_S and p95 <= GOAL_EDIT_MS,
                },
                "baseline": {
                    "all_pairs_plans": naive.plans,
                    "all_pairs_s": round(naive.naive_s, 3),
                    "all_pairs_found": naive.found,
                    "all_pairs_s_for_all_plans": round(whole_s, 1),
                },
                "ratio": {
                    "on_the_sample": round(naive.naive_s / naive.index_s, 1),
                    "extrapolated": round(whole_s / min(spent), 1),
                },
                "load": round(os.getloadavg()[0], 1),
                "python": platform.python_version(),
            }
        )
    )


if __name__ == "__main__":
    main()
