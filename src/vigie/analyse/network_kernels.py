"""Kernels on a network: what is spread along streets is never spread across them, nor lost.

A unit of mass leaves a place both ways along its street under a quartic kernel. At a junction of n
ways the *discontinuous* kernel gives each of the other n - 1 an equal part; the *continuous* one
gives each of the others 2 / n and takes 1 - 2 / n back from the way it came by, so that no step is
seen at junctions (Okabe and Sugihara, Spatial Analysis along Networks, Wiley 2012, chapter 9;
Okabe, Satoh and Sugihara, Int. J. Geographical Information Science 23 (2009) 7). At a dead end
both send everything back, so that mass is conserved on any network, loops included: all ways are
followed, not the shortest alone (McSwiggan, Baddeley and Nair, Scandinavian J. Statistics 44
(2017) 324).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from vigie.base.errors import WrongUsage
from vigie.base.stopping import look
from vigie.geo.lixels import LixelNetwork

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Split = Literal["continuous", "discontinuous"]

FAINT = 1e-5
"""Mass that is not followed further."""
MOST_STEPS = 3_000_000
EVEN = 0.01
"""Share of an even density mixed in when a bandwidth is judged: a lone fact is not impossible."""


def quartic_mass(metres: npt.ArrayLike, bandwidth_m: float) -> Floats:
    """Return the mass of the quartic kernel between its middle and a distance; half of it is 1/2.

    Args:
        metres: Not negative.
        bandwidth_m: Distance at which the kernel ends.
    """
    u = np.minimum(np.asarray(metres, np.float64) / bandwidth_m, 1.0)
    return np.asarray(15 / 16 * (u - 2 * u**3 / 3 + u**5 / 5), np.float64)


def _mass(metres: float, bandwidth_m: float) -> float:
    """Return ``quartic_mass`` of one distance."""
    u = metres / bandwidth_m
    return 0.5 if u >= 1.0 else 0.9375 * u * (1.0 + u * u * (0.2 * u * u - 2 / 3))


class Spreading:
    """Spreads mass from lixels over a network, counting the steps it takes."""

    def __init__(self, network: LixelNetwork, bandwidth_m: float, split: Split) -> None:
        """Prepare.

        Args:
            network: Where mass is spread.
            bandwidth_m: How far it reaches along streets.
            split: What happens at junctions.
        """
        self._network = network
        self._reach = bandwidth_m
        self._split = split
        self.steps = 0
        many = len(network.metres)
        # A half-edge is an edge in a direction: 2 e from its start, 2 e + 1 from its end.
        self._goal = np.stack([network.end, network.start], axis=1).ravel().tolist()
        self._leaving: list[list[int]] = [[] for _ in range(len(network.degree))]
        for edge in range(many):
            self._leaving[int(network.start[edge])].append(2 * edge)
            self._leaving[int(network.end[edge])].append(2 * edge + 1)
        self._bounds = []
        for edge in range(many):
            span = slice(int(network.first[edge]), int(network.first[edge + 1]))
            ahead = network.lixel_to[span]
            behind = network.metres[edge] - network.lixel_from[span][::-1]
            self._bounds += [ahead.tolist(), behind.tolist()]
        self._first, self._metres = network.first.tolist(), network.metres.tolist()

    def from_place(self, edge: int, along: float) -> dict[int, float]:
        """Return the mass each lixel gets of a unit at a place, by lixel."""
        mass: dict[int, float] = {}
        whole = float(self._network.metres[edge])
        self._waiting: dict[tuple[float, int], float] = {}
        self._queue: list[tuple[float, int]] = []
        for half, passed in ((2 * edge, along), (2 * edge + 1, whole - along)):
            self._pass(half, -passed, 1.0, mass)
        while self._queue:
            key = heapq.heappop(self._queue)
            amount = self._waiting.pop(key)
            left = 0.5 - _mass(key[0], self._reach)
            if abs(amount) * left > FAINT:
                self._pass(key[1], key[0], amount, mass)
        return mass

    def _pass(self, half: int, before: float, amount: float, mass: dict[int, float]) -> None:
        """Lay mass on an edge and hand on what reaches its end.

        Args:
            half: The edge and the direction.
            before: Metres gone when the edge begins; below 0 for a start on the edge.
            amount: Share of the kernel on this way.
            mass: Taken down here.
        """
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise WrongUsage(reason=f"more than {MOST_STEPS} ways", field="bandwidth_m")
        edge, back = divmod(half, 2)
        lixel, step = (self._first[edge + 1], -1) if back else (self._first[edge] - 1, 1)
        reach = self._reach
        low = _mass(max(before, 0.0), reach)
        for bound in self._bounds[half]:
            lixel += step
            at = before + bound
            if at <= 0.0:
                continue
            high = _mass(at, reach)
            mass[lixel] = mass.get(lixel, 0.0) + (high - low) * amount
            low = high
            if at >= reach:
                break
        gone = round(before + self._metres[edge], 6)
        if gone >= self._reach:
            return
        leaving = self._leaving[self._goal[half]]
        for other in leaving:
            part = self._part(len(leaving), itself=other == half ^ 1)
            if part:
                key = (gone, other)
                if key not in self._waiting:
                    heapq.heappush(self._queue, key)
                self._waiting[key] = self._waiting.get(key, 0.0) + amount * part

    def _part(self, ways: int, *, itself: bool) -> float:
        """Return the share of what reaches a node that leaves it by one of its ways."""
        if self._split == "continuous":
            return 2 / ways - (1.0 if itself else 0.0)
        if ways == 1:
            return 1.0
        return 0.0 if itself else 1 / (ways - 1)


def network_kernel(
    network: LixelNetwork, bandwidth_m: float, split: Split = "continuous"
) -> scipy.sparse.csr_array:
    """Return the mass that each lixel (rows) gets of a unit in the middle of each (columns).

    Columns sum to 1.

    Raises:
        WrongUsage: When too many ways lie within the bandwidth.
        Stopping: When the process is told to stop.
    """
    spreading = Spreading(network, bandwidth_m, split)
    middle = (network.lixel_from + network.lixel_to) / 2
    rows, columns, values = [], [], []
    for lixel in range(len(network)):
        if lixel % 64 == 0:
            look()
        mass = spreading.from_place(int(network.lixel_edge[lixel]), float(middle[lixel]))
        rows += list(mass)
        columns += [lixel] * len(mass)
        values += list(mass.values())
    size = (len(network), len(network))
    return scipy.sparse.csr_array((values, (rows, columns)), shape=size)


def choose_network_bandwidth(
    network: LixelNetwork, counts: Floats, candidates: Sequence[float], split: Split
) -> float:
    """Return the bandwidth under which facts left out are likeliest; the widest below two facts."""
    total = float(counts.sum())
    if total <= 1.0:
        return max(candidates)
    taken = counts > 0
    scores = {}
    for one in candidates:
        kernel = network_kernel(network, one, split)
        others = np.maximum((kernel @ counts - kernel.diagonal()) / network.lixel_m, 0.0)
        mixed = (1 - EVEN) * others / (total - 1) + EVEN / float(network.lixel_m.sum())
        scores[one] = float((counts[taken] * np.log(mixed[taken])).sum())
    return max(scores, key=lambda one: (scores[one], one))


def tail_moments(
    kernel: scipy.sparse.csr_array, chance: Floats, facts: float
) -> tuple[Floats, ...]:
    """Return mean, standard deviation and skewness of ``kernel @ counts``, exact.

    Args:
        kernel: Rows are sums over cells.
        chance: Of each cell to get a fact, adding up to 1.
        facts: How many are dealt out, each for itself.
    """
    first, second, third = (np.asarray(kernel.power(k) @ chance, np.float64) for k in (1, 2, 3))
    variance = np.maximum(second - first**2, 0.0)
    bent = third - 3 * first * second + 2 * first**3
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = np.where(variance > 0, bent / variance**1.5 / np.sqrt(max(facts, 1.0)), 0.0)
    return facts * first, np.sqrt(facts * variance), np.nan_to_num(skew)
