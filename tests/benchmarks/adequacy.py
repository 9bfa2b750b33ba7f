"""Adequacy on synthetic cities whose truth is known: told before each event, judged by the truth.

    python3 run.py bench adequacy [--seeds 1,2,3] [--days 400] [--scale 0.66]

For each seed a city is drawn; the model sees what a home would hold: the police log as it is told
(delays, wrong positions, doubles, gaps), without what patrols and cameras find, and the agenda with
its means and declared attendance. It walks forward: rates and calibrator know only what was over.
An event's truth: true incidents of the kinds that load agents, at their true place and instant,
those that somebody reports, and who truly came. *Sufficed* is planned >= needed by that truth.
Wanted: expected calibration error of 5 % at most. Beside it: the percentage planned / usual read as
a probability, and the share of past events that sufficed. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import datetime
from typing import Any

import numpy as np
from _small import sized

from vigie.city.kinds import kinds
from vigie.city.logbook import ORIGINS, make_logbook
from vigie.city.plans import TruePlan
from vigie.city.span import DAY_US, ZONE
from vigie.city.truth import Truth, make_truth
from vigie.connectors.main_courante import KINDS
from vigie.foresight.effects.calendar import Calendar, day_of, public_holidays
from vigie.foresight.effects.facts import make_facts
from vigie.foresight.effects.history import SETTLE_DAYS
from vigie.foresight.effects.model import AHEAD_DAYS, EffectModel
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.effects.past import History
from vigie.foresight.forecasting.evidence import exclusion_of
from vigie.foresight.whatif.backtest import Told, backtest
from vigie.foresight.whatif.crowd import peak_share
from vigie.foresight.whatif.load import Happened, needed_then
from vigie.foresight.whatif.needs import PastMeans
from vigie.foresight.whatif.reliability import reliability
from vigie.geo.projection import local_projection

NOW = datetime(2026, 11, 26, 9, tzinfo=ZONE)
GOAL = 0.05
FOUND = {ORIGINS.index("PATROUILLE"), ORIGINS.index("CSU")}
SPREAD = 0.3
LONGEST_US = DAY_US


def _barred(kind: str) -> bool:
    return exclusion_of(kind) is not None


def occasion(plan: TruePlan, projection: object) -> Occasion:
    """Return a plan as the agenda tells it."""
    footprint = projection.geometries_to_metres(np.array([plan.geometry], object))[0]
    public = (plan.likely * (1 - SPREAD), float(plan.likely), plan.likely * (1 + SPREAD))
    return Occasion(plan.ref, plan.kind, footprint, plan.starts_us, plan.ends_us, public)


def walk(truth: Truth) -> tuple[Told, EffectModel]:
    """Return what was told before each past event of a city and what came of it by its truth."""
    projection = local_projection(5.37, 43.2965)
    log = make_logbook(truth)
    told = log.told
    codes = np.array([KINDS[code] for code in told.code])
    reported = ~np.isin(log.origin, list(FOUND))
    evidence = reported & ~np.array([_barred(kind) for kind in codes]) & (log.defect < 0)
    until_us = truth.now_us - SETTLE_DAYS * DAY_US
    evidence &= told.reported_us <= until_us
    names, of = np.unique(codes[evidence], return_inverse=True)
    x, y = projection.to_metres(told.lon[evidence], told.lat[evidence])
    facts = make_facts(
        kinds=names.tolist(),
        kind=of,
        earliest_us=told.from_us[evidence],
        latest_us=told.to_us[evidence],
        x=x,
        y=y,
    )
    held = [
        plan
        for plan in truth.plans
        if plan.state != "cancelled" and 0 < plan.ends_us - plan.starts_us <= LONGEST_US
    ]
    occasions = tuple(occasion(plan, projection) for plan in held if plan.likely > 0)
    from_us = truth.span.start_us
    off = public_holidays(
        day_of(from_us, "Europe/Paris"),
        day_of(until_us + AHEAD_DAYS * DAY_US, "Europe/Paris"),
        "FR",
    )
    calendar = Calendar("Europe/Paris", off)
    model = EffectModel(History(facts, occasions, calendar, from_us, until_us))
    first = log.double_of < 0
    known = np.zeros(len(truth.incidents), bool)
    known[told.incident[reported & first]] = True
    judge = _Judge(truth, known, projection, {plan.ref: plan for plan in held})
    means = {
        plan.ref: PastMeans(
            plan.ref,
            plan.kind,
            float(plan.likely),
            plan.starts_us,
            {name: float(n) for name, n in plan.means.items()},
            _closed(plan),
        )
        for plan in held
        if plan.likely > 0 and plan.kind not in {"event.demonstration", "event.gathering"}
    }
    return backtest(model, means, judge), model


def _closed(plan: TruePlan) -> int:
    return int(plan.closes == "boulevard-michelet")


class _Judge:
    """Tells what an event truly needed."""

    def __init__(self, truth, known, projection, plans) -> None:
        codes = np.array([kind.code for kind in kinds()])
        seen = np.array([kind.unsure_h == 0 for kind in kinds()])
        allowed = np.array([not _barred(code) for code in codes])
        of = truth.incidents
        keep = known & seen[of.kind] & allowed[of.kind]
        self.codes = tuple(codes.tolist())
        self.kind, self.at_us = of.kind[keep], of.at_us[keep]
        self.x, self.y = projection.to_metres(of.lon[keep], of.lat[keep])
        self.plans = plans

    def __call__(self, one: Occasion) -> int:
        middle = one.footprint.centroid
        half = max(one.footprint.bounds[2] - one.footprint.bounds[0], 1.0) / 2
        near = np.hypot(self.x - middle.x, self.y - middle.y) <= 500.0 + (half if half > 150 else 0)
        plan = self.plans[one.plan_id]
        return needed_then(
            Happened(self.codes, self.kind[near], self.at_us[near]),
            one.starts_us,
            one.ends_us,
            public=plan.came * peak_share(plan.kind),
            closed_streets=_closed(plan),
        )


def show(found: dict[str, Any]) -> None:
    """Print the reliability table, and every way's error."""
    print("told from to | events | told mean | sufficed | 80 % interval of that share")
    for one in found["probability"].bins:
        print(
            f"{one.low:.1f} - {one.high:.1f} | {one.events:6} | {one.told:9.3f}"
            f" | {one.happened:8.3f} | {one.happened_low:.3f} to {one.happened_high:.3f}"
        )
    for name, one in found.items():
        print(
            f"{name}: ECE {one.ece:.4f} (by chance {one.ece_by_chance:.4f}), Brier {one.brier:.4f}"
        )


