"""What is expected around an event hour by hour, and draws of what may happen.

Draws of two versions of an event share their random numbers: the same fact, so to speak, happens in
both unless the versions differ about it. Counts are points of one Poisson stream per kind and draw,
of which a larger mean takes more (coupling by thinning): the difference of two versions is then
exact, and its interval that of the change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.whatif.load import (
    MINUTE_US,
    FloatArray,
    IntArray,
    busy,
    crews_of,
    needed,
    service,
)

DRAWS = 400
LEAST_MEAN = 1e-9
STREAM_SIGMAS = 7.0


@dataclass(frozen=True)
class Outlook:
    """What is expected around an event, kinds x hours, and how well it is known.

    Attributes:
        kinds: Kinds of facts.
        first_us: Instant at which the first hour begins.
        without: Facts without the event.
        without_cv: Coefficient of variation of that expectation, by kind.
        effect: Facts the event brings; below zero where it keeps some away.
        effect_cv: Coefficient of variation of the effect from not knowing its rate, by kind.
        differ: Coefficient of variation between events of one kind (all kinds of facts alike).
        spread: Factor of the variance of counts over Poisson, by kind.
    """

    kinds: tuple[str, ...]
    first_us: int
    without: FloatArray
    without_cv: FloatArray
    effect: FloatArray
    effect_cv: FloatArray
    differ: float
    spread: FloatArray

    @property
    def hours(self) -> int:
        """How many hours it spans."""
        return int(self.without.shape[1])

    def times(self, factor: FloatArray) -> Outlook:
        """Return it with each kind's facts multiplied, as weather does."""
        return Outlook(
            self.kinds,
            self.first_us,
            self.without * factor[:, None],
            self.without_cv,
            self.effect * factor[:, None],
            self.effect_cv,
            self.differ,
            self.spread,
        )


@dataclass(frozen=True)
class Drawn:
    """Facts that may happen, one row each, for all draws.

    Attributes:
        kinds: Kinds of facts.
        draws: How many draws.
        draw: Draw each belongs to.
        kind: Its kind.
        minute: Minutes from the outlook's first hour.
    """

    kinds: tuple[str, ...]
    draws: int
    draw: IntArray
    kind: IntArray
    minute: FloatArray

    def counts(self, kinds: IntArray | None = None) -> FloatArray:
        """Return facts in each draw, of some kinds or of all."""
        chosen = self.draw if kinds is None else self.draw[np.isin(self.kind, kinds)]
        return np.bincount(chosen, minlength=self.draws).astype(np.float64)


MOST_FACTS = 2_000.0
"""Of one kind in one draw at most: where little is known, a draw may be of any size."""


def _factor(cv: FloatArray, normal: FloatArray) -> FloatArray:
    """Return log-normal factors of mean 1 and this coefficient of variation."""
    sigma = np.sqrt(np.log1p(cv**2))
    factor: FloatArray = np.exp(sigma * normal - sigma**2 / 2)
    return factor


def draw_facts(outlook: Outlook, *, seed: int = 0, draws: int = DRAWS) -> Drawn:
    """Return draws of the facts that may happen around an event.

    Args:
        outlook: What is expected.
        seed: The same seed gives the same random numbers whatever the outlook.
        draws: How many draws.
    """
    common = np.random.default_rng([seed, 0])
    differ = _factor(np.array(outlook.differ), common.normal(size=draws))
    rows: list[IntArray] = []
    kinds: list[IntArray] = []
    minutes: list[FloatArray] = []
    for number, code in enumerate(outlook.kinds):
        look()
        chance = np.random.default_rng([seed, 1, *code.encode()])
        normal = chance.normal(size=(3, draws))
        base = _factor(outlook.without_cv[number], normal[0])
        own = _factor(outlook.effect_cv[number], normal[1]) * differ
        hourly = (
            outlook.without[number][None] * base[:, None]
            + outlook.effect[number][None] * own[:, None]
        )
        hourly = np.maximum(hourly, 0.0)
        mean = np.maximum(hourly.sum(1), LEAST_MEAN)
        lively = np.sqrt(np.maximum(outlook.spread[number] - 1.0, 0.0) / np.maximum(mean, 0.5))
        mean = np.minimum(mean * _factor(lively, normal[2]), MOST_FACTS)
        row, share = _points(mean, chance)
        if not len(row):
            continue
        rows.append(row)
        kinds.append(np.full(len(row), number, np.int64))
        minutes.append(_minutes(hourly, row, share))
    if not rows:
        empty = np.zeros(0, np.int64)
        return Drawn(outlook.kinds, draws, empty, empty, np.zeros(0))
    return Drawn(
        outlook.kinds, draws, np.concatenate(rows), np.concatenate(kinds), np.concatenate(minutes)
    )


