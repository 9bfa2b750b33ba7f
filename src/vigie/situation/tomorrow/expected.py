"""What events are expected to bring and to take, worked out beside and kept for the agenda.

The agenda opens within a second; the effect model takes several to fit. So it is fitted by the
schedule of a serving home, once an hour at most, and the agenda takes what stands. Until then, and
at the command line, the part of the note says that it is not estimated.

The model is the house's own reckoning, over all facts: rates of kinds of events, pooled over many.
No count of a cell is told. It is used for who sees facts' figures without bounds of feed or zone;
for others it would tell of what they may not see, and the part is not estimated.
"""

from __future__ import annotations

from vigie.base.clock import now_us
from vigie.foresight.plans import DAY_US, plans_between
from vigie.situation.assessed_use import may_use
from vigie.situation.home import Home

AHEAD_DAYS = 400


def work_out(home: Home) -> int:
    """Work out what the plans of the year to come are expected to bring; returns how many.

    Takes seconds where the model is not fitted yet: for the schedule, not for an answer. None while
    forecasts wait for the signed assessment.
    """
    if not may_use(home, "forecasts"):
        home.reckoned.excess = {}
        return 0
    at = now_us(home.clock)
    standing = home.reckoned.standing(at)
    plans = plans_between(home.plans, at - DAY_US, at + AHEAD_DAYS * DAY_US)
    known = [one for one in map(standing.occasion, plans) if one is not None]
    excess = standing.model.expected_excess(known)
    home.reckoned.excess = {name: (one.low, one.mid, one.high) for name, one in excess.items()}
    return len(excess)
