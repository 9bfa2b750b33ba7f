"""Allocation beside the printed references and beside spopt, on the same instances.

    python3 run.py bench allocation [--rounds 5] [--home HOME]

Reference values: spopt's own tests on 205 tracts and 16 stores of San Francisco (needs the shared
folder: ``VIGIE_SHARED``), Larson and Odoni's three units. Timings: ours (HiGHS) and spopt's (PuLP
and CBC) on the same matrix, model building included, in turns; the ratio is spopt's median over
ours.
With ``--home``, one whole answer for the next event of at least 500 people is timed as well, the
effect model fitted beforehand and told apart. The last line is JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pulp  # type: ignore[import-untyped]  # no types published
from _small import sized
from spopt import locate  # type: ignore[import-untyped]  # no types published

from vigie.base.clock import now_us
from vigie.foresight.allocation.covering import maximal_cover, mean_distance, p_median
from vigie.foresight.allocation.hypercube import approximate, erlang_c, hypercube
from vigie.situation.home import open_home
from vigie.situation.local import local_caller
from vigie.situation.tomorrow.allocation import allocate
from vigie.situation.tomorrow.allocation_case import Asked

REACH_M, POSTS = 5_000.0, 4
DISTANCES = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
BASELINE = {
    "covered_percent": 89.75609756,
    "uncovered": 21,
    "mean_distance_m": 2982.1268579890657,
    "workloads": [0.5574, 0.4734, 0.4693],
    "queue_stands": 0.1184,
}


def san_francisco(shared: Path) -> tuple[Any, Any]:
    """Return demand of 205 tracts and their network distances to 16 stores, metres."""
    with (shared / "data" / "reference_allocation" / DISTANCES).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    tracts = sorted({row["DestinationName"] for row in rows})
    stores = sorted({row["name"] for row in rows})
    weights, distances = np.zeros(len(tracts)), np.full((len(tracts), len(stores)), np.nan)
    for row in rows:
        at = tracts.index(row["DestinationName"])
        distances[at, stores.index(row["name"])] = float(row["distance"])
        weights[at] = float(row["demand"])
    return weights, distances


def timed(does: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    begun = time.perf_counter()
    does()
    return time.perf_counter() - begun


def beside_spopt(
    weights: Any, distances: Any, rounds: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return our figures and the ratios of time and of objective to spopt's."""
    cbc = pulp.PULP_CBC_CMD(msg=False)
    near = distances <= REACH_M
    cover = maximal_cover(weights, near, POSTS)
    nearest = p_median(weights, distances, POSTS)
    theirs: dict[str, Any] = {}

    def spopt_cover() -> None:
        made = locate.MCLP.from_cost_matrix(distances, weights, REACH_M, p_facilities=POSTS)
        theirs["cover"] = pulp.value(made.solve(cbc).problem.objective)

    def spopt_median() -> None:
        made = locate.PMedian.from_cost_matrix(distances, weights, p_facilities=POSTS)
        theirs["median"] = pulp.value(made.solve(cbc).problem.objective)

    ours_s: dict[str, list[float]] = {"cover": [], "median": []}
    spopt_s: dict[str, list[float]] = {"cover": [], "median": []}
    for _ in range(rounds):
        ours_s["cover"].append(timed(lambda: maximal_cover(weights, near, POSTS)))
        spopt_s["cover"].append(timed(spopt_cover))
        ours_s["median"].append(timed(lambda: p_median(weights, distances, POSTS)))
        spopt_s["median"].append(timed(spopt_median))
    covered = near[:, cover.sites].any(axis=1)
    figures = {
        "covered_percent": 100.0 * float(covered.mean()),
        "uncovered": int((~covered).sum()),
        "mean_distance_m": mean_distance(weights, distances, nearest.units),
        "cover_status": cover.status,
        "median_status": nearest.status,
        **{f"{name}_s": median(values) for name, values in ours_s.items()},
        **{f"spopt_{name}_s": median(values) for name, values in spopt_s.items()},
    }
    ratio = {
        f"spopt_over_ours_{name}": median(spopt_s[name]) / median(ours_s[name]) for name in ours_s
    }
    ratio["objective_cover"] = cover.objective / theirs["cover"]
    ratio["objective_median"] = nearest.objective / theirs["median"]
    return figures, ratio


def larson() -> dict[str, Any]:
    """Return the workloads of Larson and Odoni's example, and of its approximation."""
    rates, orders = [0.5, 0.25, 0.35, 0.40], [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]
    exact, near = hypercube(rates, orders), approximate(rates, orders)
    rng = np.random.default_rng(1)
    many = np.array([rng.permutation(12) for _ in range(200)])
    calls = rng.random(200)
    calls *= 7.0 / calls.sum()
    return {
        "workloads": exact.workloads.round(4).tolist(),
        "workloads_approximate": near.workloads.round(4).tolist(),
        "queue_stands": round(exact.waiting, 4),
        "waits_minus_erlang_c": exact.all_busy - erlang_c(sum(rates), 3),
        "exact_12_units_s": timed(lambda: hypercube(calls, many)),
    }


def whole_answer(folder: Path) -> dict[str, float]:
    """Return the seconds of the first answer, which fits the effect model, and of the next."""
    with open_home(folder) as home:
        caller = local_caller(home, role="planner")
        at = now_us(home.clock)
        plans = home.plans.between(at, at + 30 * 86_400_000_000)
        plan = next(one for one in plans if (one.attendance[1] or 0) >= 500 and one.geometry)
        first = timed(lambda: allocate(home, caller, Asked(plan_id=plan.plan_id)))
        more = [
            timed(lambda: allocate(home, caller, Asked(plan_id=plan.plan_id))) for _ in range(3)
        ]
    return {"first_answer_s": first, "answer_s": median(more)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home", type=Path)
    given = sized(parser.parse_args(), rounds=1)
    warnings.simplefilter("ignore", DeprecationWarning)
    figures: dict[str, Any] = larson()
    ratio: dict[str, Any] = {}
    shared = os.environ.get("VIGIE_SHARED")
    if shared:
        found, ratio = beside_spopt(*san_francisco(Path(shared)), given.rounds)
        figures |= found
    if given.home is not None:
        figures |= whole_answer(given.home)
    for name, reference in BASELINE.items():
        print(f"{name:20} printed {reference}  ours {figures.get(name, 'shared folder missing')}")
    figures["machine"] = f"{platform.machine()}, {os.cpu_count()} cores"
    print(
        json.dumps({"name": "allocation", "figures": figures, "baseline": BASELINE, "ratio": ratio})
    )


if __name__ == "__main__":
    main()
