"""The time of a home while it is served: written down, and told when the machine's is not believed.

What waits for a clock that is believed is counted by what the machine's clock would end.
"""

from __future__ import annotations

from vigie.audit.line import Line
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import VigieError
from vigie.base.house_clock import Doubt, doubt_of, note_time
from vigie.base.logging import get_logger
from vigie.base.translations import translate
from vigie.desk.alerts import Alert
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.alerts import tell
from vigie.situation.home import Home

RULE = "clock_doubt"
DATASET = "clock"
SEVERITY = 5
EVERY_S = 20
GRACE_US = 60_000_000
"""A machine that has just started asks for the time first; that is no alarm."""
_DAY_US = 86_400_000_000
log = get_logger(__name__)


class TimeWatch:
    """Looks every ``EVERY_S`` whether the machine's clock is believed.

    Args:
        home: The home.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._doubt: Doubt | None = None
        self._waiting: int | None = None

    def look(self) -> Doubt | None:
        """Write the time down, put a doubt on the desk, or its end; return the doubt."""
        note_time(self._home.clock)
        doubt, before = doubt_of(self._home.clock), self._doubt
        self._doubt = doubt
        alerts = []
        if doubt is not None and doubt.at_us - doubt.since_us >= GRACE_US:
            if self._waiting is None:
                self._waiting = waiting(self._home, doubt)
            alerts.append(_alert(doubt, self._waiting))
            tell(self._home, self._home.desk.alerts.raise_all(alerts))
        if doubt is not None or before is not None or self._waiting is not None:
            self._home.desk.alerts.end_others([RULE], [one.alert_id for one in alerts])
        if doubt is None:
            self._waiting = None
            if before is not None:
                self._home.audit.append(believed(before, now_us(self._home.clock)))
                self._retry()
        return doubt

    def _retry(self) -> None:
        """Read again what was refused for being later than the time that the home then had."""
        try:
            self._home.intake.quarantine_retry(code="time_in_future")
        except VigieError as error:
            log.warning("refused rows were not read again", code=error.code)


def waiting(home: Home, doubt: Doubt) -> int:
    """Return how many records would have ended by the machine's clock, were it right."""
    return home.retention.look(doubt.at_us + doubt.ahead_us).total if doubt.ahead_us > 0 else 0


def believed(doubt: Doubt, at_us: int, who: str = "vigie") -> Line:
    """Return the line that says that a home's time has gone on by the machine's clock."""
    subject: dict[str, str | int | float | bool | list[str | int | float | bool | None] | None] = {
        "act": "clock_believed",
        "since": to_rfc3339(doubt.since_us),
        "from": to_rfc3339(doubt.at_us),
        "ahead_s": doubt.ahead_us // 1_000_000,
    }
    return Line(
        *(at_us, Verb.ALTER, who, "system", Purpose.ADMINISTRATION, DATASET, subject)
    )  # fmt: skip


def _alert(doubt: Doubt, n: int) -> Alert:
    code = "clock_ahead" if doubt.ahead_us > 0 else "clock_behind"
    told = {
        "clock": to_rfc3339((doubt.at_us + doubt.ahead_us) // _MINUTE_US * _MINUTE_US),
        "hours": abs(doubt.ahead_us) // 3_600_000_000,
        "since": to_rfc3339(doubt.since_us // _MINUTE_US * _MINUTE_US),
        "n": n,
    }
    return Alert(
        alert_id=f"alert-clock-{doubt.since_us}-{code}",
        rule=RULE,
        severity=SEVERITY,
        at_us=doubt.since_us,
        until_us=doubt.at_us + _DAY_US,
        explanation={tongue: translate(code, tongue, **told) for tongue in ("fr", "en")},
        numbers={"code": code, "ahead_s": doubt.ahead_us // 1_000_000, "waiting": n},
    )


_MINUTE_US = 60_000_000
