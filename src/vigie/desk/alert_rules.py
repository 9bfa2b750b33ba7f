"""Instances of alert rules and the duty roster: append-only versions, the newest in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.base.ids import new_id
from vigie.desk.alert_tables import AlertRosterRow, AlertRuleRow

ON, OFF, GONE = "on", "off", "gone"
STATES = (ON, OFF, GONE)


@dataclass(frozen=True, slots=True)
class Instance:
    """One version of an instance of an alert rule.

    Attributes:
        rule_id: Its name for ever.
        number: Version: 1, 2, … without a gap.
        family: Name of the rule.
        name: What people call it.
        parameters: What the rule's form asks for.
        scope: Zone, sources, hours.
        severity: Of its alerts, 1 to 5.
        state: on, off, or gone.
        who: Who wrote this version.
        why: Why, scrubbed.
        at_us: When, epoch µs.
        ended_us: When it was given up; None while it may still be switched on.
    """

    rule_id: str
    number: int
    family: str
    name: str
    parameters: Mapping[str, Any]
    scope: Mapping[str, Any]
    severity: int
    state: str
    who: str
    why: str
    at_us: int
    ended_us: int | None = None


@dataclass(frozen=True, slots=True)
class RosterVersion:
    """One version of the duty roster.

    Attributes:
        number: Version; 0 for the one that comes with Vigie.
        after_min: Minutes without an answer after which the next role is asked.
        watches: Role, weekdays and minutes of the day, in the order of asking.
        who: Who wrote it.
        at_us: When, epoch µs.
    """

    number: int
    after_min: int
    watches: tuple[Mapping[str, Any], ...]
    who: str = ""
    at_us: int = 0


def _instance(row: AlertRuleRow) -> Instance:
    return Instance(**{name: getattr(row, name) for name in Instance.__dataclass_fields__})


def _roster_id(number: int) -> str:
    return f"roster-{number:06d}"


class AlertRules:
    """Write and read instances and rosters; nothing is ever written over."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def put(
        self,
        rule_id: str,
        *,
        after: int,
        family: str,
        name: str,
        parameters: Mapping[str, Any],
        scope: Mapping[str, Any],
        severity: int,
        state: str,
        who: str,
        why: str,
    ) -> Instance:
        """Write the version after ``after``; an empty id with 0 makes a new instance.

        Raises:
            StaleVersion: Somebody has written that version meanwhile.
        """
        rule_id = rule_id or new_id("rule")
        at = now_us(self._clock)
        row = AlertRuleRow(
            rule_id=rule_id,
            number=after + 1,
            family=family,
            name=name,
            parameters=dict(parameters),
            scope=dict(scope),
            severity=severity,
            state=state,
            who=who,
            why=why,
            at_us=at,
            ended_us=at if state == GONE else None,
        )
        try:
            with Session(self._engine) as session, session.begin():
                last = session.scalar(
                    select(func.max(AlertRuleRow.number)).where(AlertRuleRow.rule_id == rule_id)
                )
                if (last or 0) != after:
                    raise StaleVersion(what="alert_rule", name=rule_id)
                session.add(row)
                session.flush()
                return _instance(row)
        except IntegrityError as error:
            raise StaleVersion(what="alert_rule", name=rule_id) from error

    def versions(self, rule_id: str) -> list[Instance]:
        """Return the versions of an instance, oldest first.

        Raises:
            NotFound: There is none of that name.
        """
        query = (
            select(AlertRuleRow)
            .where(AlertRuleRow.rule_id == rule_id)
            .order_by(AlertRuleRow.number)
        )
        with Session(self._engine) as session:
            found = [_instance(row) for row in session.scalars(query)]
        if not found:
            raise NotFound(what="alert_rule", name=rule_id[:40])
        return found

    def list_all(self, *, gone: bool = False) -> list[Instance]:
        """Return the newest version of every instance, by name; those given up only if asked."""
        query = select(AlertRuleRow).order_by(AlertRuleRow.number)
        with Session(self._engine) as session:
            newest = {row.rule_id: _instance(row) for row in session.scalars(query)}
        kept = [one for one in newest.values() if gone or one.state != GONE]
        return sorted(kept, key=lambda one: (one.name, one.rule_id))

    def roster(self) -> RosterVersion | None:
        """Return the roster in force; None where nobody has set one."""
        query = select(AlertRosterRow).order_by(AlertRosterRow.number.desc()).limit(1)
        with Session(self._engine) as session:
            row = session.scalar(query)
            if row is None:
                return None
            return RosterVersion(row.number, row.after_min, tuple(row.watches), row.who, row.at_us)

    def put_roster(
        self, *, after: int, after_min: int, watches: Sequence[Mapping[str, Any]], who: str
    ) -> RosterVersion:
        """Write the roster's version after ``after`` (0 for the first).

        Raises:
            StaleVersion: Somebody has written that version meanwhile.
        """
        at = now_us(self._clock)
        row = AlertRosterRow(
            roster_id=_roster_id(after + 1),
            number=after + 1,
            after_min=after_min,
            watches=[dict(one) for one in watches],
            who=who,
            at_us=at,
            ended_us=None,
        )
        try:
            with Session(self._engine) as session, session.begin():
                last = session.scalar(select(func.max(AlertRosterRow.number)))
                if (last or 0) != after:
                    raise StaleVersion(what="alert_roster", name=str(after))
                earlier = session.get(AlertRosterRow, _roster_id(after))
                if earlier is not None:
                    earlier.ended_us = at
                session.add(row)
        except IntegrityError as error:
            raise StaleVersion(what="alert_roster", name=str(after)) from error
        return RosterVersion(after + 1, after_min, tuple(watches), who, at)
