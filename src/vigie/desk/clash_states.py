"""What people decided about clashes: append-only entries, the newest of which stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import StaleVersion
from vigie.desk.tables import ClashStateRow


@dataclass(frozen=True, slots=True)
class ClashEntry:
    """One decision about one clash.

    Attributes:
        clash_id: Stable name of the clash.
        number: 1, 2, … without a gap.
        rule: Rule that found it.
        state: open, accepted or solved.
        reason: Why, in words that passed the scrubber.
        measure: What solves it, in words that passed the scrubber; empty unless solved.
        who: Login of the account, ``token:NAME`` or ``os:LOGIN``.
        at_us: When, epoch µs.
        until_us: End of the time of the clash, epoch µs.
        plans: Ids of its plans.
        basis: What it rested on: severity, and the plans as they were.
        explanation: Its sentence then, French and English.
    """

    clash_id: str
    number: int
    rule: str
    state: str
    reason: str
    measure: str
    who: str
    at_us: int
    until_us: int
    plans: tuple[str, ...]
    basis: Mapping[str, Any]
    explanation: Mapping[str, str]


def _entry(row: ClashStateRow) -> ClashEntry:
    values = {name: getattr(row, name) for name in ClashEntry.__dataclass_fields__}
    return ClashEntry(**values | {"plans": tuple(row.plans)})


class ClashStates:
    """Write and read decisions; nothing is ever written over."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def append(
        self,
        clash_id: str,
        *,
        after: int,
        rule: str,
        state: str,
        reason: str,
        measure: str,
        who: str,
        until_us: int,
        plans: Sequence[str],
        basis: Mapping[str, Any],
        explanation: Mapping[str, str],
    ) -> ClashEntry:
        """Write the entry after ``after`` (0 for the first).

        Raises:
            StaleVersion: Somebody has written that entry meanwhile.
        """
        row = ClashStateRow(
            clash_id=clash_id,
            number=after + 1,
            rule=rule,
            state=state,
            reason=reason,
            measure=measure,
            who=who,
            at_us=now_us(self._clock),
            until_us=until_us,
            plans=list(plans),
            basis=dict(basis),
            explanation=dict(explanation),
        )
        try:
            with Session(self._engine) as session, session.begin():
                last = session.scalar(
                    select(func.max(ClashStateRow.number)).where(ClashStateRow.clash_id == clash_id)
                )
                if (last or 0) != after:
                    raise StaleVersion(what="clash", name=clash_id)
                session.add(row)
                session.flush()
                return _entry(row)
        except IntegrityError as error:
            raise StaleVersion(what="clash", name=clash_id) from error

    def newest(self) -> dict[str, ClashEntry]:
        """Return the newest entry of every clash that has one."""
        last = (
            select(ClashStateRow.clash_id, func.max(ClashStateRow.number).label("number"))
            .group_by(ClashStateRow.clash_id)
            .subquery()
        )
        same = and_(
            ClashStateRow.clash_id == last.c.clash_id, ClashStateRow.number == last.c.number
        )
        with Session(self._engine) as session:
            rows = session.scalars(select(ClashStateRow).join(last, same))
            return {row.clash_id: _entry(row) for row in rows}

    def of(self, clash_id: str) -> list[ClashEntry]:
        """Return the entries of a clash, oldest first."""
        query = (
            select(ClashStateRow)
            .where(ClashStateRow.clash_id == clash_id)
            .order_by(ClashStateRow.number)
        )
        with Session(self._engine) as session:
            return [_entry(row) for row in session.scalars(query)]
