"""Links over a long time: reports compared span by span, so that a year of a city fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import WrongUsage
from vigie.base.hands import OWN, Hands
from vigie.judge.linkage import (
    Floats,
    Ints,
    Links,
    Reports,
    Weights,
    candidates,
    probabilities,
    shipped_weights,
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


@dataclass(frozen=True, slots=True)
class _Span:
    """Reports compared together.

    Attributes:
        reports: In the order of their positions among all.
        begun: Those that begin in the span itself; of the others only their pairs with these.
    """

    reports: Reports
    begun: npt.NDArray[np.bool_]


def link_over_time(
    reports: Reports,
    weights: Weights | None = None,
    *,
    least: float = 0.0,
    hands: Hands = OWN,
) -> Links:
    """Return the pairs that may tell of one incident, in the order of their positions.

    Args:
        reports: In any order, over any time.
        weights: What comparisons weigh; by default those that come with Vigie.
        least: Pairs less probable are left out.
        hands: Compare the spans of time; the links are the same from any.

    Raises:
        WrongUsage: When too many pairs would have to be compared.
        Stopping: When the process is told to stop.
    """
    order = np.argsort(reports.earliest_us, kind="stable").astype(np.int64)
    insides: list[Ints] = []
    found: list[tuple[Ints, Ints, Floats]] = []
    many = 0
    work = partial(_link_span, weights=weights or shipped_weights(), least=least)
    for left, right, shown, compared in hands.each(work, _spans(reports, order, insides)):
        many += int(compared)
        if many > MOST_PAIRS:
            raise _too_many()
        inside = insides[len(found)]
        found.append((inside[left], inside[right], shown))
    if not found:
        none = np.empty(0, np.int64)
        return Links(none, none, np.empty(0))
    left, right, shown = (np.concatenate([one[k] for one in found]) for k in range(3))
    sorted_by = np.lexsort((right, left))
    return Links(left[sorted_by], right[sorted_by], shown[sorted_by])


def _spans(reports: Reports, order: Ints, insides: list[Ints]) -> Iterator[_Span]:
    """Yield each span of time with its reports; their positions are appended to ``insides``."""
    start = reports.earliest_us[order]
    low = int(start[0]) if len(start) else 0
    while len(start) and low <= int(start[-1]):
        first, middle, last = np.searchsorted(start, [low, low + SPAN_US, low + SPAN_US + AHEAD_US])
        inside = np.sort(order[first:last])
        insides.append(inside)
        mine = some_reports(reports, inside)
        yield _Span(mine, mine.earliest_us < low + SPAN_US)
        low = int(start[middle]) if middle < len(start) else int(start[-1]) + 1


def _link_span(span: _Span, *, weights: Weights, least: float) -> tuple[Ints, Ints, Floats, Ints]:
    """Return the pairs of a span, their probability, and how many were compared."""
    mine = span.reports
    left, right = candidates(mine)
    if len(left) > MOST_PAIRS:
        raise _too_many()
    many = np.array(len(left))
    kept = span.begun[left] | span.begun[right]
    kept &= np.abs(mine.earliest_us[left] - mine.earliest_us[right]) <= AHEAD_US
    left, right = left[kept], right[kept]
    shown = probabilities(mine, left, right, weights)
    told = shown >= least
    return left[told], right[told], shown[told], many


def _too_many() -> WrongUsage:
    return WrongUsage(reason=f"more than {MOST_PAIRS} pairs of reports", field="from")
