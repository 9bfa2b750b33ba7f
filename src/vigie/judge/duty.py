"""Who is asked about an alert: roles on duty by the hour, the next after a time without answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.model.times import DAY_US, at_local, local_us

MINUTE_US = 60_000_000
DAY_MIN = 1_440


@dataclass(frozen=True, slots=True)
class Watchkeeping:
    """Hours in which a role answers alerts.

    Attributes:
        role: Name of the role; a function, never a person.
        weekdays: 0 = Monday to 6.
        from_min: First minute of the local day.
        to_min: Minute it ends; not after ``from_min`` for a watch over midnight.
    """

    role: str
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    from_min: int = 0
    to_min: int = DAY_MIN

    def on_duty(self, weekday: int, minute: int) -> bool:
        """Whether it answers at a minute of a weekday; a watch over midnight is of its start."""
        if self.from_min < self.to_min:
            return weekday in self.weekdays and self.from_min <= minute < self.to_min
        if minute >= self.from_min:
            return weekday in self.weekdays
        return minute < self.to_min and (weekday - 1) % 7 in self.weekdays


@dataclass(frozen=True, slots=True)
class Roster:
    """Who answers alerts, in the order in which they are asked.

    Attributes:
        watches: In the order of asking; a role may have several.
        after_min: Minutes without an answer after which the next role is asked.
    """

    watches: tuple[Watchkeeping, ...] = (Watchkeeping("operator"), Watchkeeping("shift_head"))
    after_min: int = 10

    def on_duty(self, at_us: int, timezone: str) -> tuple[str, ...]:
        """Return the roles on duty at an instant, in the order of asking, each once."""
        local = at_local(at_us, timezone)
        minute = local.hour * 60 + local.minute
        found = [one.role for one in self.watches if one.on_duty(local.weekday(), minute)]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about an alert.

    Attributes:
        role: The role; empty when nobody is on duty.
        step: 0 for the first, 1 after one escalation, and so on.
        next_us: When the next role is asked, epoch µs; None when it is the last.
    """

    role: str
    step: int
    next_us: int | None


def asked(
    roster: Roster, timezone: str, *, since_us: int, now_us: int, paused_us: int = 0
) -> Asked:
    """Return who is asked about an alert that nobody has answered yet.

    Args:
        roster: Who answers.
        timezone: Zone of its hours.
        since_us: When the alert was raised, or woke up again.
        now_us: The present.
        paused_us: Time that does not count (a snooze).
    """
    roles = roster.on_duty(now_us, timezone)
    if not roles:
        return Asked("", 0, None)
    wait_us = roster.after_min * MINUTE_US
    passed = max(0, now_us - since_us - paused_us)
    step = min(int(passed // wait_us), len(roles) - 1)
    last = step == len(roles) - 1
    return Asked(roles[step], step, None if last else since_us + paused_us + (step + 1) * wait_us)


def within_hours(at_us: Sequence[int], timezone: str, from_h: int, to_h: int) -> list[bool]:
    """Say which instants lie in local hours, from one inclusive to another exclusive.

    Equal bounds are the whole day; a later start than end goes over midnight.
    """
    if from_h == to_h:
        return [True] * len(at_us)
    local = local_us(np.asarray(at_us, dtype=np.int64), timezone)
    hours = (local % DAY_US) // (60 * MINUTE_US)
    if from_h < to_h:
        kept = (hours >= from_h) & (hours < to_h)
    else:
        kept = (hours >= from_h) | (hours < to_h)
    return [bool(one) for one in kept]
