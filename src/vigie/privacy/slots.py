"""Counts by hour, merged until every group is large enough and no difference gives a small one.

A day of 24 local hours is cut along one tree: 24 h, thirds of 8 h, then halves of 4, 2 and 1 h. A
slot is cut only when every piece shows what the whole shows, so nothing that can be shown is lost,
and the slots never overlap: subtracting one from another tells nothing. The parts of one whole (age
groups, say) share their slots, and what is left when the shown ones are taken from the whole is
nobody, or a group that is itself large enough (law reference, HEA-2; 3.2 *secondary suppression*).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

HOURS = 24
_CUTS = {24: 3, 8: 2, 4: 2, 2: 2}

Hours = Sequence[int]
"""24 counts, by local hour of one day."""


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

    Each is at least ``least``, and the sum of those not shown is 0 or at least ``least``: where it
    would be smaller, the smallest shown part is withheld too.

    Args:
        parts: Count of every part; their sum is the whole.
        least: Least count shown.
        hidden: Parts that are never shown (the rest, of whom nothing is known).

    Raises:
        ValueError: When a count is negative or ``least`` is below 1.
    """
    if least < 1 or any(count < 0 for count in parts.values()):
        msg = "counts are not negative, a threshold is at least 1"
        raise ValueError(msg)
    shown = {name: count for name, count in parts.items() if count >= least and name not in hidden}
    rest = sum(parts.values()) - sum(shown.values())
    if shown and 0 < rest < least:
        del shown[min(shown, key=lambda name: (shown[name], name))]
    return shown


def merge_slots(hours: Mapping[str, Hours], least: int, hidden: Collection[str] = ()) -> list[Slot]:
    """Return the finest slots of a day in which the parts of a whole may be shown.

    A pure function of the counts: the order in which persons came has no say in it. No slot at all
    means that not even the day is large enough.

    Args:
        hours: Counts by local hour of every part.
        least: Least count shown.
        hidden: Parts that are never shown.

    Raises:
        ValueError: When a part has not 24 hours, a count is negative or ``least`` is below 1.
    """
    if any(len(counts) != HOURS for counts in hours.values()):
        msg = "a day has 24 local hours"
        raise ValueError(msg)

    def shown(first: int, end: int) -> dict[str, int]:
        sums = {name: sum(counts[first:end]) for name, counts in hours.items()}
        return show_parts(sums, least, hidden)

    def cut(first: int, end: int) -> list[Slot]:
        whole = shown(first, end)
        if not whole:
            return []
        step = (end - first) // _CUTS.get(end - first, 1)
        pieces = [(start, start + step) for start in range(first, end, step)]
        if len(pieces) > 1 and all(shown(*piece).keys() == whole.keys() for piece in pieces):
            return [slot for piece in pieces for slot in cut(*piece)]
        return [Slot(first, end, whole)]

    return cut(0, HOURS)
