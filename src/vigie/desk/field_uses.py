"""When a field of the lake was last told to anybody: days only, nobody's name (MIN-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Engine, Integer, String, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, from_us, now_us
from vigie.base.errors import NotFound
from vigie.base.logging import get_logger
from vigie.desk.tables import Table
from vigie.model.needs import never_kept, told_only

LONGEST_NEED = 500
"""Characters of the need for which a field is taken up again."""
KNOWN_US = 60_000_000
"""How long a process goes by what it knows of dropped fields; the run finds what slipped in."""
_log = get_logger(__name__)


class FieldUseRow(Table):
    """One field that is kept to be told. Days are of universal time, ``YYYY-MM-DD``."""

    __tablename__ = "field_uses"
    dataset: Mapped[str] = mapped_column(String(40), primary_key=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    looked_day: Mapped[str] = mapped_column(String(10))
    since_day: Mapped[str | None] = mapped_column(String(10))
    used_day: Mapped[str | None] = mapped_column(String(10))
    days: Mapped[int] = mapped_column(Integer)
    dropped_us: Mapped[int | None] = mapped_column(BigInteger)
    need: Mapped[str] = mapped_column(String(LONGEST_NEED))


@dataclass(frozen=True, slots=True)
class FieldUse:
    """How a field was used.

    Attributes:
        dataset: Kind of record.
        field: Column.
        looked: The last day its values were looked for.
        since: Since when it is watched: the first day that it held a value, or when it was taken
            up again; None while it holds none.
        used: The last day that a value of it was told.
        days: On how many days one was.
        dropped_us: When it was dropped, epoch µs; None while it is kept.
        need: What the officer wrote when it was taken up again; empty without.
    """

    dataset: str
    field: str
    looked: date
    since: date | None = None
    used: date | None = None
    days: int = 0
    dropped_us: int | None = None
    need: str = ""


def _use(row: FieldUseRow) -> FieldUse:
    def day(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    looked = date.fromisoformat(row.looked_day)
    since, used = day(row.since_day), day(row.used_day)
    return FieldUse(row.dataset, row.field, looked, since, used, row.days, row.dropped_us, row.need)


class FieldUses:
    """The counter, and what was dropped for want of use.

    A process tells the desk of a field once a day; whoever asks for data never waits for it
    twice, and is not refused where the desk cannot be written.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._day = ""
        self._told: dict[str, frozenset[str]] = {}
        self._dropped: dict[str, frozenset[str]] = {}
        self._known_us: int | None = None

    def today(self) -> date:
        """Return the day."""
        return from_us(now_us(self._clock)).date()

    # --- Counting ------------------------------------------------------------------------------

    def wanted(self, dataset: str) -> frozenset[str]:
        """Return the fields of which no use is noted yet today; none is watched elsewhere."""
        day = self.today().isoformat()
        if day != self._day:
            self._day, self._told = day, {}
        watched = told_only(dataset)
        return watched - self._told.get(dataset, frozenset()) if watched else watched

    def note(self, dataset: str, names: Iterable[str]) -> None:
        """Note that values of fields were told today."""
        fresh = self.wanted(dataset).intersection(names)
        if not fresh:
            return
        day = self._day
        row = FieldUseRow
        change = (
            update(row)
            .where(row.dataset == dataset, row.field.in_(sorted(fresh)))
            .where(or_(row.used_day.is_(None), row.used_day < day))
            .values(used_day=day, days=row.days + 1)
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.execute(change)
        except DBAPIError as error:  # told again with the next answer
            _log.warning("uses of fields not noted", dataset=dataset, why=type(error).__name__)
            return
        self._told[dataset] = self._told.get(dataset, frozenset()) | fresh

    # --- Standing ------------------------------------------------------------------------------

    def all(self) -> list[FieldUse]:
        """Return every field that is kept to be told, by kind and name; none before a first run."""
        query = select(FieldUseRow).order_by(FieldUseRow.dataset, FieldUseRow.field)
        with Session(self._engine) as session:
            rows = [row for row in session.scalars(query) if row.field in told_only(row.dataset)]
            return [_use(row) for row in rows]

    def dropped(self, dataset: str) -> frozenset[str]:
        """Return the fields of a kind that are no longer kept."""
        at = now_us(self._clock)
        if self._known_us is None or not 0 <= at - self._known_us < KNOWN_US:
            query = select(FieldUseRow.dataset, FieldUseRow.field).where(
                FieldUseRow.dropped_us.is_not(None)
            )
            with Session(self._engine) as session:
                pairs = [(kind, field) for kind, field in session.execute(query)]
            self._dropped = {
                kind: frozenset(field for one, field in pairs if one == kind) for kind, _ in pairs
            }
            self._known_us = at
        return self._dropped.get(dataset, frozenset()) | never_kept(dataset)

    def look(self, dataset: str, filled: frozenset[str]) -> None:
        """Note which fields of a kind hold values today; one that holds none begins anew."""
        day = self.today().isoformat()
        with Session(self._engine) as session, session.begin():
            for name in sorted(told_only(dataset)):
                row = session.get(FieldUseRow, (dataset, name))
                if row is None:
                    row = FieldUseRow(
                        dataset=dataset, field=name, looked_day=day, since_day=None,
                        used_day=None, days=0, dropped_us=None, need="",
                    )  # fmt: skip
                    session.add(row)
                row.looked_day = day
                if row.dropped_us is None:
                    row.since_day = (row.since_day or day) if name in filled else None

    def drop(self, dataset: str, names: Iterable[str]) -> None:
        """Note that fields are no longer kept, from now on."""
        self._set(dataset, names, {"dropped_us": now_us(self._clock)})

    def take_up(self, dataset: str, name: str, need: str) -> None:
        """Keep a field (again), with the need for it; it is watched from today.

        Raises:
            NotFound: When no run has looked at it yet.
        """
        day = self.today().isoformat()
        if not self._set(dataset, [name], {"dropped_us": None, "since_day": day, "need": need}):
            raise NotFound(what="field", name=f"{dataset}.{name}")

    def _set(self, dataset: str, names: Iterable[str], values: dict[str, object]) -> int:
        change = (
            update(FieldUseRow)
            .where(FieldUseRow.dataset == dataset, FieldUseRow.field.in_(sorted(names)))
            .values(values)
            .returning(FieldUseRow.field)
        )
        with Session(self._engine) as session, session.begin():
            changed = len(session.scalars(change).all())
        self._known_us = None
        return changed
