"""Tokens of machines: to push feeds (``ingest``), to read the interfaces (``read``), or the agenda.

A calendar program keeps its key in the address it subscribes to: a ``calendar`` token opens the
agenda as a calendar and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import Forbidden, NotFound, NotSignedIn
from vigie.base.ids import new_id, new_secret
from vigie.desk.database import note_if_possible
from vigie.desk.glasses import refuse_unreviewed
from vigie.desk.sessions import TOUCH_EVERY_US, digest
from vigie.desk.tables import AccountRow, TokenRow

Purpose = Literal["ingest", "read", "calendar"]
PREFIX = "vigie_"


@dataclass(frozen=True, slots=True)
class Token:
    """A machine's key without its secret.

    Attributes:
        token_id: Its name in lists and logs.
        name: What it is for, in words.
        purpose: ``ingest``, ``read`` or ``calendar``.
        sources: Feeds it may push; empty for none.
        role: Role it reads with (that of its account); empty for ``ingest``.
        account_id: The account it reads as; empty for ``ingest``.
        reads_for: Purpose it reads for; empty takes the role's first that opens what is asked.
        revoked: Whether it has been withdrawn.
        created_us: When it was made, epoch µs.
        last_used_us: When it was last used, to within a minute; 0 for never.
    """

    token_id: str
    name: str
    purpose: str
    sources: tuple[str, ...]
    role: str
    revoked: bool
    account_id: str = ""
    reads_for: str = ""
    created_us: int = 0
    last_used_us: int = 0


class Tokens:
    """Issue, check, list and withdraw tokens."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def issue(
        self,
        name: str,
        purpose: Purpose,
        *,
        sources: tuple[str, ...] = (),
        account_id: str | None = None,
        reads_for: str = "",
    ) -> tuple[str, Token]:
        """Make a token; the secret is returned once and never again."""
        secret = PREFIX + new_secret()
        row = TokenRow(
            token_id=new_id("token"),
            secret_hash=digest(secret),
            name=name,
            purpose=purpose,
            sources=list(sources),
            account_id=account_id,
            created_us=now_us(self._clock),
            last_used_us=0,
            reads_for=reads_for,
            revoked_us=None,
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            return secret, self._token(session, row)

    def check(self, secret: str, *purposes: Purpose, source: str | None = None) -> Token:
        """Return the token of a secret, made for one of these purposes, and note its use.

        Raises:
            NotSignedIn: Unknown or withdrawn.
            Forbidden: Made for another purpose, or not for this source.
            GlassUnreviewed: Its account broke a glass that nobody has reviewed within a day.
        """
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            row = session.scalars(
                select(TokenRow).where(TokenRow.secret_hash == digest(secret))
            ).first()
            if row is None or row.revoked_us is not None:
                raise NotSignedIn
            if row.purpose not in purposes or (source is not None and source not in row.sources):
                raise Forbidden(source=source or "")
            if row.account_id:
                refuse_unreviewed(session, row.account_id, at)
            token, due = self._token(session, row), at - row.last_used_us > TOUCH_EVERY_US
        if due:
            this = TokenRow.token_id == token.token_id
            note_if_possible(self._engine, update(TokenRow).where(this).values(last_used_us=at))
        if token.purpose != "ingest" and not token.role:
            raise NotSignedIn
        return token

    def list_all(self) -> list[Token]:
        """Return every token, oldest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(TokenRow).order_by(TokenRow.created_us, TokenRow.token_id)
            )
            return [self._token(session, row) for row in rows]

    def list_of(self, account_id: str, purpose: Purpose) -> list[Token]:
        """Return the tokens of an account that were made for a purpose and not withdrawn."""
        kept = (
            select(TokenRow)
            .where(
                TokenRow.account_id == account_id,
                TokenRow.purpose == purpose,
                TokenRow.revoked_us.is_(None),
            )
            .order_by(TokenRow.created_us, TokenRow.token_id)
        )
        with Session(self._engine) as session:
            return [self._token(session, row) for row in session.scalars(kept)]

    def revoke(self, token_id: str) -> None:
        """Withdraw a token; raises ``NotFound``."""
        with Session(self._engine) as session, session.begin():
            row = session.get(TokenRow, token_id)
            if row is None:
                raise NotFound(what="token", name=token_id)
            session.execute(
                update(TokenRow)
                .where(TokenRow.token_id == token_id, TokenRow.revoked_us.is_(None))
                .values(revoked_us=now_us(self._clock))
            )

    @staticmethod
    def _token(session: Session, row: TokenRow) -> Token:
        owner = session.get(AccountRow, row.account_id) if row.account_id else None
        role = owner.role if owner is not None and not owner.disabled else ""
        return Token(
            row.token_id,
            row.name,
            row.purpose,
            tuple(row.sources),
            role,
            row.revoked_us is not None,
            row.account_id or "",
            row.reads_for,
            row.created_us,
            row.last_used_us,
        )
