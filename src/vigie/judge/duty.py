"""Who is asked about an alert: roles on duty by the hour, the next after a time without answer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from vigie.model.times import DAY_US, at_local, local_us

MINUTE_US = 60_000_000
DAY_MIN = 1_440
AHEAD_DAYS = 8
"""How far the next change of duty is looked for: a week of hours, and a day."""


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
class Turn:
    """A role held, or left empty, from one instant to another; it goes before the weekly hours.

    Attributes:
        role: Name of the role.
        from_us: First instant, epoch µs.
        to_us: End, exclusive.
        held: False where nobody holds the role meanwhile.
        post: How the role is reached: a desk, a call sign, an extension; never a person.
    """

    role: str
    from_us: int
    to_us: int
    held: bool = True
    post: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in which the roles on duty do not change; empty where nobody is."""

    from_us: int
    to_us: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Who answers alerts, in the order in which they are asked.

    Attributes:
        watches: In the order of asking; a role may have several.
        after_min: Minutes without an answer after which the next role is asked.
        turns: What differs from the weekly hours, by beginning; of two at once the later stands.
    """

    watches: tuple[Watchkeeping, ...] = (Watchkeeping("operator"), Watchkeeping("shift_head"))
    after_min: int = 10
    turns: tuple[Turn, ...] = ()

    def turn_of(self, role: str, at_us: int) -> Turn | None:
        """Return the turn that decides about a role at an instant; None for its weekly hours."""
        found = [one for one in self.turns if one.role == role and one.from_us <= at_us < one.to_us]
        return found[-1] if found else None

    def on_duty(self, at_us: int, timezone: str) -> tuple[str, ...]:
        """Return the roles on duty at an instant, in the order of asking, each once."""
        local = at_local(at_us, timezone)
        minute, weekday = local.hour * 60 + local.minute, local.weekday()
        usual = {one.role for one in self.watches if one.on_duty(weekday, minute)}
        order = dict.fromkeys(
            [*(one.role for one in self.watches), *(one.role for one in self.turns)]
        )
        told = {role: self.turn_of(role, at_us) for role in order}
        return tuple(
            role for role in order if (role in usual if (turn := told[role]) is None else turn.held)
        )

    def stretches(self, from_us: int, to_us: int, timezone: str) -> list[Stretch]:
        """Return who is on duty from an instant to another, change by change."""
        bounds = {from_us, to_us}
        bounds.update(b for one in self.turns for b in (one.from_us, one.to_us))
        day = at_local(from_us, timezone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day.timestamp() * 1e6 < to_us:
            for minute in {m % DAY_MIN for one in self.watches for m in (one.from_min, one.to_min)}:
                wall = day.replace(hour=minute // 60, minute=minute % 60)
                bounds.add(int(wall.timestamp()) * 1_000_000)
            bounds.add(int(day.timestamp()) * 1_000_000)
            day = day + timedelta(days=1)
        told: list[Stretch] = []
        marks = sorted(b for b in bounds if from_us <= b <= to_us)
        for low, high in itertools.pairwise(marks):
            roles = self.on_duty(low, timezone)
            if told and told[-1].roles == roles:
                told[-1] = Stretch(told[-1].from_us, high, roles)
            else:
                told.append(Stretch(low, high, roles))
        return told

    def next_us(self, at_us: int, timezone: str) -> int | None:
        """Return when somebody is on duty again, at most eight days on; None where nobody is."""
        ahead = self.stretches(at_us, at_us + AHEAD_DAYS * DAY_US, timezone)
        return next((one.from_us for one in ahead if one.roles), None)

    def manned_since(self, at_us: int, since_us: int, timezone: str) -> int:
        """Return from when on somebody has been on duty without a break, not before ``since_us``.

        Time in which nobody was on duty is no time without an answer.
        """
        if since_us >= at_us:
            return since_us
        low = max(since_us, at_us - AHEAD_DAYS * DAY_US)
        back = self.stretches(low, at_us, timezone)
        empty = [one.to_us for one in back if not one.roles]
        return empty[-1] if empty else since_us


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about an alert.

    Attributes:
        role: The role; empty when nobody is on duty.
        step: 0 for the first, 1 after one escalation, and so on.
        next_us: When the next role is asked, epoch µs; None when it is the last. When nobody is
            on duty, when somebody is again.
        post: How the role is reached, where its turn says so.
    """

    role: str
    step: int
    next_us: int | None
    post: str = ""


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
        return Asked("", 0, roster.next_us(now_us, timezone))
    wait_us = roster.after_min * MINUTE_US
    begun_us = roster.manned_since(now_us, since_us + paused_us, timezone)
    passed = max(0, now_us - begun_us)
    step = min(int(passed // wait_us), len(roles) - 1)
    turn = roster.turn_of(roles[step], now_us)
    post = turn.post if turn is not None else ""
    last = step == len(roles) - 1
    return Asked(roles[step], step, None if last else begun_us + (step + 1) * wait_us, post)


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
