"""Time and memory of the analyses on large data, beside the libraries that can do the same.

    python3 run.py bench analyses

Each task runs in a process of its own, one after the other, so that peaks of memory are its own:

* near repeats on 100,000 facts (bands of 100, 200, 300 m by four weeks, 99 draws), beside SciPy's
  tree of points and NumPy, as one writes it by hand, with the same shuffles and so the same counts,
  quantiles and p; one band on 10,000, beside pointpats' Knox (it holds every pair of facts in time
  as a Python tuple: 180 million for 100,000 facts in a year) with the same numbers;
* a scan of 5,000 cells by 365 days with 999 permutations, clusters that go on now, circles to 1 km,
  stretches to 28 days; beside it the same map of facts, once and without draws, cylinder after
  cylinder in plain NumPy, whose highest ratio must be the same (no Python library does this scan);
  and a retrospective one of 1,200 cases in 30 areas and 20 years, 999 draws;
* Gi* on a million cells, counts and amounts, beside esda's on the same neighbours, whose z must be
  the same to 1e-9; and the whole way from coordinates to what is told (neighbours, z, p; here
  false-discovery control too).

``cpu_seconds`` are the processor's, of all threads, of the timed part alone: they say more than
``seconds`` where others share the machine; ``load`` is how many waited. ``peak_mb`` is of the whole
process, its libraries and data too. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _small import SMALL, either
from scipy.spatial import KDTree

from vigie.analyse.association import getis_ord
from vigie.analyse.draws import false_discovery
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
PLACES, FACTS, DAYS = either((5_000, 50_000, 365), (60, 400, 40))
SIDE = either(1_000, 21)
DRAWS = either(99, 9)


class Watch:
    """Time since it was made: by the clock, and of the processor."""

    def __init__(self) -> None:
        self._began, self._used = time.perf_counter(), time.process_time()

    def told(self) -> dict[str, object]:
        """Return both."""
        seconds, used = time.perf_counter() - self._began, time.process_time() - self._used
        return {"seconds": seconds, "cpu_seconds": used}


def _facts(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return facts on 240 km2, half of them around 400 busy places, and their days."""
    chance = np.random.default_rng(1)
    busy = chance.random((400, 2)) * WIDE_M
    place = chance.random((count, 2)) * WIDE_M
    half = count // 2
    place[:half] = busy[chance.integers(0, 400, half)] + chance.normal(0, 150, (half, 2))
    return place[:, 0], place[:, 1], chance.integers(0, 365, count)


METRES, WEEKS = [100.0, 200.0, 300.0], [6, 13, 20, 27]


def near_repeat(count: int, draws: int) -> dict[str, object]:
    """Time near repeats in three bands by four."""
    x, y, day = _facts(count)
    watch = Watch()
    pairs = close_pairs(x, y, METRES)
    found = knox(pairs, day, WEEKS, draws=draws, seed=1)
    return {
        **watch.told(),
        "pairs": len(pairs.first),
        "draws": draws,
        "observed": found.observed.ravel().tolist(),
        "high": found.high.ravel().tolist(),
        "p": np.round(found.p, 6).ravel().tolist(),
    }


