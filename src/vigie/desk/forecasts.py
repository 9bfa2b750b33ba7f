"""The runs of the forecast: one row each; the numbers stand in files beside the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound
from vigie.base.ids import new_id
from vigie.desk.tables import ForecastRow

WAITING, RUNNING, READY, FAILED = "waiting", "running", "ready", "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run of the forecast is about.

    Attributes:
        origin_us: First instant forecast; nothing from then on was known to it. Epoch µs.
        until_us: End of what is forecast.
        grid: ``h3:8``, or ``zoning:NAME``.
        slot_hours: Length of a slot, 6 or 24.
        kinds: Taxonomy codes, each with its branch.
    """

    origin_us: int
    until_us: int
    grid: str
    slot_hours: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """A run of the forecast.

    Attributes:
        forecast_id: Its name.
        asked: What it is about.
        made_us: When it was begun, epoch µs.
        state: ``waiting``, ``running``, ``ready`` or ``failed``.
        made_by: Who asked for it.
        seconds: How long it took.
        told: What it says in short: which kinds are forecast, by which model, or why not.
    """

    forecast_id: str
    asked: Asked
    made_us: int
    state: str
    made_by: str
    seconds: float = 0.0
    told: Mapping[str, Any] = field(default_factory=dict)


def _run(row: ForecastRow) -> ForecastRun:
    asked = Asked(row.origin_us, row.until_us, row.grid, row.slot_hours, tuple(row.kinds))
    return ForecastRun(
        row.forecast_id, asked, row.made_us, row.state, row.made_by, row.seconds, row.told
    )


class Forecasts:
    """The list of runs."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, asked: Asked, *, by: str) -> ForecastRun:
        """Note that a run is wanted and return it."""
        row = ForecastRow(
            forecast_id=new_id("forecast"),
            made_us=now_us(self._clock),
            origin_us=asked.origin_us,
            until_us=asked.until_us,
            grid=asked.grid,
            slot_hours=asked.slot_hours,
            kinds=list(asked.kinds),
            state=WAITING,
            made_by=by,
            seconds=0.0,
            told={},
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return _run(row)

    def take(self, name: str) -> bool:
        """Note that a run is under way; says no when another process has taken it."""
        taken = (
            update(ForecastRow)
            .where(ForecastRow.forecast_id == name, ForecastRow.state == WAITING)
            .values(state=RUNNING)
            .returning(ForecastRow.forecast_id)
        )
        with Session(self._engine) as session, session.begin():
            return session.execute(taken).first() is not None

    def end(self, name: str, state: str, *, seconds: float, told: Mapping[str, Any]) -> ForecastRun:
        """Note how a run ended.

        Raises:
            NotFound: There is no such run.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(ForecastRow, name)
            if row is None:
                raise NotFound(what="forecast", name=name)
            row.state, row.seconds, row.told = state, seconds, dict(told)
            return _run(row)

    def get(self, name: str) -> ForecastRun:
        """Return a run.

        Raises:
            NotFound: There is no such run.
        """
        with Session(self._engine) as session:
            row = session.get(ForecastRow, name)
            if row is None:
                raise NotFound(what="forecast", name=name)
            return _run(row)

    def list_all(self, *, state: str | None = None, limit: int = 100) -> list[ForecastRun]:
        """Return runs, newest first."""
        query = select(ForecastRow).order_by(
            ForecastRow.made_us.desc(), ForecastRow.forecast_id.desc()
        )
        if state is not None:
            query = query.where(ForecastRow.state == state)
        with Session(self._engine) as session:
            return [_run(row) for row in session.scalars(query.limit(limit))]

    def names(self) -> set[str]:
        """Return the name of every run that is kept."""
        with Session(self._engine) as session:
            return set(session.scalars(select(ForecastRow.forecast_id)))
