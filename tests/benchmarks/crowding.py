"""How often the interval of crowding holds the true number of people of the synthetic city.

    python3 run.py bench crowding [--seeds 41 42 43] [--days 42] [--every 12]

Cities that nothing was fitted to are made, their operators tell presence (rounded, with an error
of 4 %), cameras count density on squares, stations count boardings. Four weeks are learnt, the days
after them asked, learnt anew each week: with the figure of the hour itself, one, two, three and six
hours old, without any, and with presence two hours old beside cameras and boardings of the hour.
For each the share of hours and cells whose *true* number lies in the interval that says 80 %, and
how wide that is. The last line is JSON; asked is 78 to 82 % of each.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from _small import sized

from vigie.city import levels
from vigie.city.counters import counted
from vigie.city.truth import Truth, make_truth
from vigie.judge.crowding import COVERAGE, LATEST, Learnt, Past, Told, estimate, learn

LEARNT_H = 28 * 24
WEEK_H = 7 * 24
OLDEST_H = 6
LAGS = (0, 1, 2, 3, 6)
ASKED = (0.78, 0.82)
NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)


class City:
    """What is true and what is told, by hour and presence cell."""

    def __init__(self, truth: Truth) -> None:
        over = truth.span
        sort = np.where(over.holiday | (over.weekday == 6), 2, np.where(over.weekday == 5, 1, 0))
        self.slot = np.asarray(sort * 24 + over.local_hour)
        self.level = levels.presence(truth)
        value, given = levels.counted(truth, self.level)
        self.presence = np.where(given, value, np.nan)
        grids = counted(truth)
        self.signals = {n: np.log(np.maximum(g, 1e-3)) for n, g in grids.items()}

    def learnt(self, start: int) -> Learnt:
        """Learn the four weeks before an hour."""
        part = slice(start - LEARNT_H, start)
        signals = {name: grid[part] for name, grid in self.signals.items()}
        return learn(Past(self.slot[part], self.presence[part], signals))

    def told(self, hour: int, cell: int, lag: int) -> list[Told]:
        """Return the latest presence figures that are so old at least."""
        found = []
        for ago in range(lag, OLDEST_H + LATEST):
            value = self.presence[hour - ago, cell]
            if np.isfinite(value) and len(found) < LATEST and ago <= max(OLDEST_H, lag + 2):
                at = int(self.slot[hour - ago])
                found.append(Told("", float(np.log(value)), at, float(ago)))
        return found

    def counted(self, hour: int, cell: int) -> list[Told]:
        """Return what cameras and stations tell of the hour."""
        return [
            Told(name, float(grid[hour, cell]), int(self.slot[hour]), 0.0)
            for name, grid in self.signals.items()
            if np.isfinite(grid[hour, cell])
        ]


def asked(city: City, every: int) -> Iterator[tuple[str, bool, float]]:
    """Yield for each question what was told, whether the truth was held, and the relative width."""
    hours, cells = city.level.shape
    for start in range(LEARNT_H, hours, WEEK_H):
        learnt = city.learnt(start)
        for hour in range(start, min(start + WEEK_H, hours)):
            for cell in range(hour % every, cells, every):
                told = {f"{lag} h old": city.told(hour, cell, lag) for lag in LAGS}
                told["silent"] = []
                beside = city.counted(hour, cell)
                if beside:
                    told["2 h old, counts beside"] = city.told(hour, cell, 2) + beside
                    told["2 h old, same cells"] = city.told(hour, cell, 2)
                    told["silent, counts beside"] = beside
                for name, some in told.items():
                    if not some and name != "silent":
                        continue
                    found = estimate(learnt, cell, int(city.slot[hour]), some)
                    if found is not None:
                        true = city.level[hour, cell]
                        width = (found.high - found.low) / max(found.usual, 1.0)
                        yield name, bool(found.low <= true <= found.high), width


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[41, 42, 43])
    parser.add_argument("--days", type=int, default=42)
    parser.add_argument("--every", type=int, default=12, help="Of the cells, each so many-th.")
    args = sized(parser.parse_args(), seeds=1, days=30)
    held: dict[str, list[bool]] = defaultdict(list)
    width: dict[str, list[float]] = defaultdict(list)
    began = time.process_time()
    for seed in args.seeds:
        city = City(make_truth(seed=seed, days=args.days, scale=0.01, now=NOW, planted=20))
        for name, inside, wide in asked(city, args.every):
            held[name].append(inside)
            width[name].append(wide)
    figures: dict[str, Any] = {
        name: {
            "held": round(float(np.mean(some)), 4),
            "n": len(some),
            "width": round(float(np.median(width[name])), 3),
        }
        for name, some in held.items()
    }
    met = {n: ASKED[0] <= one["held"] <= ASKED[1] for n, one in figures.items()}
    for name, one in figures.items():
        word = "met" if met[name] else "MISSED"
        sys.stdout.write(f"{name}: {one['held']:.1%} of {one['n']} held ({word}),"
                         f" usual width {one['width']:.2f} of the usual number\n")  # fmt: skip
    told = {"name": "crowding", "declared": COVERAGE, "asked": ASKED, "figures": figures,
            "met": met, "seeds": args.seeds,
            "user_s": round(time.process_time() - began, 1)}  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
