"""Accounts and sessions in their first safe form.

A session is a random secret in a cookie; the desk keeps only its SHA-256. It ends after a time
unused and after a longest time in any case. Five wrong passwords lock an account for a while.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, NotFound, NotSignedIn, TooManyRequests, WrongUsage
from vigie.base.ids import new_id, new_secret
from vigie.base.settings import ServerSettings
from vigie.desk.glasses import refuse_unreviewed
from vigie.desk.passwords import check_policy, hash_password, verify_nobody, verify_password
from vigie.desk.roles import ROLES
from vigie.desk.tables import AccountRow, SessionRow

SECOND_US = 1_000_000
MAX_FAILURES = 5
LOCK_S = 300
TOUCH_EVERY_US = 60 * SECOND_US


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
    """A live session: who, and the token that unsafe requests must repeat."""

    account: Account
    csrf: str
    created_us: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What signing in gives: the cookie's secret (shown once) and the session."""

    secret: str
    session: SignedIn


def digest(secret: str) -> str:
    """Return the SHA-256 of a high-entropy secret (sessions and tokens, never passwords)."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def _account(row: AccountRow) -> Account:
    return Account(
        row.account_id,
        row.login,
        row.name,
        row.role,
        row.must_change_password,
        row.language,
        row.disabled,
    )


class Accounts:
    """People, their passwords and their sessions."""

    def __init__(self, engine: Engine, settings: ServerSettings, clock: Clock) -> None:
        self._engine = engine
        self._settings = settings
        self._clock = clock

    def create(
        self,
        login: str,
        *,
        name: str,
        role: str,
        password: str,
        must_change_password: bool = True,
        language: str = "fr",
    ) -> Account:
        """Make an account.

        Raises:
            WrongUsage: Unknown role, empty login or a password against the policy.
            Conflict: The login is taken.
        """
        if role not in ROLES:
            raise WrongUsage(reason=f"role {role} unknown", field="role")
        if not login.strip():
            raise WrongUsage(reason="login empty", field="login")
        if not must_change_password:
            check_policy(password, login=login)
        at = now_us(self._clock)
        row = AccountRow(
            account_id=new_id("account"),
            login=login.strip().lower(),
            name=name,
            role=role,
            password_hash=hash_password(password),
            must_change_password=must_change_password,
            language=language,
            disabled=False,
            created_us=at,
            password_changed_us=at,
            failures=0,
            locked_until_us=0,
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return _account(row)
        except IntegrityError as error:
            raise Conflict(what="login", name=login) from error

    def list_all(self) -> list[Account]:
        """Return every account, by login."""
        with Session(self._engine) as session:
            rows = session.scalars(select(AccountRow).order_by(AccountRow.login))
            return [_account(row) for row in rows]

    def sign_in(self, login: str, password: str) -> Grant:
        """Open a session.

        Raises:
            NotSignedIn: Wrong login or password (the same answer, in the same time, for both).
            TooManyRequests: The account is locked after too many wrong passwords.
            GlassUnreviewed: It broke a glass that nobody has reviewed within a day.
        """
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            row = session.scalars(
                select(AccountRow).where(AccountRow.login == login.strip().lower())
            ).first()
            if row is None or row.disabled:
                verify_nobody(password)
                raise NotSignedIn(reason="wrong login or password")
            if row.locked_until_us > at:
                verify_nobody(password)
                raise TooManyRequests(retry_s=(row.locked_until_us - at) // SECOND_US + 1)
            account_id, password_hash = row.account_id, row.password_hash
        if not verify_password(password_hash, password):
            self._count_failure(account_id, at)
            raise NotSignedIn(reason="wrong login or password")
        return self._open(account_id, at)

    def _count_failure(self, account_id: str, at: int) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(AccountRow)
                .where(AccountRow.account_id == account_id)
                .values(failures=AccountRow.failures + 1)
            )
            session.execute(
                update(AccountRow)
                .where(AccountRow.account_id == account_id, AccountRow.failures >= MAX_FAILURES)
                .values(failures=0, locked_until_us=at + LOCK_S * SECOND_US)
            )

    def _open(self, account_id: str, at: int) -> Grant:
        secret, csrf = new_secret(), new_secret()
        with Session(self._engine) as session, session.begin():
            row = session.get_one(AccountRow, account_id)
            refuse_unreviewed(session, account_id, at)
            row.failures = 0
            session.add(
                SessionRow(
                    session_hash=digest(secret),
                    account_id=account_id,
                    csrf=csrf,
                    created_us=at,
                    last_seen_us=at,
                )
            )
            return Grant(secret, SignedIn(_account(row), csrf, at))

    def session(self, secret: str, *, touch: bool = True) -> SignedIn:
        """Return the live session of a cookie and note that it was used.

        Args:
            secret: The cookie's secret.
            touch: False to look without noting use (an open stream is no sign of a person).

        Raises:
            NotSignedIn: Unknown, ended, unused for too long, or the account is disabled.
            GlassUnreviewed: The account broke a glass that nobody has reviewed within a day.
        """
        at = now_us(self._clock)
        with Session(self._engine) as session, session.begin():
            row = session.get(SessionRow, digest(secret))
            owner = session.get(AccountRow, row.account_id) if row is not None else None
            if row is None or owner is None:
                raise NotSignedIn
            idle_us = at - row.last_seen_us
            age_us = at - row.created_us
            if (
                owner.disabled
                or idle_us > self._settings.session_idle_s * SECOND_US
                or age_us > self._settings.session_max_s * SECOND_US
            ):
                session.delete(row)
                session.commit()
                raise NotSignedIn
            refuse_unreviewed(session, owner.account_id, at)
            if touch and idle_us > TOUCH_EVERY_US:
                row.last_seen_us = at
            return SignedIn(_account(owner), row.csrf, row.created_us)

    def sign_out(self, secret: str) -> None:
        """End a session; harmless if it has ended already."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SessionRow).where(SessionRow.session_hash == digest(secret)))

    def end_sessions(self, account_id: str) -> None:
        """End every session of an account at once."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))

    def change_password(self, account_id: str, current: str, new: str) -> None:
        """Change a password; every session of the account ends, so that a stolen one dies with it.

        Raises:
            NotSignedIn: ``current`` is wrong.
            TooManyRequests: Too many wrong attempts.
            WrongUsage: ``new`` is against the policy.
        """
        at = now_us(self._clock)
        with Session(self._engine) as session:
            row = session.get_one(AccountRow, account_id)
            login, password_hash, locked_until = row.login, row.password_hash, row.locked_until_us
        if locked_until > at:
            raise TooManyRequests(retry_s=(locked_until - at) // SECOND_US + 1)
        if not verify_password(password_hash, current):
            self._count_failure(account_id, at)
            raise NotSignedIn(reason="wrong password")
        check_policy(new, login=login, current=current)
        self._set(
            account_id,
            password_hash=hash_password(new),
            must_change_password=False,
            password_changed_us=at,
            failures=0,
        )
        self.end_sessions(account_id)

    def reset_password(self, login: str, password: str) -> None:
        """Set a first password that must be changed at the next sign-in (administrator's act)."""
        account = self.get(login)
        self._set(
            account.account_id, password_hash=hash_password(password), must_change_password=True
        )
        self.end_sessions(account.account_id)

    def disable(self, login: str, *, disabled: bool = True) -> None:
        """Disable or enable an account; disabling ends its sessions."""
        account = self.get(login)
        self._set(account.account_id, disabled=disabled)
        if disabled:
            self.end_sessions(account.account_id)

    def get(self, login: str) -> Account:
        """Return an account by login; raises ``NotFound``."""
        with Session(self._engine) as session:
            row = session.scalars(
                select(AccountRow).where(AccountRow.login == login.strip().lower())
            ).first()
            if row is None:
                raise NotFound(what="account", name=login)
            return _account(row)

    def _set(self, account_id: str, **values: Any) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(AccountRow).where(AccountRow.account_id == account_id).values(**values)
            )


def same_secret(expected: str, given: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(expected.encode("utf-8"), given.encode("utf-8"))
