"""Somebody copies the city: different facts read by one account within an hour, above a bound.

Looking at the same facts again counts once, so that a wall screen or a map that moves does not
alarm; answers, exports and events of the live stream count alike. Each process counts for itself
and joins what it has with the others' on the desk (``desk.reads``) at every hundredth of the bound,
at every quarter for what is heard live: a restart forgets less than that. The alarm is a line of
the audit and an alert for the data protection officer, once an hour for each account; it stops
nobody, a person decides.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from vigie.audit.line import Line, Writer
from vigie.base.clock import Clock, now_us
from vigie.base.errors import Unavailable
from vigie.base.ids import record_id
from vigie.desk.alerts import Alert, Alerts
from vigie.desk.reads import Reads, bits_for, hashes, mark
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.caller import Caller

RULE = "bulk_read"
NONE = np.empty(0, np.uint64)
"""No facts."""
HOUR_US = 3_600_000_000
_WEEK_US = 168 * HOUR_US
_SEVERITY = 4
QUARTERS = 4
_MARGIN = 1.01
"""A joined number is right to one percent: below that it alarms nobody."""


class Told:
    """Facts that one event of the live stream tells to all who may hear it.

    Held for the hour, once for all of them: five hundred listeners have no copy each. A number for
    each fact, and no map: one of a single fact would be as large as one of fifty thousand.
    """

    __slots__ = ("facts",)

    def __init__(self, ids: Iterable[str]) -> None:
        self.facts = hashes(ids)

    def __len__(self) -> int:
        return len(self.facts)


def _every(facts: Iterable[np.ndarray]) -> np.ndarray:
    """Return the different facts of several."""
    return np.unique(np.concatenate([NONE, *facts]))


@dataclass(slots=True)
class _Hour:
    """What one account has read since an hour began.

    Attributes:
        seen: Different facts of answers, by their hashes, in order: a tenth of their ids' memory.
        heard: What the live stream told; it is rarely the same twice.
        unjoined: Of ``seen``, what the desk does not know; of ``heard``, what follows ``joined``.
        told: The alarm was given: nothing is counted any more.
    """

    start_us: int
    seen: np.ndarray = field(default_factory=lambda: NONE)
    heard: list[Told] = field(default_factory=list)
    unjoined: np.ndarray = field(default_factory=lambda: NONE)
    joined: int = 0
    heard_n: int = 0
    waiting: int = 0
    told: bool = False

    def see(self, facts: np.ndarray) -> None:
        """Add different facts of an answer, in order."""
        at = np.searchsorted(self.seen, facts)
        known = self.seen[np.minimum(at, self.seen.size - 1)] == facts if self.seen.size else at < 0
        fresh = facts[~known]
        self.seen = np.insert(self.seen, at[~known], fresh)
        self.unjoined = np.concatenate([self.unjoined, fresh])

    def hear(self, told: Told) -> None:
        """Add what one event tells; ``waiting`` is how many of these the desk does not know."""
        self.heard.append(told)
        self.heard_n += len(told)
        self.waiting += len(told)

    def above(self, bound: int) -> bool:
        """Say whether these are more different facts than a bound."""
        return (
            len(self.seen) + self.heard_n > bound
            and len(_every((*(one.facts for one in self.heard), self.seen))) > bound
        )


class BulkReads:
    """Counts what is read and raises the alarm.

    Attributes:
        bound: Different facts that an account may read in an hour without alarm.
    """

    def __init__(
        self, bound: int, clock: Clock, alerts: Alerts, audit: Writer, reads: Reads
    ) -> None:
        self.bound = bound
        self._clock = clock
        self._alerts = alerts
        self._audit = audit
        self._reads = reads
        self._hours: dict[str, _Hour] = {}
        self._lock = threading.Lock()

    def note(self, caller: Caller, ids: Iterable[str]) -> None:
        """Count facts that an account is about to read.

        Raises:
            Unavailable: The alarm cannot be written: nothing is read.
        """
        facts = hashes(ids)
        with self._lock:
            hour = self._hour(caller)
            if hour.told:
                return
            hour.see(facts)
            due = len(hour.unjoined) >= max(1, self.bound // 100)
        self._join(caller, hour, due=due)

    def hear(self, caller: Caller, told: Sequence[Told]) -> bool:
        """Count facts that an account is about to hear, by event; costs next to nothing.

        Returns:
            Whether ``settle`` must be called first.
        """
        with self._lock:
            hour = self._hour(caller)
            if hour.told:
                return False
            for one in told:
                hour.hear(one)
            return len(hour.seen) + hour.heard_n > self.bound or hour.waiting >= max(
                1, self.bound // QUARTERS
            )

    def settle(self, caller: Caller) -> None:
        """Join what an account has heard with what the desk knows; see ``note``.

        Raises:
            Unavailable: The alarm cannot be written: nothing may be heard.
        """
        with self._lock:
            hour = self._hour(caller)
        if not hour.told:
            self._join(caller, hour, due=True)

    def _hour(self, caller: Caller) -> _Hour:
        at = now_us(self._clock)
        start = at - at % HOUR_US
        hour = self._hours.get(caller.name)
        if hour is None or hour.start_us != start:
            self._hours = {k: v for k, v in self._hours.items() if v.start_us == start}
            hour = self._hours[caller.name] = _Hour(start)
        return hour

    def _join(self, caller: Caller, hour: _Hour, *, due: bool) -> None:
        with self._lock:
            above = hour.above(self.bound)
            if hour.told or not (above or due):
                return
            own, hour.unjoined = hour.unjoined, NONE
            first, hour.joined = hour.joined, len(hour.heard)
            heard = hour.heard[first:]
            hour.told, hour.waiting = above, 0
        bits = bits_for(self.bound)
        # What is above the bound here is above it everywhere: no need to mark millions.
        every = np.concatenate([own[: self.bound + 1], *(one.facts for one in heard)])
        try:
            number, told = self._reads.add(caller.name, hour.start_us, mark(every, bits))
        except Unavailable:
            self._join_later(hour, own, first)
            if above:  # there is no alarm without a desk
                raise
            return
        if not told and (above or number > self.bound * _MARGIN):
            try:
                self._alarm(caller, hour.start_us, now_us(self._clock))
            except Unavailable:
                hour.told = False
                raise
            self._reads.told(caller.name, hour.start_us)
            told = True
        if told:
            hour.told = True
            hour.seen, hour.heard, hour.joined = NONE, [], 0

    def _join_later(self, hour: _Hour, own: np.ndarray, first: int) -> None:
        """Keep what the desk could not be told for the next time; to join twice is to join once."""
        with self._lock:
            hour.told, hour.joined = False, min(first, hour.joined)
            hour.unjoined = np.concatenate([own, hour.unjoined])
            hour.waiting = sum(len(one) for one in hour.heard[hour.joined :])

    def _alarm(self, caller: Caller, start: int, at: int) -> None:
        self._audit.append(
            Line(
                at_us=at,
                verb=Verb.CONSULT,
                who=caller.name,
                role=caller.role,
                purpose=Purpose.OVERSIGHT,
                dataset="facts",
                subject={"act": RULE, "more_than": self.bound, "from_us": start},
            )
        )
        self._alerts.raise_all(
            [
                Alert(
                    alert_id=record_id(RULE, f"{caller.name}\n{start}"),
                    rule=RULE,
                    severity=_SEVERITY,
                    at_us=at,
                    until_us=at + _WEEK_US,
                    explanation={
                        "fr": f"Le compte {caller.name} a lu plus de {self.bound} faits différents"
                        " en une heure.",
                        "en": f"The account {caller.name} has read more than {self.bound} different"
                        " facts within an hour.",
                    },
                    numbers={"account": caller.name, "role": caller.role, "bound": self.bound},
                )
            ]
        )
