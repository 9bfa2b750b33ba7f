"""Kind of fact, ring and hours crossed, without giving a small count away.

A table of three dimensions is no circulation, so that ``privacy.suppression`` does not settle it.
What is published beside its cells are its lines (each kind, each ring, each stretch of hours), and
those stay as they are when two cells exchange one of their places: one fact more in (a, r, h) and
in (b, s, g), one less in (b, r, h) and in (a, s, g). A withheld cell can be moved along such
exchanges among withheld cells; each step is a table that agrees with everything shown, in whole
numbers, so that how far it moves is a lower bound of what is not known of it. Cells are withheld,
cheapest first, until every small count can move by ``least`` at least.

A cell without facts is withheld like a small one: most lines hold few facts in many cells, and
with the empty ones shown the others could be told by what is left of their line. Lines that the
tables of one dimension withhold are withheld whole and count as one line here: of them only the sum
can be reckoned, and facts moved from one to another leave this table as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.foresight.effects.bins import Bools, Ints

_Exchanges = tuple[Ints, Ints, Ints]
"""Partner, and the two cells that give what cell and partner take."""


def withheld_cells(counts: Ints, least: int, closed: Sequence[Bools]) -> Bools | None:
    """Return which cells of a table are withheld beside its lines.

    Args:
        counts: Facts, kinds x rings x hours.
        least: Least count shown, and least width of what is not known of a withheld one.
        closed: For each axis, which of its lines are withheld already.

    Returns:
        None when no choice of cells hides the small ones: then none may be told.
    """
    if least <= 1:
        return np.zeros(counts.shape, bool)
    places = [_merged(lines) for lines in closed]
    shape = tuple(int(place.max()) + 1 for place in places)
    merged: Ints = np.zeros(shape, np.int64)
    np.add.at(merged, np.ix_(*places), counts)
    hidden: Bools = merged < least
    for axis, lines in enumerate(closed):
        if lines.any():
            np.moveaxis(hidden, axis, 0)[-1] = True
    found = _protected(merged, hidden, least)
    return None if found is None else found[np.ix_(*places)]


def _merged(closed: Bools) -> Ints:
    """Return where each line goes when the closed ones become one, the last."""
    into = np.cumsum(~closed) - 1
    return np.asarray(np.where(closed, int((~closed).sum()), into), np.int64)


def _protected(counts: Ints, hidden: Bools, least: int) -> Bools | None:
    table = _Table(counts, hidden, least)
    for cell in table.small():
        exchanges = _exchanges(cell, counts.shape)
        while (lacking := least - table.width(cell, exchanges)) > 0:
            more = table.cheapest(cell, exchanges, lacking)
            if more is None:
                return None
            table.hidden[more] = True
    return table.hidden.reshape(counts.shape)


def _exchanges(cell: int, shape: tuple[int, ...]) -> _Exchanges:
    """Return every exchange of one place between a cell and another."""
    every = np.arange(int(np.prod(shape)), dtype=np.int64)
    partners, gives, takes = [], [], []
    for axis, size in enumerate(shape):
        stride = int(np.prod(shape[axis + 1 :], dtype=np.int64))
        shift = (every // stride % size - cell // stride % size) * stride
        one, other = cell + shift, every - shift
        real = (one != cell) & (one != every)
        partners.append(every[real])
        gives.append(one[real])
        takes.append(other[real])
    return np.concatenate(partners), np.concatenate(gives), np.concatenate(takes)


def _room(now: Ints, cell: int, ways: _Exchanges, sign: int) -> Ints:
    """Return how far each exchange goes up (+1) or down: no count falls below 0."""
    partner, one, other = ways
    if sign > 0:
        return np.asarray(np.minimum(now[one], now[other]), np.int64)
    return np.asarray(np.minimum(now[cell], now[partner]), np.int64)


class _Table:
    """Counts in one row, which of them are withheld, and how far these can be moved."""

    def __init__(self, counts: Ints, hidden: Bools, least: int) -> None:
        self.values = counts.ravel()
        self.hidden = hidden.ravel().copy()
        self._least = least

    def small(self) -> list[int]:
        """Return the cells of small counts, the smallest first."""
        cells = np.flatnonzero((self.values > 0) & (self.values < self._least))
        order: list[int] = cells[np.argsort(self.values[cells], kind="stable")].tolist()
        return order

    def width(self, cell: int, exchanges: _Exchanges) -> int:
        """Return how far a cell can be moved among withheld ones, up to the least width."""
        partner, one, other = exchanges
        inside = self.hidden[partner] & self.hidden[one] & self.hidden[other]
        ways = partner[inside], one[inside], other[inside]
        down = self._moved(cell, ways, -1, self._least)
        return down + self._moved(cell, ways, 1, self._least - down)

    def _moved(self, cell: int, ways: _Exchanges, sign: int, enough: int) -> int:
        """Return how far a cell moves up (+1) or down, fact by fact, from the fullest cells."""
        partner, one, other = ways
        now, moved = self.values.copy(), 0
        while moved < enough and len(partner):
            room = _room(now, cell, ways, sign)
            full = now[one] + now[other] if sign > 0 else now[partner]
            best = int(np.argmax(np.where(room > 0, full, -1)))
            if room[best] <= 0:
                break
            now[[cell, partner[best]]] += sign
            now[[one[best], other[best]]] -= sign
            moved += 1
        return moved

    def cheapest(self, cell: int, exchanges: _Exchanges, lacking: int) -> Ints | None:
        """Return the cells to withhold for the exchange that costs least counts for its width."""
        up, down = (_room(self.values, cell, exchanges, sign) for sign in (1, -1))
        room = np.maximum(up, down)
        price = np.where(self.hidden, 0, self.values + 1)
        cost = np.sum([price[place] for place in exchanges], axis=0)
        useful = np.flatnonzero((room > 0) & (cost > 0))
        if not len(useful):
            return None
        best = useful[int(np.argmin(cost[useful] / np.minimum(room[useful], lacking)))]
        chosen = np.array([place[best] for place in exchanges], np.int64)
        return chosen[~self.hidden[chosen]]
