"""Telling effects without telling small counts.

Facts seen are whole numbers here (a fact of uncertain hour counts where most of it falls, by
largest remainders), laid out in three tables of one total: by ring, by hour, by kind. Where a count
lies between 1 and ``least - 1`` it is withheld, with others beside it so that the total does not
give it back (``privacy.suppression``). With a count goes everything reckoned from it: the excess is
the count less the expected, so that it is withheld too, and so is the share taken to be the
event's. What is expected without the event stays: it comes from the controls and the rates and
knows nothing of the count. The three crossed withhold more (``crossing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vigie.foresight.effects.bins import (
    TAILS,
    Bools,
    Estimate,
    Floats,
    Ints,
    count_quantiles,
    of_quantiles,
)
from vigie.foresight.effects.crossing import withheld_cells
from vigie.foresight.effects.effect import Expected, Foreseen, own_effect
from vigie.privacy.suppression import TOTAL, lay_out, protect, small


@dataclass(frozen=True)
class Told:
    """One line of a table about an event, or about several together.

    Attributes:
        observed: Facts seen; None when withheld or when the event has not been.
        withheld: Withheld, because the count is small or would give a small one away.
        foreseen: What is expected without the event, by it and in all.
        excess: Seen less expected, with its interval; None where ``observed`` is.
        leaning: The same leaning on the rates of its kind; None where ``observed`` is.
    """

    observed: int | None
    withheld: bool
    foreseen: Foreseen
    excess: Estimate | None
    leaning: Estimate | None


ENOUGH = 20
"""Facts from which a kind is crossed by itself: fewer, over rings and hours, tell nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Facts of some kinds, in a ring, in a stretch of hours.

    Attributes:
        observed: Facts seen; None when withheld.
        withheld: As of ``Told``.
        without: What is expected without the event.
        excess: Seen less expected, with its interval; None where ``observed`` is.
    """

    observed: int | None
    withheld: bool
    without: Estimate
    excess: Estimate | None


@dataclass(frozen=True, slots=True)
class Crossed:
    """Kinds, rings and hours crossed.

    Attributes:
        apart: Lines of kinds that stand by themselves, as they are numbered in their table.
        cells: By line of ``apart``, then all other kinds together where there are any; by ring; by
            stretch of hours.
    """

    apart: tuple[int, ...]
    cells: list[list[list[Cell]]]


def apportion(weights: Floats, total: int) -> Ints:
    """Return whole numbers that sum to ``total``, by largest remainders (Hamilton's method).

    Args:
        weights: Non-negative; at most one of those left after the whole parts goes to each.
        total: Their sum, rounded.
    """
    weights = np.maximum(np.asarray(weights, np.float64), 0.0)
    if total <= 0 or weights.sum() <= 0.0:
        return np.zeros(len(weights), np.int64)
    exact = weights / weights.sum() * total
    whole: Ints = np.floor(exact + 1e-9).astype(np.int64)
    left = total - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:left]] += 1
    return whole


def withheld_in(counts: Sequence[int], least: int) -> list[bool] | None:
    """Return which lines of a table are withheld beside a total that is told.

    None when that cannot be: the total is small, or tells a line however many others are withheld.
    """
    if least <= 1:
        return [False] * len(counts)
    rows = [f"{number:03d}" for number in range(len(counts))]
    cells = lay_out(
        {(row, TOTAL): count for row, count in zip(rows, counts, strict=True)},
        dict.fromkeys(rows, TOTAL),
    )
    primary = small(cells, least)
    told = {cell.key for cell in cells if cell.value == 0} | {(TOTAL, TOTAL)}
    try:
        hidden = protect(cells, primary, least, shown=told) if primary else frozenset()
    except ValueError:
        return None
    return [(row, TOTAL) in hidden for row in rows]


AXES = ("kinds", "rings", "hours")
Lines = Sequence[Sequence[int]]
"""Positions along an axis that each line of a table sums; together the whole axis."""


class Teller:
    """Tells tables about one event, or about several summed, to who may see counts from ``least``.

    All tables of one total are settled together: where one of them cannot be told beside the total,
    nothing seen is told at all, for each table would give back the total of another.

    Args:
        expected: What is expected.
        observed: Facts seen, kinds x rings x hours; None when the event has not been.
        least: Least count shown; 0 or 1 shows all.
        tables: Lines of each table by axis (``kinds``, ``rings``, ``hours``).
    """

    def __init__(
        self,
        expected: Expected,
        observed: Floats | None,
        least: int,
        tables: Mapping[str, Lines] = MappingProxyType({}),
    ) -> None:
        self._expected = expected
        self._tables = tables
        self._least = least
        self._observed = observed
        self._seen = observed is not None
        self._total = 0 if observed is None else round(float(observed.sum()))
        self._counts = {name: self._count(observed, name, of) for name, of in tables.items()}
        hidden = {name: withheld_in(counts, least) for name, counts in self._counts.items()}
        self._closed = 0 < self._total < least or None in hidden.values()
        self._hidden = {
            name: [count > 0 for count in counts] if self._closed else hidden[name] or []
            for name, counts in self._counts.items()
        }

    def _count(self, observed: Floats | None, name: str, lines: Lines) -> list[int]:
        if observed is None:
            return [0] * len(lines)
        along = observed.sum(tuple(one for one in range(3) if one != AXES.index(name)))
        weights = np.array([along[list(line)].sum() for line in lines])
        counts: list[int] = apportion(weights, self._total).tolist()
        return counts

    def whole(self) -> Told:
        """Return the total."""
        return self._tell(self._total, self._closed, {})

    def table(self, name: str) -> list[Told]:
        """Return one table, line by line."""
        return [
            self._tell(count, hide, {name: line})
            for count, hide, line in zip(
                self._counts[name], self._hidden[name], self._tables[name], strict=True
            )
        ]

    def crossed(self, hours: Lines, named: int) -> Crossed | None:
        """Return the lines of kinds, rings and some stretches of hours, each with each.

        None when nothing was seen, or nothing seen can be told so finely.

        Args:
            hours: The stretches; together every hour that has facts.
            named: How many lines of kinds, from the first, may stand by themselves.
        """
        if self._observed is None or self._closed:
            return None
        kinds = self._tables["kinds"]
        apart = self._apart(named)
        rest = [k for n, line in enumerate(kinds) if n not in apart for k in line]
        joined = [kinds[n] for n in apart] + ([rest] if rest else [])
        axes: tuple[Lines, ...] = (joined, self._tables["rings"], hours)
        seen = self._observed
        for axis, lines in enumerate(axes):
            seen = np.stack([seen.take(line, axis).sum(axis) for line in lines], axis)
        counts = apportion(seen.ravel(), self._total).reshape(seen.shape)
        closed = [self._shut(name, lines) for name, lines in zip(AXES, axes, strict=True)]
        if rest:  # lines that were withheld are all in it, and move within it
            closed[0][:] = False
        hidden = withheld_cells(counts, self._least, closed)
        if hidden is None:
            return None
        without = self._without(axes)
        cells = [
            [
                [
                    _cell(int(counts[k, r, h]), bool(hidden[k, r, h]), without[k][r][h])
                    for h in range(len(hours))
                ]
                for r in range(len(axes[1]))
            ]
            for k in range(len(joined))
        ]
        return Crossed(tuple(apart), cells)

    def _apart(self, named: int) -> list[int]:
        """Return the lines of kinds with facts enough to be crossed; the others are one line."""
        counts, hidden = self._counts["kinds"], self._hidden["kinds"]
        if self._least <= 1:
            return list(range(named))
        apart = [n for n in range(named) if not hidden[n] and counts[n] >= ENOUGH]
        rest = self._total - sum(counts[n] for n in apart)
        while apart and 0 < rest < ENOUGH:
            least = min(apart, key=lambda n: counts[n])
            apart.remove(least)
            rest += counts[least]
        return apart

    def _shut(self, name: str, lines: Lines) -> Bools:
        """Return which lines hold a part that a table of one dimension withholds."""
        told = zip(self._tables[name], self._hidden[name], strict=True)
        shut = {place for line, hide in told if hide for place in line}
        return np.array([not shut.isdisjoint(line) for line in lines], bool)

    def _without(self, axes: Sequence[Lines]) -> list[list[list[Estimate]]]:
        """Return what is expected without the event of each line with each, reckoned at once."""
        kinds, rings, hours = axes
        moments = np.array(
            [[[self._expected.moments(k, r, h)[0] for h in hours] for r in rings] for k in kinds]
        )
        mean, variance = moments[..., 0], moments[..., 1]
        ends = count_quantiles(mean[..., None], variance[..., None], np.array(TAILS))
        return [
            [
                [of_quantiles(float(m), e) for m, e in zip(ms, es, strict=True)]
                for ms, es in zip(mss, ess, strict=True)
            ]
            for mss, ess in zip(mean, ends, strict=True)
        ]

    def _tell(self, count: int, hidden: bool, chosen: Mapping[str, Sequence[int]]) -> Told:
        foreseen = self._expected.over(**chosen)
        if not self._seen or hidden:
            return Told(None, hidden, foreseen, None, None)
        without, effect = self._expected.moments(**chosen)
        return Told(
            observed=count,
            withheld=False,
            foreseen=foreseen,
            excess=foreseen.without.shifted(count, -1.0),
            leaning=own_effect(count, without, effect),
        )


def _cell(count: int, hidden: bool, without: Estimate) -> Cell:
    if hidden:
        return Cell(None, True, without, None)
    return Cell(count, False, without, without.shifted(count, -1.0))


def together(every: Sequence[Expected]) -> Expected:
    """Return what is expected around several events, summed.

    Their effects have one rate between them, and events of one place the same controls, so that the
    doubt about either adds in full and not by squares.
    """
    first = every[0]
    effect = np.sum([one.effect for one in every], axis=0)
    doubt = np.sum([np.sqrt(one.rate_variance) for one in every], axis=0) ** 2
    brought = np.array([max(0.0, float(one.effect.sum())) for one in every])
    squares = float((brought**2 * [one.differ for one in every]).sum())
    return Expected(
        base=np.sum([one.base for one in every], axis=0),
        known=np.sum([np.sqrt(one.known) for one in every], axis=0) ** 2,
        others=np.sum([one.others for one in every], axis=0),
        effect=effect,
        rate_variance=doubt,
        differ=squares / max(1e-9, float(brought.sum()) ** 2),
        spread=first.spread,
    )
