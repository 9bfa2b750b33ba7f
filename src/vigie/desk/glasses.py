"""Broken glasses: what was opened against the charter for minutes, and its review within a day."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, latest_us, now_us
from vigie.base.errors import Conflict, GlassUnreviewed, NotFound
from vigie.base.ids import new_id
from vigie.desk.tables import AccountRow, GlassRow
from vigie.privacy.decision import REVIEW_US, Glass

VERDICTS = ("justified", "unjustified")
MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken glass and whose it is.

    Attributes:
        glass_id: Its id.
        login: Who broke it.
        name: The same, as people know them.
        reason: Why, in their words.
        glass: What it opens, until when.
        reviewed_by: Who reviewed it; empty until then.
        verdict: ``justified`` or ``unjustified``; empty until then.
    """

    glass_id: str
    login: str
    name: str
    reason: str
    glass: Glass
    reviewed_by: str
    verdict: str


def _glass(row: GlassRow) -> Glass:
    return Glass(*(row.dataset, row.opened_us, row.until_us, row.zone, row.fact, row.reviewed_us))


def refuse_unreviewed(session: Session, account_id: str, at_us: int) -> None:
    """Raise when a glass of the account should have been reviewed by now.

    Raises:
        GlassUnreviewed: The account is locked until somebody has reviewed it.
    """
    query = select(GlassRow).where(
        GlassRow.account_id == account_id,
        GlassRow.reviewed_us == 0,
        GlassRow.opened_us <= at_us - REVIEW_US,
    )
    if session.scalars(query.limit(1)).first() is not None:
        raise GlassUnreviewed


class Glasses:
    """Break, list and review."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def break_one(
        self, account_id: str, dataset: str, *, minutes: int, reason: str, zone: str, fact: str
    ) -> Broken:
        """Open a dataset to an account, in one zone or for one fact, from now on.

        Raises:
            GlassUnreviewed: An earlier one waits for its review for more than a day.
        """
        at = now_us(self._clock)
        row = GlassRow(
            glass_id=new_id("glass"),
            account_id=account_id,
            dataset=dataset,
            zone=zone,
            fact=fact,
            reason=reason,
            opened_us=at,
            until_us=at + minutes * MINUTE_US,
            reviewed_us=0,
            reviewed_by="",
            verdict="",
        )
        with Session(self._engine) as session, session.begin():
            refuse_unreviewed(session, account_id, at)
            session.add(row)
            session.flush()
            return self._broken(session, row)

    def of_account(self, account_id: str) -> tuple[Glass, ...]:
        """Return the glasses of an account that are open now."""
        at = latest_us(self._clock)
        query = select(GlassRow).where(GlassRow.account_id == account_id, GlassRow.until_us > at)
        with Session(self._engine) as session:
            return tuple(_glass(row) for row in session.scalars(query))

    def list_all(self, limit: int = 200) -> list[Broken]:
        """Return broken glasses: those that wait for their review first, then the newest."""
        query = select(GlassRow).order_by(GlassRow.reviewed_us != 0, GlassRow.opened_us.desc())
        with Session(self._engine) as session:
            return [self._broken(session, row) for row in session.scalars(query.limit(limit))]

    def get(self, glass_id: str) -> Broken:
        """Return one; raises ``NotFound``."""
        with Session(self._engine) as session:
            return self._broken(session, self._row(session, glass_id))

    def review(self, glass_id: str, *, by: str, verdict: str) -> Broken:
        """Write down what a review found; the account is free again.

        Raises:
            NotFound: There is none of that id.
            Conflict: It has been reviewed already.
        """
        with Session(self._engine) as session, session.begin():
            row = self._row(session, glass_id)
            if row.reviewed_us:
                raise Conflict(what="glass", name=glass_id)
            row.reviewed_us, row.reviewed_by = now_us(self._clock), by
            row.verdict = verdict
            session.flush()
            return self._broken(session, row)

    @staticmethod
    def _row(session: Session, glass_id: str) -> GlassRow:
        row = session.get(GlassRow, glass_id)
        if row is None:
            raise NotFound(what="glass", name=glass_id)
        return row

    @staticmethod
    def _broken(session: Session, row: GlassRow) -> Broken:
        owner = session.get_one(AccountRow, row.account_id)
        return Broken(
            *(row.glass_id, owner.login, owner.name, row.reason, _glass(row)),
            *(row.reviewed_by, row.verdict),
        )
