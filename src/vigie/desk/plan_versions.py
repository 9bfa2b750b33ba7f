"""Plans entered or changed by hand: append-only versions, the newest of which stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import StaleVersion
from vigie.desk.tables import PlanVersionRow


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a plan, as somebody left it.

    Attributes:
        plan_id: The plan; that of a feed's plan where a feed brought it.
        version: 1, 2, … without a gap.
        who: Login of the account, ``token:NAME`` or ``os:LOGIN``.
        service: Partner service of the account; empty for the city's own.
        at_us: When, epoch µs.
        act: ``entered``, ``amended``, ``authorised``, ``cancelled``, ``reopened``, ``settled``.
        changed: Names of the fields that differ from what stood before.
        reason: Why, in words that passed the scrubber.
        source: Feed the plan came by, or the name under which entered plans stand.
        from_us: Start of the occupation, set-up included, epoch µs.
        to_us: End of the occupation, tear-down included.
        record: The plan's values, whole.
        fed: What the feed said when this was written; empty for a plan no feed brought.
    """

    plan_id: str
    version: int
    who: str
    service: str
    at_us: int
    act: str
    changed: tuple[str, ...]
    reason: str
    source: str
    from_us: int
    to_us: int
    record: Mapping[str, Any]
    fed: Mapping[str, Any]


def _version(row: PlanVersionRow) -> PlanVersion:
    values = {name: getattr(row, name) for name in PlanVersion.__dataclass_fields__}
    return PlanVersion(**values | {"changed": tuple(row.changed)})


class PlanVersions:
    """Write and read versions; nothing is ever written over."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def append(
        self,
        plan_id: str,
        *,
        after: int,
        who: str,
        service: str,
        act: str,
        changed: Sequence[str],
        reason: str,
        source: str,
        window: tuple[int, int],
        record: Mapping[str, Any],
        fed: Mapping[str, Any],
    ) -> PlanVersion:
        """Write the version after ``after`` (0 for the first).

        Raises:
            StaleVersion: Somebody has written that version meanwhile.
        """
        row = PlanVersionRow(
            plan_id=plan_id,
            version=after + 1,
            who=who,
            service=service,
            at_us=now_us(self._clock),
            act=act,
            changed=list(changed),
            reason=reason,
            source=source,
            from_us=window[0],
            to_us=window[1],
            record=dict(record),
            fed=dict(fed),
        )
        try:
            with Session(self._engine) as session, session.begin():
                standing = session.scalar(
                    select(func.max(PlanVersionRow.version)).where(
                        PlanVersionRow.plan_id == plan_id
                    )
                )
                if (standing or 0) != after:
                    raise StaleVersion(what="plan", name=plan_id)
                session.add(row)
                session.flush()
                return _version(row)
        except IntegrityError as error:
            raise StaleVersion(what="plan", name=plan_id) from error

    def newest(self) -> list[PlanVersion]:
        """Return the newest version of every plan that has one."""
        last = (
            select(PlanVersionRow.plan_id, func.max(PlanVersionRow.version).label("version"))
            .group_by(PlanVersionRow.plan_id)
            .subquery()
        )
        same = and_(
            PlanVersionRow.plan_id == last.c.plan_id, PlanVersionRow.version == last.c.version
        )
        query = select(PlanVersionRow).join(last, same).order_by(PlanVersionRow.plan_id)
        with Session(self._engine) as session:
            return [_version(row) for row in session.scalars(query)]

    def of(self, plan_id: str) -> list[PlanVersion]:
        """Return the versions of a plan, oldest first."""
        query = (
            select(PlanVersionRow)
            .where(PlanVersionRow.plan_id == plan_id)
            .order_by(PlanVersionRow.version)
        )
        with Session(self._engine) as session:
            return [_version(row) for row in session.scalars(query)]

    def mark(self) -> tuple[int, int]:
        """Return what changes with every version written or forgotten: how many, the last time."""
        query = select(func.count(), func.max(PlanVersionRow.at_us))
        with Session(self._engine) as session:
            n, at = session.execute(query).one()
            return int(n), int(at or 0)
