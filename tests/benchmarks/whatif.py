"""How long a what-if takes, on a home: cold (nothing fitted), warm, and from the interface's door.

    python3 run.py bench whatif --home HOME [--rounds 10]

HOME is a home as ``vigie demo --once`` makes it; it is read, never written. A future match is moved
by two hours, halved in public, moved elsewhere, put in the rain. Wanted: two seconds at most, warm,
for the use case with rights, audit line and plain values. What is fitted once a day (effect model,
surroundings, walk through past events) is told apart. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
from _small import either, sized

from vigie.base.clock import now_us
from vigie.foresight.plans import plans_between
from vigie.foresight.whatif.scenario import Scenario
from vigie.situation.home import open_home
from vigie.situation.local import local_caller
from vigie.situation.tomorrow.whatif import ask_what_if, plan_adequacy, read_reliability

DAY_US = 86_400_000_000
GOAL_S = 2.0


def main() -> None:
    """Ask, and time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=10)
    asked = sized(parser.parse_args(), rounds=1)
    with open_home(asked.home) as home:
        caller = local_caller(home, role="planner")
        at = now_us(home.clock)
        ahead = plans_between(home.plans, at, at + 40 * DAY_US)
        plan = next(p for p in ahead if p.kind == "event.sport.match" and p.state != "cancelled")
        scenarios = (
            Scenario(shift_min=-120),
            Scenario(attendance=(plan.attendance[1] or 0) / 2),
            Scenario(place=(5.3745, 43.2953)),
            Scenario(weather="rain", means={"agents": 40}),
        )
        begun = time.perf_counter()
        ask_what_if(home, caller, plan.plan_id, scenarios[0])
        cold = time.perf_counter() - begun
        begun = time.perf_counter()
        told = read_reliability(home, caller, wait=True)
        walk = time.perf_counter() - begun
        taken = []
        for _ in range(asked.rounds):
            for scenario in scenarios:
                begun = time.perf_counter()
                ask_what_if(home, caller, plan.plan_id, scenario)
                taken.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        day = ahead[: either(40, 3)]
        for one in day:
            short = one.ends_us - one.starts_us <= DAY_US
            if one.geometry is not None and one.state != "cancelled" and short:
                plan_adequacy(home, caller, one.plan_id)
        each = (time.perf_counter() - begun) / len(day)
    p50, p95 = np.quantile(taken, [0.5, 0.95]).tolist()
    print(f"{plan.title}: {len(taken)} answers, load {os.getloadavg()[0]:.1f}")
    print(
        json.dumps(
            {
                "name": "whatif",
                "p50_s": round(p50, 3),
                "p95_s": round(p95, 3),
                "worst_s": round(max(taken), 3),
                "goal_s": GOAL_S,
                "reached": max(taken) <= GOAL_S,
                "cold_s": round(cold, 2),
                "walk_through_past_s": round(walk, 2),
                "adequacy_each_s": round(each, 4),
                "past_events_judged": told["calibrated"]["events"],
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
