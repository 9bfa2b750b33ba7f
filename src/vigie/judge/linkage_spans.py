"""Links over a long time: reports compared span by span, so that a year of a city fits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import WrongUsage
from vigie.base.stopping import look
from vigie.judge.linkage import (
    Floats,
    Ints,
    Links,
    Reports,
    Weights,
    candidates,
    probabilities,
)

DAY_US = 86_400_000_000
SPAN_US = 6 * DAY_US
AHEAD_US = 4 * DAY_US
"""Reports that begin further apart are not compared, however wide their intervals."""
REPORT_READS = ("earliest_us", "latest_us", "reported_at", "accuracy_m", "kind", "source")
"""Columns of facts that ``read_reports`` needs, beside a place."""
MOST_PAIRS = 20_000_000


def some_reports(reports: Reports, at: Ints) -> Reports:
    """Return the reports at some positions."""
    r = reports
    return Reports(
        x=r.x[at],
        y=r.y[at],
        accuracy_m=r.accuracy_m[at],
        earliest_us=r.earliest_us[at],
        latest_us=r.latest_us[at],
        reported_us=r.reported_us[at],
        kinds=[r.kinds[i] for i in at],
        sources=[r.sources[i] for i in at],
    )


def read_reports(facts: pa.Table, x: Floats, y: Floats) -> Reports:
    """Return facts as reports.

    Args:
        facts: With the columns ``REPORT_READS``.
        x: East of each, metres of one plane.
        y: North.
    """
    told = pc.fill_null(facts["reported_at"].cast(pa.int64()), 0)
    accuracy = pc.fill_null(facts["accuracy_m"].cast(pa.float64()), np.nan)
    return Reports(
        x=x,
        y=y,
        accuracy_m=np.asarray(accuracy.to_numpy(), np.float64),
        earliest_us=np.asarray(facts["earliest_us"].to_numpy(), np.int64),
        latest_us=np.asarray(facts["latest_us"].to_numpy(), np.int64),
        reported_us=np.asarray(told.to_numpy(), np.int64),
        kinds=facts["kind"].to_pylist(),
        sources=facts["source"].to_pylist(),
    )


def link_over_time(
    reports: Reports, weights: Weights | None = None, *, least: float = 0.0
) -> Links:
    """Return the pairs that may tell of one incident, in the order of their positions.

    Args:
        reports: In any order, over any time.
        weights: What comparisons weigh; by default those that come with Vigie.
        least: Pairs less probable are left out.

    Raises:
        WrongUsage: When too many pairs would have to be compared.
        Stopping: When the process is told to stop.
    """
    order = np.argsort(reports.earliest_us, kind="stable").astype(np.int64)
    start = reports.earliest_us[order]
    found: list[tuple[Ints, Ints, np.ndarray]] = []
    many = 0
    low = int(start[0]) if len(start) else 0
    while len(start) and low <= int(start[-1]):
        look()
        first, middle, last = np.searchsorted(start, [low, low + SPAN_US, low + SPAN_US + AHEAD_US])
        inside = np.sort(order[first:last])
        mine = some_reports(reports, inside)
        left, right = candidates(mine)
        many += len(left)
        if many > MOST_PAIRS:
            raise WrongUsage(reason=f"more than {MOST_PAIRS} pairs of reports", field="from")
        begun = np.zeros(len(reports), bool)
        begun[order[first:middle]] = True
        kept = begun[inside[left]] | begun[inside[right]]
        left, right = left[kept], right[kept]
        near = np.abs(mine.earliest_us[left] - mine.earliest_us[right]) <= AHEAD_US
        left, right = left[near], right[near]
        shown = probabilities(mine, left, right, weights)
        told = shown >= least
        found.append((inside[left[told]], inside[right[told]], shown[told]))
        low = int(start[middle]) if middle < len(start) else int(start[-1]) + 1
    if not found:
        none = np.empty(0, np.int64)
        return Links(none, none, np.empty(0))
    left, right, shown = (np.concatenate([one[k] for one in found]) for k in range(3))
    sorted_by = np.lexsort((right, left))
    return Links(left[sorted_by], right[sorted_by], shown[sorted_by])
