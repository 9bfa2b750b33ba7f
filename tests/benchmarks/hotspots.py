"""Hot spots of the geometry of the NIJ challenge on the open points of Chicago.

    python3 run.py bench hotspots --points FILE.parquet

600 ft cells, 20 of them flagged (0.25 sq mi), one month ahead, twelve origins (January to December
2017), PEI by kind beside the count of the last year, EWMA of 180 days and a kernel density. A grid
has no right place, and where it begins moves every figure, the baselines' too: four alignments are
run (the south-west corner of the points, and that shifted by half a cell), all are printed.

The rules of the challenge leave the grid to the forecaster, before the months that are scored. So
the six origins from July to December 2016 are run too: they choose one alignment for each kind, and
its figure of 2017 is printed as ``on_the_grid_chosen``. How far the chosen grid is luck is told by
the mean of the four. Each map is told from days before its origin only, but what Vigie's map
averages was settled while looking at 2017: its figures there are development figures. What 2016
alone would have chosen for all kinds together, ``long_memory``, stands beside it: it is the only
method here whose figures of 2017 were not looked at before it was chosen, baselines aside.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import time
from datetime import date

import numpy as np
import pyarrow.parquet as pq
from _small import either

from vigie.foresight.forecasting.hotspots import (
    Facts,
    discounted_map,
    efficiency,
    hot_spots,
    smoothed,
)

FOOT = 0.3048
SIDE = 600.0 * FOOT
DEGREE = 111_320.0
FLAGGED = 20
GOALS = {"ALL": 0.90, "BATTERY": 0.60, "ASSAULT": 0.45, "CRIMINAL DAMAGE": 0.40}
REFERENCE = {"ALL": 0.88, "THEFT": 0.89, "BATTERY": 0.57, "ASSAULT": 0.41, "CRIMINAL DAMAGE": 0.36}
KINDS = ("THEFT", "BATTERY", "ASSAULT", "CRIMINAL DAMAGE")
ALIGNMENTS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))[: either(4, 2)]
FIRST = date(2016, 1, 1)
BEFORE, SCORED = (2016, 7, either(6, 1)), (2017, 1, either(12, 1))
METHODS = ("vigie", "long_memory", "count_365", "ewma_180", "kde_365")


def read(path, east, north):
    """Return the facts on a grid shifted by shares of a cell."""
    table = pq.read_table(path, columns=["time", "category", "lat", "lon"])
    latitude, longitude = table["lat"].to_numpy(), table["lon"].to_numpy()
    metres = np.cos(np.deg2rad(latitude.mean())) * DEGREE
    column = ((longitude - longitude.min()) * metres / SIDE + east).astype(np.int64)
    row = ((latitude - latitude.min()) * DEGREE / SIDE + north).astype(np.int64)
    columns = int(column.max()) + 1
    day = table["time"].to_numpy().astype("datetime64[D]") - np.datetime64(FIRST)
    kind = np.array([KINDS.index(one) for one in table["category"].to_pylist()])
    return Facts(int(row.max()) + 1, columns, row * columns + column, day.astype(np.int64), kind)


def months(year, first, count):
    """Return first and last day of each month scored."""
    run = range(first - 1, first + count)
    firsts = [date(year + month // 12, month % 12 + 1, 1) for month in run]
    return list(itertools.pairwise((one - FIRST).days for one in firsts))


def long_memory(facts, origin, kind):
    """Return the mean of two maps that borrow nothing from neighbours and hardly forget."""
    maps = [discounted_map(facts, origin, half_life, kind) for half_life in (365.0, 2000.0)]
    return sum(one / one.sum() for one in maps)


def maps_of(facts, origin, kind):
    """Return the map of each method, told on its origin."""
    known = facts.before(origin)
    year = known.counted(origin - 365, origin, kind)
    return {
        "vigie": hot_spots(known, origin, kind),
        "long_memory": long_memory(known, origin, kind),
        "count_365": year,
        "ewma_180": discounted_map(known, origin, 180.0, kind),
        "kde_365": smoothed(known, year, 0.5),
    }


def scored(facts, origins):
    """Return, by kind and method, the PEI of each origin."""
    found = {}
    for name in ("ALL", *KINDS):
        kind = KINDS.index(name) if name in KINDS else None
        for origin, last in origins:
            seen = facts.counted(origin, last, kind)
            for method, intensity in maps_of(facts, origin, kind).items():
                value = efficiency(intensity, seen, FLAGGED)
                found.setdefault(name, {}).setdefault(method, []).append(value)
    return found


def told(found):
    """Return the means over origins, and how many origins are better than last year's count."""
    return {
        name: {method: round(float(np.mean(of)), 3) for method, of in by.items()}
        | {"origins_won": sum(a > b for a, b in zip(by["vigie"], by["count_365"], strict=True))}
        for name, by in found.items()
    }


def mean_of(grids):
    """Return the mean over the alignments, by kind and method."""
    names = next(iter(grids.values()))
    return {
        name: {
            method: round(float(np.mean([grid[name][method] for grid in grids.values()])), 3)
            for method in METHODS
        }
        for name in names
    }


def chosen(development, grids):
    """Return, by kind, the alignment that was best before, and what it gave then and later."""
    found = {}
    for name in next(iter(grids.values())):
        best = max(development, key=lambda one: development[one][name]["vigie"])
        found[name] = {
            "grid": best,
            "before": development[best][name]["vigie"],
            **{method: grids[best][name][method] for method in METHODS},
        }
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", required=True)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    development, grids = {}, {}
    for east, north in ALIGNMENTS:
        facts = read(arguments.points, east, north)
        development[f"{east},{north}"] = told(scored(facts, months(*BEFORE)))
        grids[f"{east},{north}"] = told(scored(facts, months(*SCORED)))
    first, means, picked = grids["0.0,0.0"], mean_of(grids), chosen(development, grids)
    figures = {
        "name": "hotspots",
        "pei": {name: by["vigie"] for name, by in picked.items()},
        "on_the_grid_chosen": picked,
        "reached_on_the_grid_chosen": {
            name: picked[name]["vigie"] >= goal for name, goal in GOALS.items()
        },
        "mean_of_grids": means,
        "reached_on_the_mean_of_grids": {
            name: means[name]["vigie"] >= goal for name, goal in GOALS.items()
        },
        "reached_on_the_corner_grid": {
            name: first[name]["vigie"] >= goal for name, goal in GOALS.items()
        },
        "mean_of_grids_before": mean_of(development),
        "grids": grids,
        "grids_before": development,
        "reference_on_its_own_grid": REFERENCE,
        "seconds": round(time.perf_counter() - begun, 1),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
