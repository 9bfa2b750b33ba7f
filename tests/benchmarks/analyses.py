"""Time and memory of the analyses on large data, beside the libraries that can do the same.

    python3 run.py bench analyses

Each task runs in a process of its own, one after the other, so that peaks of memory are its own:
near repeats on 100,000 facts (bands of 100, 200 and 300 m by four weeks, 99 draws), beside
pointpats' Knox for one band (on a tenth of the facts: it holds all pairs, so the rest would not
fit) and on the same tenth here; a scan of 5,000 cells by 365 days with 999 permutations, clusters
that go on now, circles to 1 km, stretches to 28 days; Gi* on a million cells beside esda's on the
same weights, whose z must be the same. ``cpu_seconds``
holds what makes the data too. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

from vigie.analyse.association import getis_ord
from vigie.analyse.pairs import close_pairs, knox
from vigie.analyse.scan import (
    clusters,
    highest_of_draws,
    make_circles,
    make_windows,
    poisson_ratio,
)
from vigie.analyse.weights import within

WIDE_M = 15_500.0


def _facts(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return facts on 240 km2, half of them around 400 busy places, and their days."""
    chance = np.random.default_rng(1)
    busy = chance.random((400, 2)) * WIDE_M
    place = chance.random((count, 2)) * WIDE_M
    half = count // 2
    place[:half] = busy[chance.integers(0, 400, half)] + chance.normal(0, 150, (half, 2))
    return place[:, 0], place[:, 1], chance.integers(0, 365, count)


def near_repeat(count: int, draws: int) -> dict[str, object]:
    """Time near repeats in three bands by four."""
    x, y, day = _facts(count)
    began = time.perf_counter()
    pairs = close_pairs(x, y, [100.0, 200.0, 300.0])
    found = knox(pairs, day, [6, 13, 20, 27], draws=draws, seed=1)
    return {
        "seconds": time.perf_counter() - began,
        "pairs": len(pairs.first),
        "draws": draws,
        "observed_100m_7d": int(found.observed[0, 0]),
        "expected_100m_7d": float(found.expected[0, 0]),
    }


def one_band(count: int, draws: int) -> dict[str, object]:
    """Time one band, as pointpats does it."""
    x, y, day = _facts(count)
    began = time.perf_counter()
    found = knox(close_pairs(x, y, [100.0]), day, [6], draws=draws, seed=1)
    return {
        "seconds": time.perf_counter() - began,
        "observed": found.observed.item(),
        "expected": found.expected.item(),
    }


def pointpats_band(count: int, draws: int) -> dict[str, object]:
    """Time pointpats' Knox on the same facts."""
    from pointpats import Knox

    x, y, day = _facts(count)
    began = time.perf_counter()
    found = Knox(
        np.column_stack([x, y]), day[:, None], delta=100.0, tau=6, permutations=draws, keep=False
    )
    return {
        "seconds": time.perf_counter() - began,
        "observed": int(found.statistic_),
        "expected": float(found.expected[0][0] if np.ndim(found.expected) else found.expected),
    }


def scan(draws: int) -> dict[str, object]:
    """Time a prospective space-time permutation scan."""
    chance = np.random.default_rng(1)
    places, days, count = 5_000, 365, 50_000
    x, y = np.arange(places) % 71 * 300.0, np.arange(places) // 71 * 300.0
    place = chance.choice(places, count, p=chance.dirichlet(np.full(places, 0.7)))
    slot = chance.integers(0, days, count)
    counts = np.zeros((places, days), np.int64)
    np.add.at(counts, (place, slot), 1)
    began = time.perf_counter()
    base = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / count
    circles, windows = make_circles(x, y, 1_000.0), make_windows(days, 28, prospective=True)
    ratio = poisson_ratio(float(count))
    found = clusters(counts, base, circles, windows, ratio)
    drawn = highest_of_draws(
        lambda chance: (place, chance.permutation(slot)),
        *(base, circles, windows, ratio),
        cases=count,
        draws=draws,
        seed=1,
        wanted=found[-1].llr - 1e-9,
    )
    return {
        "seconds": time.perf_counter() - began,
        "facts": count,
        "draws": draws,
        "cylinders": circles.member.size * len(windows),
        "llr": found[0].llr,
        "p": (1 + int((drawn >= found[0].llr - 1e-9).sum())) / (1 + draws),
    }


def _million(side: int) -> tuple[np.ndarray, object]:
    x, y = (axis.ravel() * 1.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    values = np.random.default_rng(1).poisson(1.0, side * side).astype(np.float64)
    return values, within(x, y, 1.5, itself=True)


def gi_star(side: int) -> dict[str, object]:
    """Time Gi* and its probabilities; the weights are the same for both and not timed."""
    values, weights = _million(side)
    began = time.perf_counter()
    found = getis_ord(values, weights)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cells": side * side, "z_sum_of_squares": float((found.z**2).sum())}


def esda_gi_star(side: int) -> dict[str, object]:
    """Time esda's Gi* without its permutations on the same weights."""
    from esda import G_Local
    from libpysal.graph import Graph

    values, weights = _million(side)
    warnings.simplefilter("ignore")
    graph = Graph.from_sparse(weights)
    began = time.perf_counter()
    found = G_Local(values, graph, transform="B", star=None, permutations=0)
    seconds = time.perf_counter() - began
    z = np.asarray(found.Zs)
    return {"seconds": seconds, "cells": side * side, "z_sum_of_squares": float((z**2).sum())}


TASKS: dict[str, Callable[[], dict[str, object]]] = {
    "near_repeat_100000": lambda: near_repeat(100_000, 99),
    "knox_one_band_10000": lambda: one_band(10_000, 99),
    "pointpats_one_band_10000": lambda: pointpats_band(10_000, 99),
    "scan_5000x365_999": lambda: scan(999),
    "gi_star_1000000": lambda: gi_star(1_000),
    "esda_gi_star_1000000": lambda: esda_gi_star(1_000),
}


def main() -> None:
    """Run every task, or the one that is named, in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=TASKS)
    parser.add_argument("--inside", action="store_true")
    asked = parser.parse_args()
    if asked.inside:
        answer = TASKS[asked.only]()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        answer["cpu_seconds"] = usage.ru_utime + usage.ru_stime
        answer["peak_mb"] = usage.ru_maxrss / 1024
        print(
            json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in answer.items()})
        )
        return
    answers: dict[str, object] = {
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    for name in [asked.only] if asked.only else TASKS:
        command = [sys.executable, __file__, "--inside", "--only", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failed = {"failed": done.stderr.strip().splitlines()[-1:]}
        answers[name] = failed if done.returncode else json.loads(done.stdout.splitlines()[-1])
        print(name, answers[name], flush=True)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
