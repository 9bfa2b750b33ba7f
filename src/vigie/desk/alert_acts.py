"""What was done about alerts: append-only acts, each with who, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import StaleVersion
from vigie.desk.alert_tables import AlertActRow
from vigie.desk.tables import AlertRow

ACKNOWLEDGE, SNOOZE, WAKE, VERDICT, ESCALATE = (
    "acknowledge",
    "snooze",
    "wake",
    "verdict",
    "escalate",
)
ACTS = (ACKNOWLEDGE, SNOOZE, WAKE, VERDICT)
"""What people do; ``escalate`` is Vigie's own."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Act:
    """One act about one alert.

    Attributes:
        alert_id: The alert.
        number: 1, 2, … without a gap.
        act: acknowledge, snooze, wake, verdict or escalate.
        verdict: true, false or unknown; empty unless ``act`` is verdict.
        reason: Why, scrubbed.
        role: Role of who did it; of an escalation the role asked from now on.
        who: Who did it.
        at_us: When, epoch µs.
        until_us: End of a snooze.
    """

    alert_id: str
    number: int
    act: str
    verdict: str
    reason: str
    role: str
    who: str
    at_us: int
    until_us: int | None = None


def _act(row: AlertActRow) -> Act:
    return Act(**{name: getattr(row, name) for name in Act.__dataclass_fields__})


class AlertActs:
    """Write and read acts; nothing is ever written over."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def append(
        self,
        alert_id: str,
        act: str,
        *,
        role: str,
        who: str,
        verdict: str = "",
        reason: str = "",
        until_us: int | None = None,
        after: int | None = None,
    ) -> Act:
        """Write an act; a verdict becomes the alert's own.

        Args:
            alert_id: The alert.
            act: What is done.
            role: Role of who does it.
            who: Who does it.
            verdict: true, false or unknown.
            reason: Why.
            until_us: End of a snooze.
            after: Number of the last act that was read; None to come after whichever is last.

        Raises:
            StaleVersion: Somebody has acted meanwhile.
        """
        try:
            with Session(self._engine) as session, session.begin():
                last = session.scalar(
                    select(func.max(AlertActRow.number)).where(AlertActRow.alert_id == alert_id)
                )
                if after is not None and (last or 0) != after:
                    raise StaleVersion(what="alert", name=alert_id)
                row = AlertActRow(
                    alert_id=alert_id,
                    number=(last or 0) + 1,
                    act=act,
                    verdict=verdict,
                    reason=reason,
                    role=role,
                    who=who,
                    at_us=now_us(self._clock),
                    until_us=until_us,
                )
                session.add(row)
                if act == VERDICT:
                    session.execute(
                        update(AlertRow)
                        .where(AlertRow.alert_id == alert_id)
                        .values(verdict=verdict)
                    )
                session.flush()
                return _act(row)
        except IntegrityError as error:
            raise StaleVersion(what="alert", name=alert_id) from error

    def of(self, alert_ids: Iterable[str]) -> dict[str, list[Act]]:
        """Return the acts of some alerts, oldest first, by alert."""
        wanted = list(alert_ids)
        found: dict[str, list[Act]] = {one: [] for one in wanted}
        with Session(self._engine) as session:
            for start in range(0, len(wanted), _CHUNK):
                query = (
                    select(AlertActRow)
                    .where(AlertActRow.alert_id.in_(wanted[start : start + _CHUNK]))
                    .order_by(AlertActRow.alert_id, AlertActRow.number)
                )
                for row in session.scalars(query):
                    found[row.alert_id].append(_act(row))
        return found
