"""Indicators as people set them: append-only versions, the newest of which stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Engine, Integer, String, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.base.ids import new_id
from vigie.desk.tables import Table

IN_FORCE, ENDED = "in_force", "ended"


class IndicatorRow(Table):
    """An indicator as somebody set it: one row a version, none is written over."""

    __tablename__ = "indicators"
    indicator_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner: Mapped[str] = mapped_column(String(220))
    who: Mapped[str] = mapped_column(String(220))
    at_us: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an indicator counts and when it matters.

    Attributes:
        title: Its name, in the language of whoever set it.
        kind: Taxonomy code, its branch included; empty for all facts.
        zone: ``ZONING:ID``; empty for the city.
        rolling_h: The last so many full hours; 0 for a slot of the local clock.
        from_h: Local hour at which the slot begins.
        to_h: Local hour at which it ends; the next day where not after ``from_h``.
        threshold: Count above which it matters; None for what the past makes unlikely (1 %).
        criticality: 1 to 5, how much it matters once above.
    """

    title: str
    kind: str = ""
    zone: str = ""
    rolling_h: int = 24
    from_h: int = 0
    to_h: int = 0
    threshold: float | None = None
    criticality: int = 3


@dataclass(frozen=True, slots=True)
class Indicator:
    """A version of an indicator.

    Attributes:
        indicator_id: Its name.
        number: 1, 2, … without a gap.
        state: in_force or ended.
        asked: What it counts.
        owner: Who set it first.
        who: Who set this version.
        at_us: When, epoch µs.
    """

    indicator_id: str
    number: int
    state: str
    asked: Asked
    owner: str
    who: str
    at_us: int


def _indicator(row: IndicatorRow) -> Indicator:
    spec: Mapping[str, Any] = row.spec
    known = {name: spec[name] for name in Asked.__dataclass_fields__ if name in spec}
    asked = Asked(**known)
    return Indicator(row.indicator_id, row.number, row.state, asked, row.owner, row.who, row.at_us)


class Indicators:
    """Write and read indicators."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, asked: Asked, *, who: str) -> Indicator:
        """Set a new indicator."""
        row = self._row(new_id("indicator"), 1, IN_FORCE, asked, owner=who, who=who)
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return _indicator(row)

    def change(self, name: str, asked: Asked | None, *, after: int, who: str) -> Indicator:
        """Write the version after ``after``; None ends the indicator.

        Raises:
            NotFound: There is no such indicator in force.
            StaleVersion: Somebody has written that version meanwhile.
        """
        last = self.get(name)
        if last.number != after:
            raise StaleVersion(what="indicator", name=name)
        state = ENDED if asked is None else IN_FORCE
        row = self._row(name, after + 1, state, asked or last.asked, owner=last.owner, who=who)
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return _indicator(row)
        except IntegrityError as error:
            raise StaleVersion(what="indicator", name=name) from error

    def _row(
        self, name: str, number: int, state: str, asked: Asked, *, owner: str, who: str
    ) -> IndicatorRow:
        return IndicatorRow(
            indicator_id=name,
            number=number,
            state=state,
            spec=asdict(asked),
            owner=owner,
            who=who,
            at_us=now_us(self._clock),
        )

    def get(self, name: str) -> Indicator:
        """Return the version in force.

        Raises:
            NotFound: There is no such indicator in force.
        """
        versions = self.versions(name)
        if not versions or versions[-1].state == ENDED:
            raise NotFound(what="indicator", name=name)
        return versions[-1]

    def versions(self, name: str) -> list[Indicator]:
        """Return all versions of an indicator, oldest first."""
        query = (
            select(IndicatorRow)
            .where(IndicatorRow.indicator_id == name)
            .order_by(IndicatorRow.number)
        )
        with Session(self._engine) as session:
            return [_indicator(row) for row in session.scalars(query)]

    def in_force(self) -> list[Indicator]:
        """Return the indicators in force: the most critical first, then by title."""
        last = (
            select(IndicatorRow.indicator_id, func.max(IndicatorRow.number).label("number"))
            .group_by(IndicatorRow.indicator_id)
            .subquery()
        )
        same = and_(
            IndicatorRow.indicator_id == last.c.indicator_id, IndicatorRow.number == last.c.number
        )
        with Session(self._engine) as session:
            rows = session.scalars(
                select(IndicatorRow).join(last, same).where(IndicatorRow.state == IN_FORCE)
            )
            found = [_indicator(row) for row in rows]
        return sorted(found, key=lambda one: (-one.asked.criticality, one.asked.title))
