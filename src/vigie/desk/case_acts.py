"""Cases act by act, append-only; what they add up to is judged in ``vigie.inquiry.case`` alone.

Beside them, what is left of a case once it is closed: counts without a reference (PM-2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Engine, Integer, String, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from vigie.base.clock import Clock, from_us, now_us
from vigie.base.errors import StaleVersion
from vigie.desk.tables import Table


class CaseActRow(Table):
    """One act of a case; none is written over."""

    __tablename__ = "case_acts"
    case_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(220))
    hand: Mapped[str] = mapped_column(String(220))
    role: Mapped[str] = mapped_column(String(40))
    at_us: Mapped[int] = mapped_column(BigInteger)
    ended_us: Mapped[int | None] = mapped_column(BigInteger, index=True)


class CaseArchiveRow(Table):
    """A requisition of a closed case as counts: nothing of it leads back to the case."""

    __tablename__ = "case_archives"
    archive_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    month: Mapped[str] = mapped_column(String(7))
    article: Mapped[str] = mapped_column(String(10))
    emergency: Mapped[bool] = mapped_column(Boolean)
    used: Mapped[bool] = mapped_column(Boolean)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    archived_us: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One act of a case.

    Attributes:
        case_id: The case.
        number: 1, 2, … without a gap.
        act: What was done (``vigie.inquiry.case.ACTS``).
        content: What was said, without names of persons concerned.
        who: Login of who acted.
        hand: The account behind the name.
        role: Role they acted with.
        at_us: When, epoch µs.
        ended_us: When the case ended by this act; None for any other act.
    """

    case_id: str
    number: int
    act: str
    content: Mapping[str, Any]
    who: str
    hand: str
    role: str
    at_us: int
    ended_us: int | None = None


@dataclass(frozen=True, slots=True)
class Archived:
    """A requisition as counts.

    Attributes:
        month: Month of its entry, ``YYYY-MM``.
        article: Article it rested on.
        emergency: Whether its document came later.
        used: Whether anything was disclosed.
        counts: Records disclosed, by store.
    """

    month: str
    article: str
    emergency: bool
    used: bool
    counts: Mapping[str, int]


def _act(row: CaseActRow) -> CaseAct:
    return CaseAct(**{name: getattr(row, name) for name in CaseAct.__slots__})


class CaseActs:
    """Write and read acts and archives."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def append(self, *acts: CaseAct, archives: tuple[Archived, ...] = ()) -> None:
        """Keep acts that follow each other, and archives with them: all or none.

        Raises:
            StaleVersion: Somebody has written an act of one of these numbers meanwhile.
        """
        at = now_us(self._clock)
        try:
            with Session(self._engine) as session, session.begin():
                for one in acts:
                    last = session.scalar(
                        select(func.max(CaseActRow.number)).where(CaseActRow.case_id == one.case_id)
                    )
                    if (last or 0) != one.number - 1:
                        raise StaleVersion(what="case", name=one.case_id)
                    told = {name: getattr(one, name) for name in CaseAct.__slots__}
                    session.add(CaseActRow(**told | {"content": dict(one.content)}))
                    session.flush()
                for kept in archives:
                    values = {name: getattr(kept, name) for name in Archived.__slots__}
                    values["counts"] = dict(kept.counts)
                    session.add(CaseArchiveRow(**values, archived_us=at))
        except IntegrityError as error:
            raise StaleVersion(what="case", name=acts[0].case_id if acts else "") from error

    def of(self, case_id: str) -> list[CaseAct]:
        """Return the acts of a case, oldest first."""
        query = select(CaseActRow).where(CaseActRow.case_id == case_id).order_by(CaseActRow.number)
        with Session(self._engine) as session:
            return [_act(row) for row in session.scalars(query)]

    def all_cases(self) -> dict[str, list[CaseAct]]:
        """Return the acts of every case, oldest first."""
        query = select(CaseActRow).order_by(CaseActRow.case_id, CaseActRow.number)
        found: dict[str, list[CaseAct]] = {}
        with Session(self._engine) as session:
            for row in session.scalars(query):
                found.setdefault(row.case_id, []).append(_act(row))
        return found

    def standing(self, act: str, since_us: int = 0) -> list[CaseAct]:
        """Return the acts of a kind in cases that have not ended, since an instant (epoch µs)."""
        ended = select(CaseActRow.case_id).where(CaseActRow.ended_us.is_not(None))
        query = (
            select(CaseActRow)
            .where(CaseActRow.act == act, CaseActRow.at_us >= since_us)
            .where(CaseActRow.case_id.not_in(ended))
            .order_by(CaseActRow.case_id, CaseActRow.number)
        )
        with Session(self._engine) as session:
            return [_act(row) for row in session.scalars(query)]

    def packages(self, since_us: int = 0) -> set[str]:
        """Return the packages begun since an instant (epoch µs) in cases that have not ended."""
        return {str(one.content["package_id"]) for one in self.standing("run", since_us)}

    def requisition_counts(self) -> Counter[tuple[str, str]]:
        """Return how many requisitions by month (``YYYY-MM``) and article, of ended cases too."""
        counts = Counter((one.month, one.article) for one in self.archives())
        counts.update(
            (from_us(one.at_us).strftime("%Y-%m"), str(one.content["article"]))
            for one in self.standing("requisition")
        )
        return counts

    def archives(self) -> list[Archived]:
        """Return what is left of closed cases."""
        names = Archived.__slots__
        with Session(self._engine) as session:
            rows = session.scalars(select(CaseArchiveRow).order_by(CaseArchiveRow.archive_id))
            return [Archived(**{name: getattr(row, name) for name in names}) for row in rows]
