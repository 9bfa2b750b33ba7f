"""Secondary suppression: what else a table withholds, lest its margins give the small counts away.

A table of counts with its totals is a circulation (Cox 1995): every cell and every total is an arc
that carries its count, and at every node as much goes out as comes in, which is one published sum.
So a withheld cell can be moved, all shown figures staying as they are, exactly along the closed
ways of other withheld arcs, and its feasible interval comes from largest flows: exact, in integers,
without a solver. Which cells to withhold too is chosen by shortest ways, cheapest counts first
(Castro 2007, *A shortest-paths heuristic for statistical data protection in positive tables*).

What is promised: the interval of every withheld cell, for one who knows the table's sums, the shown
figures and the least value a withheld cell may have, is at least ``least`` wide. Hence of two shown
figures about nested selections of one table, the difference is 0 or at least ``least``: were it
smaller, no withheld cell inside it could be that uncertain. What is not promised: anything against
one who knows some of the facts already; that is what noise is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import heappop, heappush

from vigie.privacy.disclosure import may_show

TOTAL = "total"
"""Name of the row of all rows and of the column of all columns."""

Key = tuple[str, str]
_Step = tuple[int, int, int]
"""Number of an arc, +1 or -1 by its direction, and the room on it."""
_SINK: Key = ("", "")
_ANY = 1 << 62


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table.

    Attributes:
        key: Row and column; ``TOTAL`` for the margins.
        value: The count.
        low: Least value that anybody would believe of it, were it withheld.
        tail: Node its count comes from.
        head: Node its count goes to.
    """

    key: Key
    value: int
    low: int
    tail: Key
    head: Key


def lay_out(
    counts: Mapping[Key, int], parents: Mapping[str, str], *, floor: int = 1
) -> tuple[Cell, ...]:
    """Return a table with all its totals.

    Counts rounded one by one (``disclosure.round_to``) before they are laid out give totals that
    agree with them, each off by up to half the base for every finest cell below it.

    Args:
        counts: Counts of the finest cells, by (row, column); an absent one is 0. In a table of one
            dimension every column is ``TOTAL``.
        parents: What each row is part of: another row or, at the top, ``TOTAL``. Zones within
            arrondissements are rows within rows; columns have one total.
        floor: Least value that a withheld finest cell may have: 1 where zeros are shown.

    Raises:
        ValueError: When a count stands in no finest row, both in ``TOTAL`` and in another column,
            or rows turn in a circle.
    """
    inner = set(parents.values())
    leaves = sorted(set(parents) - inner)
    columns = sorted({column for _, column in counts})
    if any(row not in leaves for row, _ in counts) or (TOTAL in columns and len(columns) > 1):
        msg = "a count stands outside of the finest cells"
        raise ValueError(msg)
    columns = [column for column in columns if column != TOTAL]
    sums: dict[Key, int] = {}
    below: dict[Key, int] = {}
    for leaf in leaves:
        line = _upwards(leaf, parents)
        for column in columns or [TOTAL]:
            for row in line:
                for name in {column, TOTAL}:
                    sums[row, name] = sums.get((row, name), 0) + counts.get((leaf, column), 0)
                    below[row, name] = below.get((row, name), 0) + 1
    return tuple(
        Cell(key, sums[key], min(floor, floor * below[key]), *_ends(key, parents, inner, columns))
        for key in sorted(sums)
    )


def _upwards(row: str, parents: Mapping[str, str]) -> list[str]:
    line = [row]
    while line[-1] != TOTAL:
        above = parents.get(line[-1], TOTAL)
        if above in line:
            msg = "rows turn in a circle"
            raise ValueError(msg)
        line.append(above)
    return line


def _ends(
    key: Key, parents: Mapping[str, str], inner: AbstractSet[str], columns: Sequence[str]
) -> tuple[Key, Key]:
    """Return where an arc starts and ends: totals run down the rows, columns run back up."""
    row, column = key
    above = parents.get(row, TOTAL)
    if column == TOTAL:
        tail = _SINK if row == TOTAL else (above, TOTAL)
        return tail, (row, TOTAL) if row in inner or columns else _SINK
    tail = key if row in inner else (row, TOTAL)
    return tail, _SINK if row == TOTAL else (above, column)


def small(cells: Iterable[Cell], least: int, *, zero: bool = True) -> frozenset[Key]:
    """Return the cells too small to be shown: 1 to ``least - 1``; without ``zero``, 0 too."""
    return frozenset(
        cell.key
        for cell in cells
        if cell.value < least and not (zero and may_show(max(cell.value, 0), least))
    )


