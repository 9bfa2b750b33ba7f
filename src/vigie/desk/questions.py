"""Questions that people saved, version by version, and the reports made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Engine,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    func,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.base.ids import new_id
from vigie.desk.tables import Table

IN_FORCE, ENDED = "in_force", "ended"
WAITING, RUNNING, READY, FAILED = "waiting", "running", "ready", "failed"


class QuestionRow(Table):
    """A question as somebody saved it: one row a version, none is written over."""

    __tablename__ = "questions"
    question_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner: Mapped[str] = mapped_column(String(220))
    role: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger)


class QuestionReportRow(Table):
    """A report of a question: wanted, made or failed."""

    __tablename__ = "question_reports"
    __table_args__ = (UniqueConstraint("question_id", "due_us"),)
    report_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(40), index=True)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    by_hand: Mapped[bool]
    due_us: Mapped[int] = mapped_column(BigInteger)
    missed: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger, index=True)
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a question asks, and what is to be done with it.

    Attributes:
        title: Its name, in the language of whoever saved it.
        analysis: Name of the analysis.
        params: The analysis's own parameters.
        filters: Kinds, sources, least severity and zone, as the interface names them.
        unit: day, week, month or year of a period that moves; empty for one that stands.
        n: How many of them.
        from_us: Start of a period that stands, epoch µs.
        to_us: Its end, exclusive.
        shared: Roles that may open it.
        every: day, week or month of its reports; empty for none.
        hour: Local hour of the report.
        weekday: Of a week, 0 for Monday.
        day: Of a month.
        language: Language of its reports.
    """

    title: str
    analysis: str
    params: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""
    n: int = 0
    from_us: int = 0
    to_us: int = 0
    shared: tuple[str, ...] = ()
    every: str = ""
    hour: int = 0
    weekday: int = 0
    day: int = 1
    language: str = "fr"

    @property
    def rhythm(self) -> tuple[str, int, int, int]:
        """What its reports' occasions follow from."""
        return self.every, self.hour, self.weekday, self.day


@dataclass(frozen=True, slots=True)
class Question:
    """A version of a question.

    Attributes:
        question_id: Its name.
        number: 1, 2, … without a gap.
        state: in_force or ended.
        saved: What it asks.
        owner: Who saved it; nobody else changes it.
        role: The role that the owner saved it with.
        at_us: When this version was written, epoch µs.
    """

    question_id: str
    number: int
    state: str
    saved: Saved
    owner: str
    role: str
    at_us: int


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """A report of a question.

    Attributes:
        report_id: Its name.
        question_id: The question.
        number: Version of the question.
        state: waiting, running, ready or failed.
        by_hand: Whether a person asked for it, not the schedule.
        due_us: When it was due, epoch µs.
        missed: Occasions before it that passed without a report.
        role: Role that it is made for: nobody of another role opens it.
        at_us: When its state last changed, epoch µs.
        told: Period, base and size once made; code and parameters of a failure.
    """

    report_id: str
    question_id: str
    number: int
    state: str
    by_hand: bool
    due_us: int
    missed: int
    role: str
    at_us: int
    told: Mapping[str, Any]


def _question(row: QuestionRow) -> Question:
    known = {name: row.spec[name] for name in Saved.__dataclass_fields__ if name in row.spec}
    known["shared"] = tuple(known.get("shared", ()))
    head = (row.question_id, row.number, row.state)
    return Question(*head, Saved(**known), row.owner, row.role, row.at_us)


def _report(row: Any) -> QuestionReport:
    return QuestionReport(**{name: getattr(row, name) for name in QuestionReport.__slots__})


_TOLD = [getattr(QuestionReportRow, name) for name in QuestionReport.__slots__]
"""Columns of a report without its content."""