def _points(mean: FloatArray, chance: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Return the draw of each fact, and a uniform number of its own that places it in time.

    Streams are drawn in blocks, so that a larger mean reads on where a smaller one stopped.
    """
    highest = float(mean.max())
    length = int(highest + STREAM_SIGMAS * np.sqrt(highest) + 4)
    blocks = -(-length // 16)
    drawn = [chance.random((2, len(mean), 16)) for _ in range(blocks)]
    gaps = -np.log1p(-np.concatenate([one[0] for one in drawn], axis=1))
    share = np.concatenate([one[1] for one in drawn], axis=1)
    taken = np.cumsum(gaps, axis=1) <= mean[:, None]
    row = np.nonzero(taken)[0].astype(np.int64)
    return row, share[taken]


def _minutes(hourly: FloatArray, row: IntArray, share: FloatArray) -> FloatArray:
    """Return the minute of each fact by the hourly course of its draw."""
    rising = np.cumsum(hourly, axis=1)
    total = np.maximum(rising[:, -1:], LEAST_MEAN)
    rising = rising / total
    hour = (share[:, None] > rising[row]).sum(axis=1)
    hour = np.minimum(hour, hourly.shape[1] - 1)
    before = np.where(hour > 0, rising[row, np.maximum(hour - 1, 0)], 0.0)
    within = (share - before) / np.maximum(rising[row, hour] - before, LEAST_MEAN)
    minute: FloatArray = (hour + np.clip(within, 0.0, 1.0 - 1e-9)) * 60.0
    return minute


def agents_needed(
    outlook: Outlook, drawn: Drawn, starts_us: int, ends_us: int, posts: FloatArray
) -> FloatArray:
    """Return draws of the agents an event needs: posts and the most busy at once.

    Args:
        outlook: What the draws were made of.
        drawn: Facts that may happen.
        starts_us: Start of the event.
        ends_us: Its end.
        posts: Agents who hold a post, by draw.
    """
    begin, end = service(starts_us, ends_us)
    agents, minutes = crews_of(outlook.kinds)
    shift = (outlook.first_us - begin) / MINUTE_US
    running = busy(
        drawn.minute + shift,
        agents[drawn.kind],
        minutes[drawn.kind],
        (end - begin) / MINUTE_US,
        draw=drawn.draw,
        draws=drawn.draws,
    )
    return needed(running, posts)


def within(drawn: Drawn, outlook: Outlook, window: tuple[int, int]) -> Drawn:
    """Return the facts drawn within a window, epoch µs."""
    begin, end = ((at - outlook.first_us) / MINUTE_US for at in window)
    kept = (drawn.minute >= begin) & (drawn.minute < end)
    return Drawn(drawn.kinds, drawn.draws, drawn.draw[kept], drawn.kind[kept], drawn.minute[kept])


def loading(outlook: Outlook) -> Outlook:
    """Return it with the kinds of facts alone that take agents."""
    agents, _ = crews_of(outlook.kinds)
    kept = np.flatnonzero(agents > 0)
    return Outlook(
        tuple(outlook.kinds[k] for k in kept.tolist()),
        outlook.first_us,
        outlook.without[kept],
        outlook.without_cv[kept],
        outlook.effect[kept],
        outlook.effect_cv[kept],
        outlook.differ,
        outlook.spread[kept],
    )
