"""Somebody copies the city: different facts read by one account within an hour, above a bound.

Looking at the same facts again counts once, so that a wall screen or a map that moves does not
alarm. The alarm is a line of the audit and an alert for the data protection officer, once an hour
at most for each account; it stops nobody, a person decides.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigie.audit.line import Line, Writer
from vigie.base.clock import Clock, now_us
from vigie.base.ids import record_id
from vigie.desk.alerts import Alert, Alerts
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.caller import Caller

RULE = "bulk_read"
HOUR_US = 3_600_000_000
_WEEK_US = 168 * HOUR_US
_SEVERITY = 4


@dataclass(slots=True)
class _Hour:
    """What one account has read since an hour began."""

    start_us: int
    seen: set[int] = field(default_factory=set)
    told: bool = False


class BulkReads:
    """Counts what is read and raises the alarm.

    Attributes:
        bound: Different facts that an account may read in an hour without alarm.
    """

    def __init__(self, bound: int, clock: Clock, alerts: Alerts, audit: Writer) -> None:
        self.bound = bound
        self._clock = clock
        self._alerts = alerts
        self._audit = audit
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
            hour.seen.update(hash(one) for one in ids)
            if len(hour.seen) <= self.bound:
                return
            hour.told = True
            hour.seen.clear()
        self._alarm(caller, start, at)

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
