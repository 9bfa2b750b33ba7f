"""Turns of duty: a role held, or left empty, from one instant to another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, CheckConstraint, Engine, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, NotFound
from vigie.base.ids import new_id
from vigie.desk.tables import Table

HELD, VACANT = "held", "vacant"
STATES = (HELD, VACANT)


class DutyTurnRow(Table):
    """A turn of duty; withdrawn, it stays and says since when and by whom."""

    __tablename__ = "duty_turns"
    __table_args__ = (CheckConstraint("from_us < to_us", name="lasts"),)
    turn_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    from_us: Mapped[int] = mapped_column(BigInteger)
    to_us: Mapped[int] = mapped_column(BigInteger, index=True)
    post: Mapped[str] = mapped_column(String(120))
    who: Mapped[str] = mapped_column(String(220))
    at_us: Mapped[int] = mapped_column(BigInteger)
    withdrawn_us: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_by: Mapped[str] = mapped_column(String(220))


@dataclass(frozen=True, slots=True)
class DutyTurn:
    """A turn of duty as somebody entered it.

    Attributes:
        turn_id: Its name.
        role: The role.
        state: held, or vacant where nobody holds the role whatever the weekly hours say.
        from_us: First instant, epoch µs.
        to_us: End, exclusive.
        post: How the role is reached: a desk, a call sign, an extension; never a person.
        who: Who entered it.
        at_us: When.
        withdrawn_us: Since when it counts no more; None while it does.
        withdrawn_by: Who withdrew it.
    """

    turn_id: str
    role: str
    state: str
    from_us: int
    to_us: int
    post: str
    who: str
    at_us: int
    withdrawn_us: int | None = None
    withdrawn_by: str = ""


def _turn(row: DutyTurnRow) -> DutyTurn:
    return DutyTurn(**{name: getattr(row, name) for name in DutyTurn.__dataclass_fields__})


class DutyTurns:
    """Write and read turns of duty; what was entered is withdrawn, never changed."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def enter(
        self, role: str, from_us: int, to_us: int, *, who: str, state: str = HELD, post: str = ""
    ) -> DutyTurn:
        """Enter a turn."""
        row = DutyTurnRow(
            turn_id=new_id("turn"),
            role=role,
            state=state,
            from_us=from_us,
            to_us=to_us,
            post=post,
            who=who,
            at_us=now_us(self._clock),
            withdrawn_us=None,
            withdrawn_by="",
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return _turn(row)

    def withdraw(self, turn_id: str, *, who: str) -> DutyTurn:
        """Withdraw a turn.

        Raises:
            NotFound: There is none of that name.
            Conflict: It is withdrawn already.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(DutyTurnRow, turn_id, with_for_update=True)
            if row is None:
                raise NotFound(what="duty_turn", name=turn_id[:40])
            if row.withdrawn_us is not None:
                raise Conflict(what="duty_turn", name=turn_id[:40])
            row.withdrawn_us, row.withdrawn_by = now_us(self._clock), who
            session.flush()
            return _turn(row)

    def between(self, from_us: int, to_us: int) -> list[DutyTurn]:
        """Return the turns that count and touch a window, by their beginning."""
        query = (
            select(DutyTurnRow)
            .where(DutyTurnRow.from_us < to_us, DutyTurnRow.to_us > from_us)
            .where(DutyTurnRow.withdrawn_us.is_(None))
            .order_by(DutyTurnRow.from_us, DutyTurnRow.at_us, DutyTurnRow.turn_id)
        )
        with Session(self._engine) as session:
            return [_turn(row) for row in session.scalars(query)]
