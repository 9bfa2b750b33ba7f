"""The shift on the desk: append-only lines, dispatches that hang on them, signed handovers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Engine, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, StaleVersion, Unavailable
from vigie.base.ids import new_id
from vigie.desk.shift_tables import CLOSED, DISPATCH, OPENED, DispatchRow, HandoverRow, ShiftLineRow

_TRIES = 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Said:
    """What a line is to say.

    Attributes:
        kind: note, tick, opened, closed, dispatch or correction.
        situation: ``alert:ID``, ``fact:ID``, ``LON,LAT`` or empty.
        text: In words that passed the scrubber.
        card: Reflex card of a tick.
        step: Its step.
        corrects: Number of the line that a correction is about.
        strikes: Whether a correction says that the line does not stand.
    """

    kind: str
    situation: str = ""
    text: str = ""
    card: str = ""
    step: str = ""
    corrects: int | None = None
    strikes: bool = False


@dataclass(frozen=True, slots=True)
class By:
    """Who writes: name, role and, of a person who signed in, the account."""

    who: str
    role: str
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A line of the shift: what was said, by whom, when; ``number`` grows."""

    number: int
    at_us: int
    said: Said
    by: By


@dataclass(frozen=True, slots=True)
class Engaged:
    """What a dispatch engages.

    Attributes:
        means_id: The means.
        unit_ref: Its name at its source.
        means_kind: Its kind.
        label: What people call it.
        source: Feed that tells of it.
        proposed: Whether it was the one proposed.
        basis: The proposal's numbers, as they were when the person confirmed.
    """

    means_id: str
    unit_ref: str
    means_kind: str
    label: str
    source: str
    proposed: bool
    basis: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A dispatch and the line of the person who confirmed it."""

    dispatch_id: str
    line: ShiftLine
    engaged: Engaged


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed at a handover: window (epoch µs), language, text, its SHA-256, the record."""

    from_us: int
    to_us: int
    language: str
    text: str
    sha256: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handover:
    """A version of a handover note."""

    handover_id: str
    version: int
    signed: Signed
    by: By
    at_us: int


def _line(row: ShiftLineRow) -> ShiftLine:
    said = Said(**{name: getattr(row, name) for name in Said.__dataclass_fields__})
    return ShiftLine(row.number, row.at_us, said, By(row.who, row.role, row.account_id))


def _dispatch(row: DispatchRow, line: ShiftLineRow) -> Dispatch:
    engaged = Engaged(**{name: getattr(row, name) for name in Engaged.__dataclass_fields__})
    return Dispatch(row.dispatch_id, _line(line), engaged)


def _handover(row: HandoverRow) -> Handover:
    signed = Signed(**{name: getattr(row, name) for name in Signed.__dataclass_fields__})
    by = By(row.who, row.role, row.account_id)
    return Handover(row.handover_id, row.version, signed, by, row.at_us)