def plain_near_repeat(count: int, draws: int) -> dict[str, object]:
    """Time the same with SciPy's tree of points and NumPy, each shuffle over all pairs.

    The shuffles are the same, so every number must be.
    """
    x, y, day = _facts(count)
    watch = Watch()
    place = np.column_stack([x, y])
    pairs = KDTree(place).query_pairs(METRES[-1], output_type="ndarray")
    first, second = pairs[:, 0], pairs[:, 1]
    apart = np.hypot(*(place[first] - place[second]).T)
    band = np.searchsorted(METRES, apart) * 5

    def table(days: np.ndarray) -> np.ndarray:
        weeks = np.minimum(np.abs(days[first] - days[second]) // 7, 4)
        return np.bincount(band + weeks, minlength=15).reshape(3, 5)[:, :4]

    observed = table(day)
    drawn = np.array(
        [table(np.random.default_rng([1, one]).permutation(day)) for one in range(draws)]
    )
    p = (1 + (drawn >= observed).sum(axis=0)) / (1 + draws)
    return {
        **watch.told(),
        "pairs": len(pairs),
        "draws": draws,
        "observed": observed.ravel().tolist(),
        "high": np.quantile(drawn, 0.975, axis=0).ravel().tolist(),
        "p": np.round(p, 6).ravel().tolist(),
    }


def one_band(count: int, draws: int) -> dict[str, object]:
    """Time one band, as pointpats does it."""
    x, y, day = _facts(count)
    watch = Watch()
    found = knox(close_pairs(x, y, [100.0]), day, [6], draws=draws, seed=1)
    return {
        **watch.told(),
        "observed": found.observed.item(),
        "expected": found.expected.item(),
    }


def pointpats_band(count: int, draws: int) -> dict[str, object]:
    """Time pointpats' Knox on the same facts."""
    from pointpats import Knox

    x, y, day = _facts(count)
    watch = Watch()
    found = Knox(
        np.column_stack([x, y]), day[:, None], delta=100.0, tau=6, permutations=draws, keep=False
    )
    return {
        **watch.told(),
        "observed": int(found.statistic_),
        "expected": float(found.expected[0][0] if np.ndim(found.expected) else found.expected),
    }


def _map() -> tuple[np.ndarray, ...]:
    """Return x and y of 5,000 cells, the place and the day of 50,000 facts, and their counts."""
    chance = np.random.default_rng(1)
    places, days, count = PLACES, DAYS, FACTS
    x, y = np.arange(places) % 71 * 300.0, np.arange(places) // 71 * 300.0
    place = chance.choice(places, count, p=chance.dirichlet(np.full(places, 0.7)))
    slot = chance.integers(0, days, count)
    counts = np.zeros((places, days), np.int64)
    np.add.at(counts, (place, slot), 1)
    return x, y, place, slot, counts


def scan(draws: int) -> dict[str, object]:
    """Time a prospective space-time permutation scan."""
    x, y, place, slot, counts = _map()
    count, days = len(place), counts.shape[1]
    watch = Watch()
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
        **watch.told(),
        "facts": count,
        "draws": draws,
        "cylinders": circles.member.size * len(windows),
        "llr": found[0].llr,
        "observed": found[0].observed,
        "p": (1 + int((drawn >= found[0].llr - 1e-9).sum())) / (1 + draws),
    }


def plain_scan() -> dict[str, object]:
    """Time the same scan of the facts alone, cylinder after cylinder: one map of the thousand."""
    x, y, place, _, counts = _map()
    count = len(place)
    watch = Watch()
    base = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / count
    seen, expected = (part[:, ::-1][:, :28].cumsum(axis=1) for part in (counts, base))
    best, observed = 0.0, 0
    for centre in range(len(x)):
        away = np.hypot(x - x[centre], y - y[centre])
        for radius in np.unique(away[away <= 1_000.0]):
            inside = away <= radius
            c, m = seen[inside].sum(axis=0), expected[inside].sum(axis=0)
            for cases, mean in zip(c.tolist(), m.tolist(), strict=True):
                if cases > max(mean, 1):
                    rest = count - cases
                    value = cases * np.log(cases / mean) + rest * np.log(rest / (count - mean))
                    best, observed = max((best, observed), (float(value), cases))
    return {**watch.told(), "draws": 0, "llr": best, "observed": observed}


