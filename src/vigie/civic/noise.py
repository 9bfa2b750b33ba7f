"""Noise of public figures: drawn by OpenDP, with the half-width that is printed beside each one.

The mechanism is OpenDP's discrete Laplace on integers, sampled exactly (no floating-point gap).
OpenDP is the optional extra ``liberties``; without it nothing is published.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from vigie.base.errors import MissingPart

COVERED = 0.95
"""Share of the draws that lie within the half-width."""


def _opendp() -> Any:
    try:
        import opendp.prelude as dp  # noqa: PLC0415 - optional, and slow to load
    except ImportError as error:
        raise MissingPart(what="OpenDP", remedy="pip install 'vigie[liberties]'") from error
    dp.enable_features("contrib")
    return dp


def add_noise(counts: Sequence[int], cost: int) -> list[int]:
    """Return counts with noise, such that one fact more or less costs ``cost`` and no more.

    The counts are those of a partition: one fact changes one of them by one.

    Args:
        counts: Counts of disjoint cells.
        cost: Thousandths of epsilon.

    Raises:
        MissingPart: When OpenDP is not installed.
    """
    dp = _opendp()
    if not counts:
        return []
    space = (dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int))
    mechanism = dp.m.make_laplace(*space, scale=1000 / cost)
    drawn: list[int] = mechanism(list(counts))
    return drawn


def stated_loss(cost: int) -> float:
    """Return the epsilon that OpenDP certifies for one fact more or less.

    Raises:
        MissingPart: When OpenDP is not installed.
    """
    dp = _opendp()
    space = (dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int))
    return float(dp.m.make_laplace(*space, scale=1000 / cost).map(1))


@cache
def half_width(cost: int, cells: int = 1) -> int:
    """Return the least h such that 95 % of the sums of ``cells`` draws lie within -h and h.

    By convolving the distribution, P(x) = (1 - a) / (1 + a) * a^|x| with a = e^-epsilon.
    """
    ratio = math.exp(-cost / 1000)
    reach = math.ceil(30_000 / cost)
    one = (1 - ratio) / (1 + ratio) * ratio ** np.abs(np.arange(-reach, reach + 1))
    one /= one.sum()
    total = np.ones(1)
    power, left = one, cells
    while left:
        if left & 1:
            total = np.convolve(total, power)
        left >>= 1
        if left:
            power = np.convolve(power, power)
    middle = len(total) // 2
    inside = total[middle]
    h = 0
    while inside < COVERED:
        h += 1
        inside += total[middle - h] + total[middle + h]
    return h