class Shift:
    """Write and read the shift; nothing is ever written over."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def append(self, said: Said, by: By) -> ShiftLine:
        """Write a line of any kind but ``dispatch``, which only ``dispatch`` writes.

        Raises:
            NotFound: A correction is about a line that there is not.
            ValueError: A line of a dispatch is asked for.
        """
        if said.kind == DISPATCH:
            msg = "a line of a dispatch is written with its dispatch"
            raise ValueError(msg)

        def write(session: Session) -> ShiftLine:
            if said.corrects is not None and session.get(ShiftLineRow, said.corrects) is None:
                raise NotFound(what="line", name=str(said.corrects))
            return _line(self._add(session, said, by))

        return self._numbered(write)

    def dispatch(self, said: Said, by: By, engaged: Engaged) -> Dispatch:
        """Write a person's line and the dispatch that hangs on it, both or neither.

        Raises:
            ValueError: When it is no line of a dispatch, or nobody signed in writes it.
        """
        if said.kind != DISPATCH or not by.account_id:
            msg = "a dispatch needs the line of a person who signed in"
            raise ValueError(msg)

        def write(session: Session) -> Dispatch:
            line = self._add(session, said, by)
            row = DispatchRow(
                dispatch_id=new_id("dispatch"),
                line=line.number,
                line_kind=DISPATCH,
                **{name: getattr(engaged, name) for name in Engaged.__dataclass_fields__},
            )
            session.add(row)
            session.flush()
            return _dispatch(row, line)

        return self._numbered(write)

    def _add(self, session: Session, said: Said, by: By) -> ShiftLineRow:
        last = session.scalar(select(func.max(ShiftLineRow.number))) or 0
        told = {name: getattr(said, name) for name in Said.__dataclass_fields__}
        row = ShiftLineRow(
            number=last + 1,
            at_us=now_us(self._clock),
            who=by.who,
            role=by.role,
            account_id=by.account_id,
            **told,
        )
        session.add(row)
        session.flush()
        return row

    def _numbered(self, write: Callable[[Session], _T]) -> _T:
        """Write under the next number, again while another desk takes it first."""
        for left in reversed(range(_TRIES)):
            try:
                with Session(self._engine) as session, session.begin():
                    return write(session)
            except IntegrityError as error:
                if not left:
                    raise Unavailable(what="shift_lines") from error
        raise AssertionError

    def line(self, number: int) -> ShiftLine:
        """Return one line.

        Raises:
            NotFound: There is none.
        """
        with Session(self._engine) as session:
            row = session.get(ShiftLineRow, number)
            if row is None:
                raise NotFound(what="line", name=str(number))
            return _line(row)

    def lines(self, from_us: int, to_us: int) -> list[ShiftLine]:
        """Return the lines written in a window, and every correction of them, by number."""
        inside = (ShiftLineRow.at_us >= from_us) & (ShiftLineRow.at_us < to_us)
        return self._with_corrections(inside)

    def about(self, situation: str) -> list[ShiftLine]:
        """Return the lines about a situation, and every correction of them, by number."""
        return self._with_corrections(ShiftLineRow.situation == situation)

    def perhaps_open(self) -> list[ShiftLine]:
        """Return all lines of every situation that may be open, and their corrections.

        Left out are those whose last opening or closing is a closing, where nothing was struck.
        """
        closed, later = aliased(ShiftLineRow), aliased(ShiftLineRow)
        again = (
            (later.situation == closed.situation)
            & (later.kind == OPENED)
            & (later.number > closed.number)
        )
        shut = select(closed.situation).where(closed.kind == CLOSED, ~exists().where(again))
        doubted = select(ShiftLineRow.situation).where(ShiftLineRow.strikes)
        here = ShiftLineRow.situation
        return self._with_corrections(
            (func.length(here) > 0) & (here.not_in(shut) | here.in_(doubted))
        )

    def _with_corrections(self, wanted: Any) -> list[ShiftLine]:
        numbers = select(ShiftLineRow.number).where(wanted)
        query = (
            select(ShiftLineRow)
            .where(wanted | ShiftLineRow.corrects.in_(numbers))
            .order_by(ShiftLineRow.number)
        )
        with Session(self._engine) as session:
            return [_line(row) for row in session.scalars(query)]

    def dispatches(self, from_us: int, to_us: int) -> list[Dispatch]:
        """Return the dispatches confirmed in a window, oldest first."""
        query = (
            select(DispatchRow, ShiftLineRow)
            .join(ShiftLineRow, ShiftLineRow.number == DispatchRow.line)
            .where(ShiftLineRow.at_us >= from_us, ShiftLineRow.at_us < to_us)
            .order_by(ShiftLineRow.number)
        )
        with Session(self._engine) as session:
            return [_dispatch(row, line) for row, line in session.execute(query)]

    def sign(self, signed: Signed, by: By, *, handover_id: str = "", after: int = 0) -> Handover:
        """Write a handover, or with its id the version after ``after``.

        Raises:
            NotFound: There is no such handover.
            StaleVersion: Somebody has written that version meanwhile.
        """
        if handover_id:
            last = self.versions(handover_id)[-1].version
            if last != after:
                raise StaleVersion(what="handover", name=handover_id)
        told = {name: getattr(signed, name) for name in Signed.__dataclass_fields__}
        row = HandoverRow(
            handover_id=handover_id or new_id("handover"),
            version=after + 1 if handover_id else 1,
            who=by.who,
            role=by.role,
            account_id=by.account_id,
            at_us=now_us(self._clock),
            **told,
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return _handover(row)
        except IntegrityError as error:
            raise StaleVersion(what="handover", name=handover_id) from error

    def versions(self, handover_id: str) -> list[Handover]:
        """Return the versions of a handover, oldest first.

        Raises:
            NotFound: There is none.
        """
        query = (
            select(HandoverRow)
            .where(HandoverRow.handover_id == handover_id)
            .order_by(HandoverRow.version)
        )
        with Session(self._engine) as session:
            found = [_handover(row) for row in session.scalars(query)]
        if not found:
            raise NotFound(what="handover", name=handover_id[:40])
        return found

    def handovers(self, limit: int) -> list[Handover]:
        """Return the newest version of each handover, the newest shift first."""
        last = (
            select(HandoverRow.handover_id, func.max(HandoverRow.version).label("version"))
            .group_by(HandoverRow.handover_id)
            .subquery()
        )
        same = (HandoverRow.handover_id == last.c.handover_id) & (
            HandoverRow.version == last.c.version
        )
        query = (
            select(HandoverRow)
            .join(last, same)
            .order_by(HandoverRow.to_us.desc(), HandoverRow.handover_id)
            .limit(limit)
        )
        with Session(self._engine) as session:
            return [_handover(row) for row in session.scalars(query)]