def protect(
    cells: Sequence[Cell],
    primary: AbstractSet[Key],
    least: int,
    *,
    shown: AbstractSet[Key] = frozenset(),
) -> frozenset[Key]:
    """Return every cell to withhold, so that each one's interval is at least ``least`` wide.

    Deterministic: the same table gives the same answer. It can always be done when ``shown`` holds
    nothing but zeros, for a circulation runs in circles of counts that are not 0.

    Args:
        cells: The table, of ``lay_out``.
        primary: Cells withheld in themselves.
        least: Least width.
        shown: Cells that must stay shown: zeros, and what other tables have told already.

    Raises:
        ValueError: When a cell to withhold must stay shown, or those that must leave no way out.
    """
    net = _Net(cells, primary)
    barred = {number for number, cell in enumerate(cells) if cell.key in shown}
    if barred & net.hidden:
        msg = "a cell to withhold must stay shown"
        raise ValueError(msg)
    waiting = sorted(net.hidden)
    while waiting:
        number = waiting.pop(0)
        wide, used = net.widen(number, least, barred)
        if wide < least:
            msg = f"the cell {cells[number].key} cannot be protected"
            raise ValueError(msg)
        fresh = sorted(used - net.hidden)
        net.hidden.update(fresh)
        waiting.extend(fresh)
    return frozenset(cells[number].key for number in net.hidden)


def width(cells: Sequence[Cell], withheld: AbstractSet[Key], key: Key, enough: int) -> int:
    """Return how wide the feasible interval of a withheld cell is, counted up to ``enough``."""
    net = _Net(cells, withheld)
    closed = {number for number, cell in enumerate(cells) if cell.key not in withheld}
    return net.widen(next(n for n, cell in enumerate(cells) if cell.key == key), enough, closed)[0]


class _Net:
    """A table as arcs between nodes; a change of hidden arcs costs nothing, one of others does."""

    def __init__(self, cells: Sequence[Cell], withheld: AbstractSet[Key]) -> None:
        self._cells = cells
        self.hidden = {number for number, cell in enumerate(cells) if cell.key in withheld}
        self._at: dict[Key, list[int]] = {}
        for number, cell in enumerate(cells):
            self._at.setdefault(cell.tail, []).append(number)
            self._at.setdefault(cell.head, []).append(number)

    def widen(self, number: int, least: int, barred: AbstractSet[int]) -> tuple[int, set[int]]:
        """Return how far a cell can be moved, up to ``least``, and the cells that move with it.

        Down by hidden cells alone, then up by any that is not barred.
        """
        cell = self._cells[number]
        shown = set(range(len(self._cells))) - self.hidden
        most = min(least, cell.value - cell.low)
        down, _ = self._push(cell.tail, cell.head, most, shown | {number})
        up, used = self._push(cell.head, cell.tail, least - down, barred | {number})
        return down + up, used

    def _push(
        self, start: Key, goal: Key, most: int, closed: AbstractSet[int]
    ) -> tuple[int, set[int]]:
        """Return how much can be sent from a node to another, up to ``most``, and by which arcs."""
        moved = [0] * len(self._cells)
        pushed, used = 0, set[int]()
        while pushed < most:
            way = self._cheapest(start, goal, closed, moved)
            if way is None:
                break
            step = min([most - pushed, *(room for _, _, room in way)])
            for arc, sign, _ in way:
                moved[arc] += sign * step
                used.add(arc)
            pushed += step
        return pushed, used

    def _cheapest(
        self, start: Key, goal: Key, closed: AbstractSet[int], moved: Sequence[int]
    ) -> list[_Step] | None:
        """Return the way that hides the fewest counts, last step first.

        An arc can take any count more; it can give no more than brings it down to its least.
        """
        came: dict[Key, tuple[Key, _Step]] = {}
        costs = {start: 0}
        heap = [(0, 0, start)]
        while heap:
            cost, order, node = heappop(heap)
            if node == goal:
                way = []
                while node != start:
                    node, step = came[node]
                    way.append(step)
                return way
            for arc in self._at[node]:
                cell = self._cells[arc]
                forward = cell.tail == node
                room = _ANY if forward else cell.value + moved[arc] - cell.low
                after = cell.head if forward else cell.tail
                price = cost + (0 if arc in self.hidden else abs(cell.value) + 1)
                if arc not in closed and room > 0 and price < costs.get(after, price + 1):
                    costs[after] = price
                    came[after] = (node, (arc, 1 if forward else -1, room))
                    heappush(heap, (price, order + 1, after))
        return None
