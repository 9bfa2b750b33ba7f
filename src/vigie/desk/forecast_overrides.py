"""What persons expect instead of a forecast: entered once, never changed, the newest stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Engine, Float, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, now_us
from vigie.base.ids import new_id
from vigie.desk.tables import Table


class ForecastOverrideRow(Table):
    """A number that a person put in the place of a forecast's, with both."""

    __tablename__ = "forecast_overrides"
    override_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    forecast_id: Mapped[str] = mapped_column(String(40), index=True)
    grid: Mapped[str] = mapped_column(String(80))
    slot_hours: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(80))
    cell: Mapped[str] = mapped_column(String(80))
    slot: Mapped[int] = mapped_column(Integer)
    from_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger)
    expected: Mapped[float] = mapped_column(Float)
    low: Mapped[int] = mapped_column(Integer)
    high: Mapped[int] = mapped_column(Integer)
    value: Mapped[float] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(String(500))
    who: Mapped[str] = mapped_column(String(220))
    role: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger, index=True)


@dataclass(frozen=True, slots=True)
class ForecastOverride:
    """What a person expects instead of a forecast.

    Attributes:
        forecast_id: The run.
        grid: Its grid.
        slot_hours: Length of its slots.
        kind: Taxonomy code.
        cell: The place.
        slot: Which slot of the run.
        from_us: Where the slot begins, epoch µs.
        to_us: Where it ends.
        expected: What the run expected.
        low: Its 80 % interval.
        high: Its 80 % interval.
        value: What the person expects.
        reason: Why, in the person's words.
        who: Who.
        role: In which role.
        override_id: Its name.
        at_us: When it was entered.
    """

    forecast_id: str
    grid: str
    slot_hours: int
    kind: str
    cell: str
    slot: int
    from_us: int
    to_us: int
    expected: float
    low: int
    high: int
    value: float
    reason: str
    who: str
    role: str
    override_id: str = ""
    at_us: int = 0


_COLUMNS = tuple(ForecastOverride.__dataclass_fields__)


def _override(row: ForecastOverrideRow) -> ForecastOverride:
    return ForecastOverride(**{name: getattr(row, name) for name in _COLUMNS})


class ForecastOverrides:
    """Write and read them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def enter(self, said: ForecastOverride) -> ForecastOverride:
        """Enter one; returns it with its name and instant."""
        told = {name: getattr(said, name) for name in _COLUMNS}
        told |= {"override_id": new_id("override"), "at_us": now_us(self._clock)}
        row = ForecastOverrideRow(**told)
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return _override(row)

    def of_run(self, forecast_id: str, kind: str = "") -> list[ForecastOverride]:
        """Return those of a run, and of one kind if it is given, newest first."""
        query = select(ForecastOverrideRow).where(ForecastOverrideRow.forecast_id == forecast_id)
        if kind:
            query = query.where(ForecastOverrideRow.kind == kind)
        return self._listed(query)

    def ended(self, before_us: int, limit: int = 2_000) -> list[ForecastOverride]:
        """Return the newest whose slot has ended by an instant."""
        query = select(ForecastOverrideRow).where(ForecastOverrideRow.to_us <= before_us)
        return self._listed(query.limit(limit))

    def _listed(self, query: Any) -> list[ForecastOverride]:
        newest = (ForecastOverrideRow.at_us.desc(), ForecastOverrideRow.override_id.desc())
        with Session(self._engine) as session:
            return [_override(row) for row in session.scalars(query.order_by(*newest))]
