"""Sessions: a random secret in a cookie, of which the desk keeps only the SHA-256.

A session has a stage. ``code`` and ``enrol`` follow a right password and give no right but to
finish signing in, within five minutes; ``open`` is a signed-in person. Each step gives a new
secret. It ends after a time unused and after a longest time in any case.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, NotSignedIn
from vigie.base.ids import new_id, new_secret
from vigie.base.settings import ServerSettings
from vigie.desk.database import note_if_possible
from vigie.desk.glasses import refuse_unreviewed
from vigie.desk.tables import AccountRow, SessionRow

SECOND_US = 1_000_000
TOUCH_EVERY_US = 60 * SECOND_US
HALF_US = 300 * SECOND_US
Stage = Literal["open", "code", "enrol"]
OPEN: Final[Stage] = "open"
ASKS_CODE: Final[Stage] = "code"
ASKS_ENROLMENT: Final[Stage] = "enrol"
Method = Literal["password", "totp", "recovery", "provider"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in, without any secret."""

    account_id: str
    login: str
    name: str
    role: str
    must_change_password: bool
    language: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session: who, and the token that unsafe requests must repeat.

    Attributes:
        account: Whose it is.
        csrf: Token that unsafe requests repeat.
        created_us: Since when.
        session_id: Its name in lists; opens nothing.
        stage: ``open``, or what is missing: ``code``, ``enrol``.
        method: What the person proved last: ``password``, ``totp``, ``recovery``, ``provider``.
    """

    account: Account
    csrf: str
    created_us: int
    session_id: str
    stage: Stage
    method: Method


@dataclass(frozen=True, slots=True)
class Grant:
    """What signing in gives: the cookie's secret (shown once) and the session."""

    secret: str
    session: SignedIn


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it in a list.

    Attributes:
        session_id: Its name.
        device: Browser and system in two words.
        method: How it was opened.
        created_us: When it was opened.
        last_seen_us: When it was last used, to the minute.
    """

    session_id: str
    device: str
    method: Method
    created_us: int
    last_seen_us: int


def digest(secret: str) -> str:
    """Return the SHA-256 of a high-entropy secret (sessions and tokens, never passwords)."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def same_secret(expected: str, given: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(expected.encode("utf-8"), given.encode("utf-8"))


def account_of(row: AccountRow) -> Account:
    """Return an account's row without its secrets."""
    return Account(
        row.account_id,
        row.login,
        row.name,
        row.role,
        row.must_change_password,
        row.language,
        row.disabled,
    )


def _signed_in(row: SessionRow, owner: AccountRow) -> SignedIn:
    return SignedIn(
        account_of(owner),
        row.csrf,
        row.created_us,
        row.session_id,
        row.stage,  # type: ignore[arg-type]  # written by this module only
        row.method,  # type: ignore[arg-type]
    )


