"""When a feed that we fetch is tried again: its schedule, and a circuit that opens when it fails.

After a few failures in a row the circuit opens: the feed is left alone for an interval that grows
from opening to opening, is cut by a random part (so that feeds that failed together do not come
back together) and never passes a cap. Then one trial decides (half open). Pure: time and chance are
arguments. Reference: M. Nygard, Release It! (circuit breaker); RFC 5545 gives the rule for local
times that a clock change skips or repeats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from vigie.base.clock import EPOCH
from vigie.model.times import DAY_US, SECOND_US, at_local, resolve_local

State = Literal["closed", "half_open", "open"]
MINUTE_US = 60 * SECOND_US


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient a circuit is.

    Attributes:
        failures: In a row, to open it.
        first_s: Longest first interval, seconds.
        longest_s: Longest interval, seconds.
        jitter: Largest part of an interval that chance cuts off, 0 to 1.
    """

    failures: int = 3
    first_s: int = 60
    longest_s: int = 3_600
    jitter: float = 0.25


POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Circuit:
    """How a feed has been doing.

    Attributes:
        failures: In a row, since it last worked.
        openings: In a row, since it last worked; 0 when the circuit is closed.
        open_until_us: When the next trial may be, epoch µs; 0 when the circuit is closed.
        reason: Of the last failure, or empty.
    """

    failures: int = 0
    openings: int = 0
    open_until_us: int = 0
    reason: str = ""

    def state(self, now_us: int, policy: Policy = POLICY) -> State:
        """Return the state; a clock that was set back never holds a circuit longer than the cap."""
        if self.openings == 0:
            return "closed"
        left_us = self.open_until_us - now_us
        return "open" if 0 < left_us <= policy.longest_s * SECOND_US else "half_open"

    def failed(self, now_us: int, reason: str, chance: float, policy: Policy = POLICY) -> Circuit:
        """Return the circuit after a failure; ``chance`` is from 0 to 1."""
        failures = self.failures + 1
        state = self.state(now_us, policy)
        if state == "open" or (state == "closed" and failures < policy.failures):
            return replace(self, failures=failures, reason=reason)
        openings = self.openings + 1
        grown_s = policy.first_s * 2 ** min(openings - 1, 30)
        wait_us = round(min(grown_s, policy.longest_s) * (1 - policy.jitter * chance) * SECOND_US)
        return Circuit(failures, openings, now_us + wait_us, reason)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a feed is fetched while all is well.

    Attributes:
        period_s: Seconds from one time to the next.
        at: Times of day in the city's zone, minutes from midnight; instead of the period if any.
        timezone: IANA zone of the city.
    """

    period_s: int
    at: tuple[int, ...] = ()
    timezone: str = "UTC"

    @classmethod
    def of(cls, period_s: int, at: tuple[str, ...], timezone: str) -> Schedule:
        """Make a schedule from times of day written ``HH:MM``."""
        minutes = {int(text[:2]) * 60 + int(text[3:]) for text in at}
        return cls(period_s, tuple(sorted(minutes)), timezone)

    def after(self, us: int) -> int:
        """Return the first time after an instant, epoch µs.

        Each time of day comes once a day: one that a clock change skips comes as much later as
        the clock jumped, one that it repeats comes the first time.
        """
        if not self.at:
            return us + self.period_s * SECOND_US
        today = (at_local(us, self.timezone).date() - EPOCH.date()).days
        walls = [
            day * DAY_US + minute * MINUTE_US
            for day in range(today - 1, today + 3)
            for minute in self.at
        ]
        instants = resolve_local(np.array(walls, np.int64), self.timezone).at_us.to_pylist()
        return int(min(at for at in instants if at > us))


def next_try_us(
    schedule: Schedule, circuit: Circuit, tried_us: int | None, now_us: int, policy: Policy = POLICY
) -> int:
    """Return when a feed is tried next, epoch µs: now or before now when it is due.

    A failure is not left until tomorrow: it is tried again after the first interval, or at the
    circuit's hour.
    """
    if tried_us is None or tried_us > now_us:  # never, or the clock was set back
        return now_us
    state = circuit.state(now_us, policy)
    if state != "closed":
        return circuit.open_until_us if state == "open" else now_us
    planned = schedule.after(tried_us)
    if circuit.failures:
        return min(planned, tried_us + policy.first_s * SECOND_US)
    return planned
