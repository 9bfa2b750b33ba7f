"""What events are expected to bring and to take, worked out beside and kept for the agenda.

The agenda opens within a second; the effect model takes several to fit. So it is fitted by the
schedule of a serving home, once an hour at most, and the agenda takes what stands. Until then, and
at the command line, the part of the note says that it is not estimated.

The model is the house's own reckoning, over all facts: rates of kinds of events, pooled over many.
No count of a cell is told. It is used for who sees facts' figures without bounds of feed or zone;
for others it would tell of what they may not see, and the part is not estimated.
"""

from __future__ import annotations

from threading import Lock
from types import MappingProxyType

from vigie.base.clock import now_us
from vigie.foresight.agenda import Threes
from vigie.foresight.effects.history import model_of
from vigie.foresight.plans import DAY_US, plans_between
from vigie.situation.home import Home

AHEAD_DAYS = 400
NOTHING: Threes = MappingProxyType({})


class _Standing:
    """What was worked out last, by home."""

    def __init__(self) -> None:
        self._by_home: dict[object, Threes] = {}
        self._guard = Lock()

    def put(self, home: Home, value: Threes) -> None:
        with self._guard:
            self._by_home[home.path] = value

    def get(self, home: Home) -> Threes:
        with self._guard:
            return self._by_home.get(home.path, NOTHING)


_STANDING = _Standing()
_NEEDED = _Standing()


def expected_excess(home: Home) -> Threes:
    """Return the facts above the usual that plans are expected to bring, as worked out last.

    Plans that nobody has worked out since they were entered or changed are absent.
    """
    return _STANDING.get(home)


def agents_needed(home: Home) -> Threes:
    """Return the agents that the coming month's plans need, low, likely and high, as kept last."""
    return _NEEDED.get(home)


def keep_needed(home: Home, needed: Threes) -> None:
    """Keep what plans were found to need, for the agenda."""
    _NEEDED.put(home, needed)


def work_out(home: Home) -> int:
    """Work out what the plans of the year to come are expected to bring; returns how many.

    Takes seconds where the model is not fitted yet: for the schedule, not for an answer.
    """
    at, city = now_us(home.clock), home.settings.city
    standing = model_of(
        home.lake, home.plans, center=city.center, timezone=city.timezone, now_us=at
    )
    plans = plans_between(home.plans, at - DAY_US, at + AHEAD_DAYS * DAY_US)
    known = [one for one in map(standing.occasion, plans) if one is not None]
    excess = standing.model.expected_excess(known)
    _STANDING.put(home, {name: (one.low, one.mid, one.high) for name, one in excess.items()})
    return len(excess)
