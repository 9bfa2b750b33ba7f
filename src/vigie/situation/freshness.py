"""How old the data behind a view is: a stale figure looks different before it is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from vigie.base.clock import now_us
from vigie.situation.home import Home

_SECOND_US = 1_000_000
STEP_US = 5 * _SECOND_US
"""Windows that end *now* end at such a step: who asks the same within it asks one question."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """The age of what a view shows.

    Attributes:
        age_s: Seconds since anything that feeds the view was received; None without any.
        stale: Whether a source that feeds the view is silent for twice its period or more.
        silent: Names of those sources.
    """

    age_s: float | None
    stale: bool
    silent: tuple[str, ...] = ()


def freshness(home: Home, sources: Collection[str] = ()) -> Freshness:
    """Return the freshness of a view on these sources; of all when none is named.

    A source that never sent anything feeds nothing and does not make a view stale.
    """
    at = now_us(home.clock)
    feeding = [
        one
        for one in home.intake.health(at, batches=0)
        if one.state != "never" and (not sources or one.source in sources)
    ]
    if not feeding:
        return Freshness(None, stale=False)
    last = max((one.last_received_us or 0) for one in feeding)
    silent = tuple(sorted(one.source for one in feeding if one.state == "stale"))
    return Freshness(max(0.0, (at - last) / _SECOND_US), bool(silent), silent)


def until_now(home: Home) -> int:
    """Return the end of a window that ends now: at most a step later, so that nothing is missed."""
    return -(-now_us(home.clock) // STEP_US) * STEP_US