class Questions:
    """Write and read questions and their reports."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # --- Questions -----------------------------------------------------------------------------

    def create(self, saved: Saved, *, owner: str, role: str) -> Question:
        """Save a new question."""
        return self._add(new_id("question"), 1, IN_FORCE, saved, owner=owner, role=role)

    def change(self, name: str, saved: Saved | None, *, after: int, role: str) -> Question:
        """Write the version after ``after``; None ends the question.

        Raises:
            NotFound: There is no such question in force.
            StaleVersion: That version has been written meanwhile.
        """
        last = self.get(name)
        if last.number != after:
            raise StaleVersion(what="question", name=name)
        state = ENDED if saved is None else IN_FORCE
        try:
            kept = saved or last.saved
            return self._add(name, after + 1, state, kept, owner=last.owner, role=role)
        except IntegrityError as error:
            raise StaleVersion(what="question", name=name) from error

    def _add(
        self, name: str, number: int, state: str, saved: Saved, *, owner: str, role: str
    ) -> Question:
        row = QuestionRow(
            question_id=name,
            number=number,
            state=state,
            spec=asdict(saved) | {"shared": list(saved.shared)},
            owner=owner,
            role=role,
            at_us=now_us(self._clock),
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return _question(row)

    def get(self, name: str) -> Question:
        """Return the version in force.

        Raises:
            NotFound: There is no such question in force.
        """
        versions = self.versions(name)
        if not versions or versions[-1].state == ENDED:
            raise NotFound(what="question", name=name)
        return versions[-1]

    def versions(self, name: str) -> list[Question]:
        """Return all versions of a question, oldest first."""
        query = (
            select(QuestionRow).where(QuestionRow.question_id == name).order_by(QuestionRow.number)
        )
        with Session(self._engine) as session:
            return [_question(row) for row in session.scalars(query)]

    def in_force(self) -> list[Question]:
        """Return the questions in force, by title."""
        last = (
            select(QuestionRow.question_id, func.max(QuestionRow.number).label("number"))
            .group_by(QuestionRow.question_id)
            .subquery()
        )
        same = and_(
            QuestionRow.question_id == last.c.question_id, QuestionRow.number == last.c.number
        )
        query = select(QuestionRow).join(last, same).where(QuestionRow.state == IN_FORCE)
        with Session(self._engine) as session:
            found = [_question(row) for row in session.scalars(query)]
        return sorted(found, key=lambda one: (one.saved.title.casefold(), one.question_id))

    # --- Reports -------------------------------------------------------------------------------

    def want(
        self, question: Question, *, due_us: int, role: str, missed: int = 0, by_hand: bool = False
    ) -> QuestionReport | None:
        """Note that a report is wanted; None when that of this instant is known already."""
        row = QuestionReportRow(
            report_id=new_id("report"),
            question_id=question.question_id,
            number=question.number,
            state=WAITING,
            by_hand=by_hand,
            due_us=due_us,
            missed=missed,
            role=role,
            at_us=now_us(self._clock),
            told={},
            content=None,
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return _report(row)
        except IntegrityError:
            return None

    def take(self, name: str) -> bool:
        """Note that a report is being made; says no when another process has taken it."""
        taken = (
            update(QuestionReportRow)
            .where(QuestionReportRow.report_id == name, QuestionReportRow.state == WAITING)
            .values(state=RUNNING, at_us=now_us(self._clock))
            .returning(QuestionReportRow.report_id)
        )
        with Session(self._engine) as session, session.begin():
            return session.execute(taken).first() is not None

    def finish(
        self, name: str, state: str, told: Mapping[str, Any], content: bytes | None = None
    ) -> QuestionReport:
        """Note how a report that waits or is being made ended; one that has ended stays.

        Raises:
            NotFound: There is no such report.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(QuestionReportRow, name)
            if row is None:
                raise NotFound(what="report", name=name)
            if row.state in {WAITING, RUNNING}:
                row.state, row.told, row.content = state, dict(told), content
                row.at_us = now_us(self._clock)
            return _report(row)

    def reports(
        self, question_id: str = "", *, state: str = "", limit: int = 100
    ) -> list[QuestionReport]:
        """Return reports, the newest due first, without their content."""
        query = select(*_TOLD).order_by(QuestionReportRow.due_us.desc())
        if question_id:
            query = query.where(QuestionReportRow.question_id == question_id)
        if state:
            query = query.where(QuestionReportRow.state == state)
        with Session(self._engine) as session:
            return [_report(row) for row in session.execute(query.limit(limit))]

    def report(self, name: str) -> tuple[QuestionReport, bytes | None]:
        """Return a report with its content.

        Raises:
            NotFound: There is no such report.
        """
        with Session(self._engine) as session:
            row = session.get(QuestionReportRow, name)
            if row is None:
                raise NotFound(what="report", name=name)
            return _report(row), row.content