def end_within(session: Session, account_id: str, *, but: str = "") -> int:
    """End an account's sessions, but the one named, within the transaction of what ends them.

    What a disk refuses half-way must not leave a stolen session behind a new password.
    """
    ended = session.execute(
        delete(SessionRow).where(SessionRow.account_id == account_id, SessionRow.session_id != but)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


class Sessions:
    """The sign-ins in progress."""

    def __init__(self, engine: Engine, settings: ServerSettings, clock: Clock) -> None:
        self._engine = engine
        self._settings = settings
        self._clock = clock

    def open(
        self,
        account_id: str,
        *,
        stage: Stage = OPEN,
        method: Method = "password",
        device: str = "",
        instead_of: str = "",
    ) -> Grant:
        """Open a session under a fresh secret.

        Args:
            account_id: Whose.
            stage: How far the person has come.
            method: What the person proved.
            device: Browser and system in two words.
            instead_of: Secret of the session that this one takes the place of; it ends.

        Raises:
            NotSignedIn: The account is disabled, or ``instead_of`` has ended meanwhile.
            GlassUnreviewed: The account broke a glass that nobody has reviewed within a day.
        """
        secret, at = new_secret(), now_us(self._clock)
        row = SessionRow(
            session_hash=digest(secret),
            session_id=new_id("session"),
            account_id=account_id,
            stage=stage,
            method=method,
            device=device[:80],
            csrf=new_secret(),
            created_us=at,
            last_seen_us=at,
        )
        with Session(self._engine) as session, session.begin():
            owner = session.get_one(AccountRow, account_id)
            if owner.disabled:
                raise NotSignedIn
            refuse_unreviewed(session, account_id, at)
            if instead_of:
                ended = session.execute(
                    delete(SessionRow).where(SessionRow.session_hash == digest(instead_of))
                )
                if ended.rowcount != 1:  # type: ignore[attr-defined]
                    raise NotSignedIn
            session.add(row)
            session.flush()
            return Grant(secret, _signed_in(row, owner))

    def look(self, secret: str, *, touch: bool = True) -> SignedIn:
        """Return the live session of a cookie and note that it was used.

        Args:
            secret: The cookie's secret.
            touch: False to look without noting use (an open stream is no sign of a person).

        Raises:
            NotSignedIn: Unknown, ended, unused for too long, or the account is disabled.
            GlassUnreviewed: The account broke a glass that nobody has reviewed within a day.
        """
        at, this = now_us(self._clock), SessionRow.session_hash == digest(secret)
        with Session(self._engine) as session:
            row = session.get(SessionRow, digest(secret))
            owner = session.get(AccountRow, row.account_id) if row is not None else None
            if row is None or owner is None:
                raise NotSignedIn
            lives = not owner.disabled and self.lives(row, at)
            if lives:
                refuse_unreviewed(session, owner.account_id, at)
            due = touch and at - row.last_seen_us > TOUCH_EVERY_US
            found = _signed_in(row, owner)
        if not lives:
            note_if_possible(self._engine, delete(SessionRow).where(this))
            raise NotSignedIn
        if due:
            note_if_possible(self._engine, update(SessionRow).where(this).values(last_seen_us=at))
        return found

    def lives(self, row: SessionRow, at: int) -> bool:
        """Say whether a session has not ended by time alone."""
        age_us = at - row.created_us
        if row.stage != OPEN:
            return age_us <= HALF_US
        idle_us = at - row.last_seen_us
        return (
            idle_us <= self._settings.session_idle_s * SECOND_US
            and age_us <= self._settings.session_max_s * SECOND_US
        )

    def list_of(self, account_id: str) -> list[OpenSession]:
        """Return the open sessions of an account, newest first."""
        at = now_us(self._clock)
        with Session(self._engine) as session:
            rows = session.scalars(
                select(SessionRow)
                .where(SessionRow.account_id == account_id, SessionRow.stage == OPEN)
                .order_by(SessionRow.created_us.desc(), SessionRow.session_id)
            )
            return [
                OpenSession(
                    row.session_id,
                    row.device,
                    row.method,  # type: ignore[arg-type]  # written by this module only
                    row.created_us,
                    row.last_seen_us,
                )
                for row in rows
                if self.lives(row, at)
            ]

    def end(self, secret: str) -> None:
        """End the session of a cookie; harmless if it has ended already."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SessionRow).where(SessionRow.session_hash == digest(secret)))

    def end_one(self, account_id: str, session_id: str) -> None:
        """End one session of an account by its name.

        Raises:
            NotFound: It is no live session of this account.
        """
        with Session(self._engine) as session, session.begin():
            ended = session.execute(
                delete(SessionRow).where(
                    SessionRow.account_id == account_id, SessionRow.session_id == session_id
                )
            )
            if ended.rowcount != 1:  # type: ignore[attr-defined]
                raise NotFound(what="session", name=session_id)

    def end_all(self, account_id: str, *, but: str = "") -> int:
        """End every session of an account at once, but the one named; returns how many."""
        with Session(self._engine) as session, session.begin():
            return end_within(session, account_id, but=but)