def scan_ever(draws: int) -> dict[str, object]:
    """Time a retrospective scan of 30 areas in 20 years, 1,200 cases, as an epidemiologist's."""
    chance = np.random.default_rng(1)
    areas, years, cases = 30, 20, 1_200
    x, y = chance.random(areas) * 300_000.0, chance.random(areas) * 300_000.0
    base = np.outer(chance.dirichlet(np.full(areas, 0.7)), np.full(years, cases / years))
    sums = np.cumsum(base.ravel())

    def drop(one: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        flat = np.searchsorted(sums, one.random(cases) * sums[-1], side="right")
        return np.divmod(np.minimum(flat, base.size - 1), years)

    place, slot = drop(chance)
    counts = np.zeros((areas, years), np.int64)
    np.add.at(counts, (place, slot), 1)
    watch = Watch()
    circles, windows = make_circles(x, y, 150_000.0), make_windows(years, 10, prospective=False)
    ratio = poisson_ratio(float(cases))
    found = clusters(counts, base, circles, windows, ratio)
    drawn = highest_of_draws(
        *(drop, base, circles, windows, ratio),
        cases=cases,
        draws=draws,
        seed=1,
        wanted=found[-1].llr - 1e-9,
    )
    return {
        **watch.told(),
        "draws": draws,
        "cylinders": circles.member.size * len(windows),
        "llr": found[0].llr,
        "p": (1 + int((drawn >= found[0].llr - 1e-9).sum())) / (1 + draws),
    }


def _million(side: int, *, amounts: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y and the values of a square of cells: few counts, or amounts."""
    x, y = (axis.ravel() * 1.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    chance = np.random.default_rng(1)
    size = side * side
    values = chance.gamma(0.7, 2.0, size) if amounts else chance.poisson(1.0, size) * 1.0
    return x, y, values


def _z(z: np.ndarray) -> dict[str, object]:
    """Return what tells two z apart: their sum of squares and some of them, to 1e-9."""
    some = np.round(z[:: len(z) // 7], 9).tolist()
    return {"cells": len(z), "z_sum_of_squares": float((z**2).sum()), "some_z": some}


def gi_star(side: int, *, amounts: bool = False) -> dict[str, object]:
    """Time Gi* and its probabilities; the neighbours are the same for both and not timed."""
    x, y, values = _million(side, amounts=amounts)
    weights = within(x, y, 1.5, itself=True)
    watch = Watch()
    found = getis_ord(values, weights)
    return {**watch.told(), **_z(found.z)}


def gi_star_whole(side: int) -> dict[str, object]:
    """Time the way from coordinates to what is told at 5 % of false discoveries."""
    x, y, values = _million(side)
    watch = Watch()
    found = getis_ord(values, within(x, y, 1.5, itself=True))
    told = int((false_discovery(found.p) <= 0.05).sum())
    return {**watch.told(), **_z(found.z), "told": told}


def esda_gi_star(side: int, *, amounts: bool = False) -> dict[str, object]:
    """Time esda's Gi* and its normal probabilities, without permutations, on the same neighbours.

    A first one on few cells pays for what is compiled or loaded once.
    """
    from esda import G_Local
    from libpysal.graph import Graph

    warnings.simplefilter("ignore")
    _esda(G_Local, Graph, 20, amounts=amounts)
    return _esda(G_Local, Graph, side, amounts=amounts)


def _esda(local: Any, graph: Any, side: int, *, amounts: bool) -> dict[str, object]:
    x, y, values = _million(side, amounts=amounts)
    near = graph.from_sparse(within(x, y, 1.5, itself=True))
    watch = Watch()
    found = local(values, near, transform="B", star=None, permutations=0)
    return {**watch.told(), **_z(np.asarray(found.Zs))}


def esda_gi_star_whole(side: int) -> dict[str, object]:
    """Time libpysal's neighbours and esda's Gi* from the same coordinates."""
    from esda import G_Local
    from libpysal.graph import Graph

    warnings.simplefilter("ignore")
    x, y, values = _million(side)
    watch = Watch()
    near = Graph.build_distance_band(np.column_stack([x, y]), 1.5)
    found = G_Local(values, near.assign_self_weight(1), transform="B", star=None, permutations=0)
    return {**watch.told(), **_z(np.asarray(found.Zs))}


TASKS: dict[str, Callable[[], dict[str, object]]] = {
    "near_repeat_100000": lambda: near_repeat(either(100_000, 600), DRAWS),
    "plain_near_repeat_100000": lambda: plain_near_repeat(either(100_000, 600), DRAWS),
    "knox_one_band_10000": lambda: one_band(either(10_000, 600), DRAWS),
    "pointpats_one_band_10000": lambda: pointpats_band(either(10_000, 600), DRAWS),
    "scan_5000x365_999": lambda: scan(either(999, 9)),
    "plain_scan_5000x365_0": plain_scan,
    "scan_ever_30x20_999": lambda: scan_ever(either(999, 9)),
    "gi_star_1000000": lambda: gi_star(SIDE),
    "esda_gi_star_1000000": lambda: esda_gi_star(SIDE),
    "gi_star_amounts_1000000": lambda: gi_star(SIDE, amounts=True),
    "esda_gi_star_amounts_1000000": lambda: esda_gi_star(SIDE, amounts=True),
    "gi_star_whole_1000000": lambda: gi_star_whole(SIDE),
    "esda_gi_star_whole_1000000": lambda: esda_gi_star_whole(SIDE),
}


def main() -> None:
    """Run every task, or the one that is named, in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=TASKS, action="append", default=[])
    parser.add_argument("--inside", action="store_true")
    asked = parser.parse_args()
    if asked.inside:
        answer = TASKS[asked.only[0]]()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        answer["load"] = os.getloadavg()[0]
        answer["peak_mb"] = usage.ru_maxrss / 1024
        print(
            json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in answer.items()})
        )
        return
    answers: dict[str, object] = {
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    for name in asked.only or TASKS:
        command = [sys.executable, __file__, "--inside", "--only", name]
        if SMALL:  # together: loading the libraries a dozen times would be all there is to see
            answers[name] = TASKS[name]()
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failed = {"failed": done.stderr.strip().splitlines()[-1:]}
        answers[name] = failed if done.returncode else json.loads(done.stdout.splitlines()[-1])
        print(name, answers[name], flush=True)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
