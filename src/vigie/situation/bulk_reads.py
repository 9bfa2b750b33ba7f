"""Somebody copies the city: different facts read by one account within an hour, above a bound.

Looking at the same facts again counts once, so that a wall screen or a map that moves does not
alarm; answers, exports and events of the live stream count alike. Each process counts for itself
and joins what it has with the others' on the desk (``desk.reads``) at every hundredth of the bound:
a restart forgets less than that. The alarm is a line of the audit and an alert for the data
protection officer, once an hour for each account; it stops nobody, a person decides.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from vigie.audit.line import Line, Writer
from vigie.base.clock import Clock, now_us
from vigie.base.errors import Unavailable
from vigie.base.ids import record_id
from vigie.desk.alerts import Alert, Alerts
from vigie.desk.reads import Reads, bits_for, mark
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.caller import Caller

RULE = "bulk_read"
HOUR_US = 3_600_000_000
_WEEK_US = 168 * HOUR_US
_SEVERITY = 4
_MARGIN = 1.01
"""A joined number is right to one percent: below that it alarms nobody."""


@dataclass(slots=True)
class _Hour:
    """What one account has read since an hour began."""

    start_us: int
    seen: set[str] = field(default_factory=set)
    unjoined: set[str] = field(default_factory=set)
    told: bool = False


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
        at = now_us(self._clock)
        start = at - at % HOUR_US
        with self._lock:
            hour = self._hours.get(caller.name)
            if hour is None or hour.start_us != start:
                self._hours = {k: v for k, v in self._hours.items() if v.start_us == start}
                hour = self._hours[caller.name] = _Hour(start)
            if hour.told:
                return
            fresh = set(ids) - hour.seen
            hour.seen |= fresh
            hour.unjoined |= fresh
            above = len(hour.seen) > self.bound
            if not above and len(hour.unjoined) < max(1, self.bound // 100):
                return
            joined, hour.unjoined = hour.unjoined, set()
            hour.told = above
        # What is above the bound here is above it everywhere: no need to mark millions.
        some = islice(joined, self.bound + 1)
        number, told = self._reads.add(caller.name, start, mark(some, bits_for(self.bound)))
        if not told and (above or number > self.bound * _MARGIN):
            try:
                self._alarm(caller, start, at)
            except Unavailable:
                hour.told = False
                raise
            self._reads.told(caller.name, start)
            told = True
        if told:
            hour.told = True
            hour.seen = set()

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
