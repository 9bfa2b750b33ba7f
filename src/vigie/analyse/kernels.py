"""Kernel densities on a ground of cells, with the bandwidth judged by facts left out.

Facts are counted in cells first, so the cost is that of the cells, however many facts there are;
a bandwidth well above a cell's width loses nothing by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from vigie.base.errors import WrongUsage
from vigie.base.stopping import look

Floats = npt.NDArray[np.float64]

REACH = 3.0
"""Bandwidths at which the Gaussian kernel is cut."""
MOST_PAIRS = 40_000_000
EVEN = 0.01
"""Share of an even density mixed in when a bandwidth is judged: a lone fact is not impossible."""


class Density(NamedTuple):
    """A density at each cell (first axis).

    Attributes:
        value: Facts per square metre (and per what the counts are per).
        error: Standard error from counting, the facts' places given.
        facts: How many facts it rests on: the number of equal weights with the same error.
    """

    value: Floats
    error: Floats
    facts: Floats


def kernel_matrix(x: Floats, y: Floats, bandwidth_m: float) -> scipy.sparse.csr_array:
    """Return the Gaussian kernel of each two cells, per square metre, cut at ``REACH``.

    Raises:
        WrongUsage: When too many cells are within reach of each other.
    """
    place = np.column_stack([x, y])
    tree = scipy.spatial.KDTree(place)
    pairs = int(tree.count_neighbors(tree, REACH * bandwidth_m))
    if pairs > MOST_PAIRS:
        raise WrongUsage(reason=f"{pairs} pairs of cells, at most {MOST_PAIRS}", field="resolution")
    found = tree.sparse_distance_matrix(tree, REACH * bandwidth_m, output_type="ndarray")
    height = np.exp(-0.5 * (found["v"] / bandwidth_m) ** 2) / (2 * np.pi * bandwidth_m**2)
    rows, columns = found["i"].astype(np.int32), found["j"].astype(np.int32)
    return scipy.sparse.csr_array((height, (rows, columns)), shape=(len(x), len(x)))


def smooth(counts: Floats, kernel: scipy.sparse.csr_array, area_m2: float) -> Density:
    """Return the density of counts, corrected at the edge for the kernel's part off the ground.

    Args:
        counts: By cell, or cells by columns.
        kernel: Of the cells.
        area_m2: Of a cell.
    """
    inside = np.asarray(kernel.sum(axis=1)).ravel() * area_m2
    inside = inside.reshape(-1, *[1] * (counts.ndim - 1))
    first = np.asarray(kernel @ counts, np.float64)
    second = np.asarray(kernel.power(2) @ counts, np.float64)
    facts = np.divide(first**2, second, out=np.zeros_like(first), where=second > 0)
    return Density(first / inside, np.sqrt(second) / inside, facts)


def left_out_score(counts: Floats, kernel: scipy.sparse.csr_array, area_m2: float) -> float:
    """Return the mean log density of each fact told by all the others (higher is better).

    NaN with fewer than two facts.
    """
    total = float(counts.sum())
    if total <= 1.0:
        return float("nan")
    inside = np.asarray(kernel.sum(axis=1)).ravel() * area_m2
    others = (np.asarray(kernel @ counts) - kernel.diagonal()) / inside / (total - 1.0)
    mixed = (1.0 - EVEN) * others + EVEN / (area_m2 * len(counts))
    taken = counts > 0
    return float((counts[taken] * np.log(mixed[taken])).sum() / total)


def choose_bandwidth(
    x: Floats, y: Floats, counts: Floats, area_m2: float, candidates: Sequence[float]
) -> tuple[float, dict[float, float]]:
    """Return the bandwidth under which facts left out are likeliest, and the score of each.

    With fewer than two facts it is the widest. (Silverman 1986, likelihood cross-validation.)

    Raises:
        WrongUsage: When too many cells are within reach of each other.
        Stopping: When the process is told to stop.
    """
    scores: dict[float, float] = {}
    for one in candidates:
        look()
        scores[one] = left_out_score(counts, kernel_matrix(x, y, one), area_m2)
    if any(np.isnan(score) for score in scores.values()):
        return max(candidates), {}
    return max(scores, key=lambda one: (scores[one], one)), scores
