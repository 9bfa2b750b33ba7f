"""Alerts on the desk: raised once, closed by themselves when their time is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound
from vigie.desk.tables import AlertRow


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a rule found, with its reason and its numbers.

    Attributes:
        alert_id: Deterministic from rule, place and time: the same finding is one alert.
        rule: Name of the rule.
        severity: 1 to 5.
        at_us: Instant it is about.
        until_us: When it stops being of interest.
        explanation: One sentence, French and English.
        numbers: What the sentence rests on.
        lon: Longitude, when it has a place.
        lat: Latitude, when it has a place.
        state: ``raised`` or ``over``.
        instance: Instance of the rule that raised it; empty for a rule without instances.
        family: What it is about; alerts of one family may be one situation.
        verdict: The newest verdict on it: true, false, unknown; empty before any.
        raised_us: When it was raised, epoch µs.
    """

    alert_id: str
    rule: str
    severity: int
    at_us: int
    until_us: int
    explanation: dict[str, str]
    numbers: dict[str, Any] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    state: str = "raised"
    instance: str = ""
    family: str = ""
    verdict: str = ""
    raised_us: int = field(default=0, compare=False)


def _alert(row: AlertRow) -> Alert:
    return Alert(**{name: getattr(row, name) for name in Alert.__dataclass_fields__})


class Alerts:
    """The list of alerts."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def raise_all(self, alerts: Iterable[Alert]) -> list[Alert]:
        """Keep the alerts that are not known yet and return those."""
        at = now_us(self._clock)
        fresh: list[Alert] = []
        with Session(self._engine) as session, session.begin():
            for alert in alerts:
                if session.get(AlertRow, alert.alert_id) is not None:
                    continue
                session.add(
                    AlertRow(
                        alert_id=alert.alert_id,
                        rule=alert.rule,
                        severity=alert.severity,
                        at_us=alert.at_us,
                        until_us=alert.until_us,
                        lon=alert.lon,
                        lat=alert.lat,
                        explanation=alert.explanation,
                        numbers=alert.numbers,
                        state="raised",
                        raised_us=at,
                        instance=alert.instance,
                        family=alert.family,
                        verdict="",
                    )
                )
                session.flush()
                fresh.append(replace(alert, raised_us=at))
            session.execute(
                update(AlertRow)
                .where(AlertRow.state == "raised", AlertRow.until_us < at)
                .values(state="over")
            )
        return fresh

    def end_others(self, rules: Iterable[str], still: Iterable[str]) -> int:
        """End the alerts of some rules that are no longer found; returns how many.

        Args:
            rules: Rules that look at the present, so that what they do not find is over.
            still: Alerts that they find now.
        """
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            gone = select(AlertRow).where(
                AlertRow.state == "raised",
                AlertRow.rule.in_(list(rules)),
                AlertRow.alert_id.not_in(list(still)),
            )
            rows = list(session.scalars(gone))
            for row in rows:
                row.state, row.until_us = "over", at
        return len(rows)

    def list_all(
        self,
        *,
        state: str | None = None,
        limit: int = 200,
        only: str | None = None,
        without: str | None = None,
    ) -> list[Alert]:
        """Return alerts, newest first.

        Args:
            state: Only those in this state.
            limit: At most so many.
            only: Only those of this rule.
            without: None of this rule.
        """
        query = select(AlertRow).order_by(AlertRow.at_us.desc(), AlertRow.alert_id).limit(limit)
        if state is not None:
            query = query.where(AlertRow.state == state)
        if only is not None:
            query = query.where(AlertRow.rule == only)
        if without is not None:
            query = query.where(AlertRow.rule != without)
        with Session(self._engine) as session:
            return [_alert(row) for row in session.scalars(query)]

    def around(
        self,
        times: tuple[int, int],
        box: tuple[float, float, float, float],
        *,
        limit: int,
        without: str,
    ) -> list[Alert]:
        """Return the alerts of interest within some time and in a box, newest first.

        Args:
            times: Beginning and end, epoch µs, the end exclusive.
            box: Least longitude and latitude, greatest longitude and latitude.
            limit: At most so many.
            without: None of this rule.
        """
        west, south, east, north = box
        query = (
            select(AlertRow)
            .where(
                AlertRow.at_us < times[1],
                AlertRow.until_us > times[0],
                AlertRow.lon.between(west, east),
                AlertRow.lat.between(south, north),
                AlertRow.rule != without,
            )
            .order_by(AlertRow.at_us.desc(), AlertRow.alert_id)
            .limit(limit)
        )
        with Session(self._engine) as session:
            return [_alert(row) for row in session.scalars(query)]

    def get(self, alert_id: str) -> Alert:
        """Return an alert.

        Raises:
            NotFound: There is none of that name.
        """
        with Session(self._engine) as session:
            row = session.get(AlertRow, alert_id)
            if row is None:
                raise NotFound(what="alert", name=alert_id[:40])
            return _alert(row)

    def since(self, instance: str, from_us: int) -> list[Alert]:
        """Return the alerts of an instance about instants from one on, by time."""
        query = (
            select(AlertRow)
            .where(AlertRow.instance == instance, AlertRow.at_us >= from_us)
            .order_by(AlertRow.at_us)
        )
        with Session(self._engine) as session:
            return [_alert(row) for row in session.scalars(query)]

    def verdicts(self) -> dict[tuple[str, str], list[str]]:
        """Return the newest verdicts by rule and instance; an empty one is an alert not judged."""
        query = select(AlertRow.rule, AlertRow.instance, AlertRow.verdict)
        found: dict[tuple[str, str], list[str]] = {}
        with Session(self._engine) as session:
            for rule, instance, verdict in session.execute(query):
                found.setdefault((rule, instance), []).append(verdict)
        return found

    def count(self) -> int:
        """Return how many alerts were ever raised."""
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(AlertRow)) or 0
