"""Counts by hour, merged until every group is large enough and no difference gives a small one.

A day of 24 local hours is cut along one tree: 24 h, thirds of 8 h, then halves of 4, 2 and 1 h. A
slot is cut only when every piece shows what the whole shows, so nothing that can be shown is lost,
and the slots never overlap: subtracting one from another tells nothing.

The parts of one whole (age groups, say) share their slots and stand in a fixed order. Shown are the
first ones, as many as can be: each is nobody or large enough, and so are all the others together.
The order is fixed because a choice made by size gives away what it hides: with 31 persons, 11 of
them shown and the rest of 20 split in two parts that are both too small, both must be 10 (a
*minimality attack*; law reference, HEA-2 and 3.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vigie.privacy.disclosure import may_show

HOURS = 24
_CUTS = {24: 3, 8: 2, 4: 2, 2: 2}

Hours = Sequence[int]
"""24 counts, by local hour of one day."""

Span = tuple[int, int]
"""First local hour of a slot, hour after its last."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Some consecutive local hours of a day, with the counts that may be shown.

    Attributes:
        first: First hour, 0 to 23.
        end: Hour after the last, 1 to 24.
        shown: Count by name of part; never empty, each at least the threshold.
    """

    first: int
    end: int
    shown: Mapping[str, int]


def show_parts(
    parts: Mapping[str, int], least: int, hidden: Collection[str] = ()
) -> dict[str, int]:
    """Return the parts of a whole that may be shown, when the whole itself is known.

    Each is at least ``least``, and those not shown are together 0 or at least ``least``. Who knows
    this rule, the whole and what is shown cannot tell any part that is between: another world with
    another number shows the same (a test walks all small worlds).

    Args:
        parts: Count of every part, the most wanted first; their sum is the whole.
        least: Least count shown.
        hidden: Parts that are never shown (the rest, of whom nothing is known).

    Raises:
        ValueError: When a count is negative or ``least`` is below 1.
    """
    if least < 1 or any(count < 0 for count in parts.values()):
        msg = "counts are not negative, a threshold is at least 1"
        raise ValueError(msg)
    names = [name for name in parts if name not in hidden]
    for size in range(len(names), 0, -1):
        chosen = {name: parts[name] for name in names[:size]}
        rest = sum(parts.values()) - sum(chosen.values())
        if all(may_show(count, least) for count in (*chosen.values(), rest)):
            return {name: count for name, count in chosen.items() if count}
    return {}


def pieces_of(first: int, end: int) -> list[Span]:
    """Return what a slot of the tree is cut into; itself where it is an hour."""
    step = (end - first) // _CUTS.get(end - first, 1)
    return [(start, start + step) for start in range(first, end, step)]


def spans(first: int, end: int) -> Iterator[Span]:
    """Yield a slot of the tree and everything that it is cut into."""
    yield first, end
    pieces = pieces_of(first, end)
    if len(pieces) > 1:
        for piece in pieces:
            yield from spans(*piece)


def merge_slots(
    hours: Mapping[str, Hours],
    least: int,
    hidden: Collection[str] = (),
    alone: Collection[Span] | None = None,
) -> list[Slot]:
    """Return the finest slots of a day in which the parts of a whole may be shown.

    A pure function of the counts: the order in which persons came has no say in it. No slot at all
    means that not even the day is large enough.

    Args:
        hours: Counts by local hour of every part, the most wanted first.
        least: Least count shown.
        hidden: Parts that are never shown.
        alone: Slots of the tree that may be told at all, by what the past was; None: all.

    Raises:
        ValueError: When a part has not 24 hours, a count is negative or ``least`` is below 1.
    """
    if any(len(counts) != HOURS for counts in hours.values()):
        msg = "a day has 24 local hours"
        raise ValueError(msg)

    def shown(first: int, end: int) -> dict[str, int]:
        sums = {name: sum(counts[first:end]) for name, counts in hours.items()}
        return show_parts(sums, least, hidden)

    def may(first: int, end: int) -> bool:
        return alone is None or (first, end) in alone

    def cut(first: int, end: int) -> list[Slot]:
        whole = shown(first, end) if may(first, end) else {}
        if not whole:
            return []
        pieces = pieces_of(first, end)
        fine = all(may(*piece) and shown(*piece).keys() == whole.keys() for piece in pieces)
        if len(pieces) > 1 and fine:
            return [slot for piece in pieces for slot in cut(*piece)]
        return [Slot(first, end, whole)]

    return cut(0, HOURS)
