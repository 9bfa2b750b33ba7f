"""Which of two messages about one thing is the later, whatever their order of arrival."""

from __future__ import annotations

import zlib
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.intake.messages.reading import RowRefused
from vigie.model.times import SECOND_US

SKEW_S = 300
"""How far ahead a source's clock may be before it is remarked on, seconds (as GTFS Realtime's)."""

DAY_S = 86_400
_MS_US = 1_000
_TIES = 500


def revision(spoken_us: int, content: Any, *, final: bool = False) -> int:
    """Return the revision of a state: the instant it was sent, to the millisecond, in µs.

    Formats of messages write seconds, so that two states may bear one instant. The last three
    digits then decide, from what the states hold and not from which came first.

    Args:
        spoken_us: When it was sent, epoch µs.
        content: What the state holds, of plain values.
        final: A closure: of two states of one instant it is the later.
    """
    tie = zlib.crc32(repr(content).encode("utf-8", "backslashreplace")) % _TIES
    return spoken_us // _MS_US * _MS_US + (_TIES if final else 0) + tie


def clock_ahead_s(spoken_us: int, now_us: int) -> int:
    """Return by how much a source's clock is ahead, seconds; 0 within ``SKEW_S``.

    A message that comes late says nothing of its clock; one from the future does.

    Raises:
        RowRefused: ``time_in_future`` from a day on: its revision would outlive all true ones.
    """
    ahead_s = (spoken_us - now_us) // SECOND_US
    if ahead_s > DAY_S:
        raise RowRefused("time_in_future", value=to_rfc3339(spoken_us))
    return ahead_s if ahead_s > SKEW_S else 0