def main() -> None:
    """Walk through each city and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--scale", type=float, default=0.66)
    asked = sized(parser.parse_args(), seeds=1, days=120, scale=0.1)
    began = time.perf_counter()
    parts: list[Told] = []
    for seed in map(int, asked.seeds.split(",")):
        truth = make_truth(seed=seed, days=asked.days, scale=asked.scale, now=NOW)
        told, _ = walk(truth)
        parts.append(told)
        one = reliability(told.probability, told.sufficed)
        print(f"seed {seed}: {one.events} events, ECE {one.ece:.4f} ({one.ece_by_chance:.4f})")
    columns = {
        name: np.concatenate([getattr(told, name) for told in parts])
        for name in ("probability", "raw", "naive", "share", "sufficed", "needed")
    }
    low = np.concatenate([told.needed_low for told in parts])
    high = np.concatenate([told.needed_high for told in parts])
    found = {
        name: reliability(columns[name], columns["sufficed"])
        for name in ("probability", "raw", "naive", "share")
    }
    show(found)
    covered = float(((columns["needed"] >= low) & (columns["needed"] <= high)).mean())
    best = found["probability"]
    concerts = np.concatenate([np.char.startswith(t.kinds, "event.culture.concert") for t in parts])
    hard = reliability(columns["probability"][concerts], columns["sufficed"][concerts])
    print(f"concerts alone: {hard.events} events, ECE {hard.ece:.4f} ({hard.ece_by_chance:.4f})")
    print(
        json.dumps(
            {
                "name": "adequacy",
                "seeds": asked.seeds,
                "days": asked.days,
                "events": best.events,
                "ece": round(best.ece, 4),
                "goal": GOAL,
                "reached": best.ece <= GOAL,
                "ece_by_chance": round(best.ece_by_chance, 4),
                "ece_concerts": round(hard.ece, 4),
                "ece_concerts_by_chance": round(hard.ece_by_chance, 4),
                "sufficed_concerts": round(hard.happened, 4),
                "ece_raw": round(found["raw"].ece, 4),
                "ece_naive_ratio": round(found["naive"].ece, 4),
                "ece_past_share": round(found["share"].ece, 4),
                "brier": round(best.brier, 4),
                "brier_naive_ratio": round(found["naive"].brier, 4),
                "brier_past_share": round(found["share"].brier, 4),
                "sufficed": round(best.happened, 4),
                "said_enough": best.said_enough,
                "wrongly_enough": best.wrongly_enough,
                "interval_80_covers": round(covered, 4),
                "seconds": round(time.perf_counter() - began, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
