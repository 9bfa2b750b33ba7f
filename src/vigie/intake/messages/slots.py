"""Slots of time as tables give them: a start, and an end, a length or two hours beside it."""

from __future__ import annotations

import re
from typing import NamedTuple

from vigie.intake.messages.moments import minutes_of, read_moment, shift_hour
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.sheets import Cells, need_cell
from vigie.model.times import DAY_US, SECOND_US

SLOT_FIELDS = ("debut", "heure", "tranche", "fin", "duree")
"""Fields that say when: start or day, its hour apart, "08:00-10:00", end, length."""
SHORTEST_MIN = 15
LONGEST_MIN = 1_500  # a day of 25 hours
_MINUTE_US = 60 * SECOND_US
_HOUR_ONLY = re.compile(r"\d{1,2}\s?[:hH]\s?(?:\d{2})?(?:[:mM]\d{2})?")


class Slot(NamedTuple):
    """A slot of time.

    Attributes:
        from_us: Start, epoch µs.
        to_us: End, epoch µs.
        remark: ``ambiguous_time`` or ``nonexistent_time`` of its start, else empty.
    """

    from_us: int
    to_us: int
    remark: str = ""

    @property
    def seconds(self) -> int:
        """Length, whole seconds."""
        return (self.to_us - self.from_us) // SECOND_US


def read_slot(cells: Cells, zone: str, minutes: float | None) -> Slot:
    """Return the slot of a row.

    Args:
        cells: The row; ``SLOT_FIELDS`` are looked at.
        zone: IANA zone of what names none.
        minutes: Length of a slot where the row does not say.

    Raises:
        RowRefused: ``missing_required``, ``bad_time``, ``bad_number``, ``time_reversed``, or
            ``out_of_range`` for a length below a quarter of an hour or above a day.
    """
    day = need_cell(cells, "debut", 80)
    hours = cells.get("tranche")
    begin, end = cells.get("heure"), cells.get("fin")
    if hours is not None:
        pair = shift_hour(hours)
        if pair is None:
            raise RowRefused("bad_time", value=hours[:40], column="tranche")
        begin, end = pair
    start = read_moment(day, begin, zone, "debut")
    if start.day_only and hours is None and "duree" not in cells:
        raise RowRefused("missing_required", column="heure")
    from_us = start.earliest_us
    if end is not None:
        to_us = _end(day, end, from_us, zone)
    else:
        to_us = from_us + round(_minutes(cells, minutes) * _MINUTE_US)
    lasted = (to_us - from_us) / _MINUTE_US
    if lasted <= 0:
        raise RowRefused("time_reversed")
    if not SHORTEST_MIN <= lasted <= LONGEST_MIN:
        raise RowRefused("out_of_range", value=f"{lasted:g} min", column="fin")
    return Slot(from_us, to_us, start.remark)


def _end(day: str, end: str, from_us: int, zone: str) -> int:
    """Return the end of a slot, which may be an hour of the same day or of the night after."""
    if _HOUR_ONLY.fullmatch(end.strip()) is None:
        return read_moment(end, None, zone, "fin").earliest_us
    to_us = read_moment(re.split(r"[T ]", day)[0], end, zone, "fin").earliest_us
    return to_us if to_us > from_us else to_us + DAY_US


def _minutes(cells: Cells, usual: float | None) -> float:
    said = cells.get("duree")
    if said is None:
        if usual is None:
            raise RowRefused("missing_required", column="fin")
        return usual
    minutes = minutes_of(said)
    if minutes is None:
        raise RowRefused("bad_number", value=said[:40], column="duree")
    return minutes
