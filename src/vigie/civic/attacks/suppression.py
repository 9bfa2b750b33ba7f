"""Withheld cells computed back from the margins, by linear programming (HiGHS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np

from vigie.civic.attacking import Attack, Draw, Methods, Outcome, scipy_part
from vigie.civic.publishing import Release, Shelf, parse_week
from vigie.civic.tables import PUBLIC_TABLES
from vigie.privacy.disclosure import threshold
from vigie.privacy.suppression import TOTAL, Cell, Key, lay_out

Interval = tuple[float, float]
_HALF = 0.5
_NEAR = 1e-6
"""What the solver's arithmetic may be off by."""


def intervals(cells: Sequence[Cell], withheld: AbstractSet[Key]) -> Mapping[Key, Interval]:
    """Return the least and greatest value of each withheld cell, given all that is shown.

    What goes in at a node of the table goes out: those sums are all that is published of its
    structure. The attacker knows that a withheld cell is at least its ``low``. Where the shown
    figures contradict each other there is no solution: from infinity to infinity.
    """
    optimize = scipy_part("optimize")
    unknown = [cell for cell in cells if cell.key in withheld]
    nodes = sorted({node for cell in cells for node in (cell.tail, cell.head)})
    at = {node: number for number, node in enumerate(nodes)}
    sums, known = np.zeros((len(nodes), len(unknown))), np.zeros(len(nodes))
    for number, cell in enumerate(unknown):
        sums[at[cell.head], number] += 1
        sums[at[cell.tail], number] -= 1
    for cell in cells:
        if cell.key not in withheld:
            known[at[cell.head]] -= cell.value
            known[at[cell.tail]] += cell.value
    bounds = [(cell.low, None) for cell in unknown]
    found: dict[Key, Interval] = {}
    for number, cell in enumerate(unknown):
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(unknown))
            goal[number] = sign
            solved = optimize.linprog(goal, A_eq=sums, b_eq=known, bounds=bounds, method="highs")
            ends.append(sign * solved.fun if solved.status == 0 else np.inf)
        found[cell.key] = (float(ends[0]), float(ends[1]))
    return found


def stored_intervals(release: Release) -> Mapping[Key, Interval]:
    """Return the interval of each withheld figure of a stored release, as anybody can compute it.

    The attacker knows how releases are made, so he knows the least value of a noised count.
    """
    shown = {(one["row"], one["column"]): one["value"] for one in release["figures"]}
    parents = dict.fromkeys({row for row, _ in shown} - {TOTAL}, TOTAL)
    columns = {column for _, column in shown} - {TOTAL} or {TOTAL}
    floor = -2 * min(one["half_width"] for one in release["figures"])
    blank = lay_out({(r, c): 0 for r in parents for c in columns}, parents, floor=floor)
    cells = [replace(cell, value=shown[cell.key] or 0) for cell in blank]
    return intervals(cells, {key for key, value in shown.items() if value is None})


def run_on_shelf(shelf: Shelf) -> Outcome:
    """Attack every release that a home has told: count the intervals under its threshold."""
    tried = narrow = releases = 0
    for name in PUBLIC_TABLES:
        for week in shelf.weeks(name):
            release = shelf.read(name, parse_week(week))
            releases += 1
            for low, high in stored_intervals(release).values():
                tried += 1
                narrow += not high - low >= release["least"] - _NEAR
    return Outcome(releases, narrow, 0, {"cells": tried})


def random_table(draw: Draw) -> tuple[Cell, ...]:
    """Return a table of zones, some of them within others, by two to four columns."""
    zones = [f"zone{number}" for number in range(int(draw.integers(3, 6)))]
    columns = [f"column{number}" for number in range(int(draw.integers(2, 5)))]
    parents = dict.fromkeys(zones, TOTAL)
    if draw.random() < _HALF:
        parents |= {"inner": TOTAL, zones[0]: "inner", zones[1]: "inner"}
    rate = draw.choice([2.0, 8.0, 25.0])
    drawn = draw.poisson(draw.gamma(1.0, rate, (len(zones), len(columns)))).tolist()
    return lay_out(
        {(z, c): drawn[i][j] for i, z in enumerate(zones) for j, c in enumerate(columns)}, parents
    )


def run(methods: Methods, draw: Draw, runs: int) -> Outcome:
    """Count the withheld cells of random tables whose interval is narrower than the threshold."""
    least = threshold("agency")
    cells_tried = narrow = exact = 0
    narrowest = np.inf
    for _ in range(runs):
        table = random_table(draw)
        for low, high in intervals(table, methods.withhold(table, least)).values():
            cells_tried += 1
            narrow += not high - low >= least - _NEAR
            exact += high - low < _NEAR
            narrowest = min(narrowest, high - low)
    numbers = {"cells": cells_tried, "exact": exact, "narrowest": float(narrowest)}
    return Outcome(runs, narrow, 0, numbers)


ATTACK = Attack(
    name="suppression",
    title={
        "fr": "Recalculer les cases masquées depuis les totaux (programmation linéaire)",
        "en": "Compute withheld cells back from the totals (linear programming)",
    },
    measure={"fr": "cases trop bien encadrées", "en": "cells bounded too well"},
    runs=200,
    run=run,
)
