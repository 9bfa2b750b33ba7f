"""Rates by kind of event: facts an event brings per 10,000 people, pooled over similar events.

For one kind of event and one kind of fact, the past events give a likelihood of the rate: counts
are Poisson with more spread around ``expected without event + rate x people``. Rates lean on what
the kinds of events beside theirs in the tree agree on (zero has a vote too), never on themselves,
by a mixture of normal scales whose weights are learnt from all pairs at once (M. Stephens, "False
discovery rates: a new deal", Biostatistics 18 (2017) 275-294): most pairs are close to what they
lean on, a few are not, and those are left alone.
A rate may be negative: an event may keep facts away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.bins import Floats, Ints

PEOPLE = 10_000.0
GRID = 97
WIDE = 6.0
SCALES = 8
ROUNDS = 40
LEAST_MEAN = 0.02
ROWS = 64
KINDS_DIFFER = 1.0
VOTE = 1.0


@dataclass(frozen=True)
class Seen:
    """Counts around past events, events x kinds of facts x rings.

    Attributes:
        observed: Facts in the window.
        expected: Expected without the event, effects of others included.
        known: Variance of that expectation.
        spread: Factor over Poisson, by kind of fact.
        people: Attendance of each event, in 10,000.
    """

    observed: Floats
    expected: Floats
    known: Floats
    spread: Floats
    people: Floats

    def rows(self, chosen: Ints) -> Seen:
        """Return some of the events."""
        return Seen(
            self.observed[chosen],
            self.expected[chosen],
            self.known[chosen],
            self.spread,
            self.people[chosen],
        )


@dataclass(frozen=True)
class Rates:
    """Posterior of the rates of one kind of event, by kind of fact.

    Attributes:
        grid: Rates per 10,000 people, kinds of facts x points.
        mass: Posterior probability of each point.
    """

    grid: Floats
    mass: Floats

    @property
    def mean(self) -> Floats:
        """Posterior mean by kind of fact."""
        return np.asarray((self.grid * self.mass).sum(1), np.float64)

    @property
    def variance(self) -> Floats:
        """Posterior variance by kind of fact."""
        centred = self.grid - self.mean[:, None]
        return np.asarray((centred**2 * self.mass).sum(1), np.float64)

    def quantiles(self, tails: Floats) -> Floats:
        """Return posterior quantiles, kinds of facts x tails."""
        rising = np.cumsum(self.mass, axis=1) - self.mass / 2
        return np.stack(
            [np.interp(tails, up, points) for up, points in zip(rising, self.grid, strict=True)]
        )


def moment_rates(seen: Seen) -> tuple[Floats, Floats]:
    """Return, by kind of fact, excess over people and its standard error."""
    people = max(1e-9, float(seen.people.sum()))
    excess = (seen.observed - seen.expected).sum((0, 2)) / people
    chance = seen.spread[:, None] * np.maximum(seen.expected, seen.observed) + seen.known
    error = np.sqrt(np.maximum(chance.sum((0, 2)), 0.25)) / people
    return excess, error


def log_likelihood(seen: Seen, grid: Floats, shares: Floats) -> Floats:
    """Return the log quasi-likelihood of each rate of the grid, kinds of facts x points.

    Poisson in each ring, divided by how much the count of each event spreads beyond it: the usual
    spread of the kind, and what its controls leave unknown. Rings in which much of the effect meets
    little else tell most.

    Args:
        seen: Counts around past events.
        grid: Rates, kinds of facts x points.
        shares: Share of the effect in each ring, kinds of facts x rings.
    """
    total = np.zeros_like(grid)
    usual = np.maximum(seen.expected, 1e-3)
    wide = np.maximum(seen.spread, 1.0)[:, None] + seen.known / usual
    for rows in np.array_split(np.arange(len(seen.people)), 1 + len(seen.people) // ROWS):
        look()
        for ring in range(shares.shape[1]):
            base = usual[rows, :, ring][..., None]
            brought = grid * shares[:, ring][:, None]
            mean = np.maximum(
                base + brought[None] * seen.people[rows][:, None, None], LEAST_MEAN * base
            )
            log = seen.observed[rows, :, ring][..., None] * np.log(mean) - mean
            total += (log / wide[rows, :, ring][..., None]).sum(0)
    return total


def grid_of(seen: Seen, centre: Floats, spare: float) -> Floats:
    """Return a grid of rates that holds the likelihood and what it leans on, kinds x points."""
    excess, error = moment_rates(seen)
    low = np.minimum(excess - WIDE * error, centre - spare)
    high = np.maximum(excess + WIDE * error, centre + spare)
    even = np.linspace(0.0, 1.0, GRID)
    grid: Floats = low[:, None] + even[None] * (high - low)[:, None]
    return grid


def scales_of(excess: Floats, error: Floats) -> Floats:
    """Return scales from a tenth of the smallest standard error to twice the largest rate."""
    low = max(1e-3, float(np.min(error)) / 10)
    high = max(low * 2, 2 * float(np.max(np.abs(excess))))
    return np.geomspace(low, high, SCALES)


def normal_mass(grid: Floats, centre: Floats, scale: float) -> Floats:
    """Return a normal prior on each grid as probabilities, kinds x points.

    What a kind leans on is another kind of event: rates differ by ``KINDS_DIFFER`` of it at least.
    """
    step = grid[:, 1] - grid[:, 0]
    wide = np.maximum(np.hypot(scale, KINDS_DIFFER * centre), 0.6 * step)[:, None]
    density = np.exp(-0.5 * ((grid - centre[:, None]) / wide) ** 2) + 1e-300
    return np.asarray(density / density.sum(1, keepdims=True), np.float64)


def learn_weights(evidence: Floats) -> Floats:
    """Return mixture weights from the evidence of each pair for each scale (pairs x scales)."""
    weights: Floats = np.full(evidence.shape[1], 1.0 / evidence.shape[1])
    for _ in range(ROUNDS):
        shares = evidence * weights
        shares /= np.maximum(shares.sum(1, keepdims=True), 1e-300)
        weights = shares.sum(0) + np.r_[1.0, np.zeros(evidence.shape[1] - 1)]
        weights /= weights.sum()
    return weights


@dataclass(frozen=True)
class Leaning:
    """What one kind of event leans on, ready to be weighed.

    Attributes:
        grid: Rates, kinds x points.
        likelihood: Likelihood of each point, scaled to 1 at its best.
        priors: Prior probability of each point, scales x kinds x points.
    """

    grid: Floats
    likelihood: Floats
    priors: Floats

    @property
    def evidence(self) -> Floats:
        """Evidence of each kind of fact for each scale."""
        return np.asarray(np.einsum("kg,skg->ks", self.likelihood, self.priors), np.float64)

    def rates(self, weights: Floats) -> Rates:
        """Return the posterior under these weights of the scales."""
        mass = self.likelihood * np.einsum("s,skg->kg", weights, self.priors)
        mass /= np.maximum(mass.sum(1, keepdims=True), 1e-300)
        return Rates(self.grid, mass)


def leaning(seen: Seen, centre: Floats, scales: Floats, shares: Floats) -> Leaning:
    """Return likelihood and priors of one kind of event."""
    grid = grid_of(seen, centre, 3 * float(scales[0]))
    log = log_likelihood(seen, grid, shares)
    likelihood = np.exp(log - log.max(1, keepdims=True))
    return Leaning(grid, likelihood, np.stack([normal_mass(grid, centre, s) for s in scales]))


def branches(kinds: tuple[str, ...]) -> dict[str, Ints]:
    """Return, for every code and every code above one, the events of that branch.

    The empty code is the whole tree. Codes above come before those below.
    """
    found: dict[str, list[int]] = {}
    for row, kind in enumerate(kinds):
        parts = kind.split(".")
        for depth in range(len(parts) + 1):
            found.setdefault(".".join(parts[:depth]), []).append(row)
    order = sorted(found, key=lambda code: (len(code.split(".")) if code else 0, code))
    return {code: np.array(found[code], np.int64) for code in order}


def relatives(code: str, below: Mapping[str, Ints]) -> tuple[str, ...]:
    """Return the kinds of events of the closest branch that has others than ``code``; maybe none.

    What a kind leans on must not hold the kind itself: its counts would speak twice.
    """
    leaves = [one for one in below if not any(o.startswith(f"{one}.") for o in below if one)]
    above = code
    while above:
        above = above.rpartition(".")[0]
        stem = f"{above}." if above else ""
        others = tuple(
            one
            for one in leaves
            if one and f"{one}.".startswith(stem) and not f"{one}.".startswith(f"{code}.")
        )
        if others:
            return others
    return ()


def agreed(alone: Sequence[Rates], kinds: int) -> Floats:
    """Return what several kinds of events agree on, by kind of fact.

    Each has a vote by how well its rate is known, and "nothing" has one too.
    """
    votes, total = np.ones(kinds) / VOTE**2, np.zeros(kinds)
    for rates in alone:
        vote = 1.0 / (rates.variance + VOTE**2)
        total += vote * rates.mean
        votes += vote
    return np.asarray(total / votes, np.float64)


def pooled_rates(
    seen: Seen, kinds: tuple[str, ...], shares: Mapping[str, Floats]
) -> dict[str, Rates]:
    """Return the rates of every branch of the tree of kinds of events.

    Args:
        seen: Counts around past events.
        kinds: Kind of each event.
        shares: Shares of the effect by ring of each branch, kinds of facts x rings.
    """
    below = branches(kinds)
    excess, error = moment_rates(seen)
    scales = scales_of(excess, error)
    zero = np.zeros(seen.observed.shape[1])
    usual = learn_weights(leaning(seen, zero, scales, shares[""]).evidence)
    alone = {
        code: leaning(seen.rows(below[code]), zero, scales, shares[code]).rates(usual)
        for code in sorted(set(kinds))
    }
    done: dict[tuple[int, ...], Leaning] = {}
    leanings = {}
    for code, rows in below.items():
        same = tuple(rows.tolist())
        if same not in done:  # else a kind alone under its parent
            centre = agreed([alone[one] for one in relatives(code, below)], len(zero))
            done[same] = leaning(seen.rows(rows), centre, scales, shares[code])
        leanings[code] = done[same]
    weights = learn_weights(np.concatenate([one.evidence for one in done.values()]))
    return {code: one.rates(weights) for code, one in leanings.items()}


def nearest(rates: Mapping[str, object], kind: str) -> str:
    """Return the closest code at or above a kind that has rates."""
    while kind and kind not in rates:
        kind = kind.rpartition(".")[0]
    return kind
