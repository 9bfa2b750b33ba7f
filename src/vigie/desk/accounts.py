"""Accounts: people and their passwords.

Five wrong passwords lock an account for a while. What a password opens is in
``vigie.desk.sessions`` and ``vigie.desk.second_factor``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, NotFound, NotSignedIn, TooManyRequests, WrongUsage
from vigie.base.ids import new_id
from vigie.desk.passwords import check_policy, hash_password, verify_nobody, verify_password
from vigie.desk.roles import ROLES
from vigie.desk.sessions import SECOND_US, Account, account_of, end_within
from vigie.desk.tables import AccountRow, IdentityRow

MAX_FAILURES = 5
LOCK_S = 300
NO_PASSWORD = ""


class Accounts:
    """People, their passwords, and who they are at an identity provider."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        words: Sequence[str] = (),
        first_password_s: int | None = None,
    ) -> None:
        """Stand on an engine.

        Args:
            engine: The database.
            clock: The clock.
            words: Words of the place that make a password easy to guess.
            first_password_s: How long a first password serves; None for ever (demonstration).
        """
        self._words = words
        self._first_password_s = first_password_s
        self._engine = engine
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
        if not must_change_password:
            check_policy(password, login=login, words=self._words)
        return self._insert(
            login,
            name=name,
            role=role,
            password_hash=hash_password(password),
            must_change_password=must_change_password,
            language=language,
        )

    def create_without_password(self, login: str, *, name: str, role: str) -> Account:
        """Make an account that no password opens: its person signs in at a provider.

        Raises:
            WrongUsage: Unknown role, or empty login.
            Conflict: The login is taken.
        """
        return self._insert(
            login,
            name=name,
            role=role,
            password_hash=NO_PASSWORD,
            must_change_password=False,
            language="fr",
        )

    def _insert(self, login: str, *, role: str, **values: Any) -> Account:
        if role not in ROLES:
            raise WrongUsage(reason=f"role {role} unknown", field="role")
        if not login.strip():
            raise WrongUsage(reason="login empty", field="login")
        at = now_us(self._clock)
        row = AccountRow(
            account_id=new_id("account"),
            login=login.strip().lower(),
            role=role,
            disabled=False,
            created_us=at,
            password_changed_us=at,
            failures=0,
            locked_until_us=0,
            **values,
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return account_of(row)
        except IntegrityError as error:
            raise Conflict(what="login", name=login) from error

    def list_all(self) -> list[Account]:
        """Return every account, by login."""
        with Session(self._engine) as session:
            rows = session.scalars(select(AccountRow).order_by(AccountRow.login))
            return [account_of(row) for row in rows]

    def verify(self, login: str, password: str) -> Account:
        """Return the account that a login and its password belong to.

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
            if row is None or row.disabled or self._is_void(row, at):
                verify_nobody(password)
                raise NotSignedIn(reason="wrong login or password")
            if row.locked_until_us > at:
                verify_nobody(password)
                raise TooManyRequests(retry_s=(row.locked_until_us - at) // SECOND_US + 1)
            account, password_hash, failures = account_of(row), row.password_hash, row.failures
        if not verify_password(password_hash, password):
            self._count_failure(account.account_id, at)
            raise NotSignedIn(reason="wrong login or password")
        if failures:
            self._set(account.account_id, failures=0)
        return account

    def _is_void(self, row: AccountRow, at: int) -> bool:
        """Say whether no password opens an account: it has none, or a first one too old."""
        if row.password_hash == NO_PASSWORD:
            return True
        if not row.must_change_password or self._first_password_s is None:
            return False
        return at - row.password_changed_us > self._first_password_s * SECOND_US

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
        check_policy(new, login=login, current=current, words=self._words)
        self._set(
            account_id,
            password_hash=hash_password(new),
            must_change_password=False,
            password_changed_us=at,
            failures=0,
            ends=True,
        )

    def reset_password(self, login: str, password: str) -> None:
        """Set a first password that must be changed at the next sign-in (administrator's act)."""
        account = self.get(login)
        self._set(
            account.account_id,
            password_hash=hash_password(password),
            must_change_password=True,
            password_changed_us=now_us(self._clock),
            ends=True,
        )

    def disable(self, login: str, *, disabled: bool = True) -> None:
        """Disable or enable an account; disabling ends its sessions."""
        account = self.get(login)
        self._set(account.account_id, disabled=disabled, ends=disabled)

    def set_role(self, login: str, role: str) -> None:
        """Give an account another role; its sessions end, so that no old right outlives it.

        Raises:
            WrongUsage: Unknown role.
            NotFound: Unknown login.
        """
        if role not in ROLES:
            raise WrongUsage(reason=f"role {role} unknown", field="role")
        account = self.get(login)
        self._set(account.account_id, role=role, ends=True)

    def of_identity(self, issuer: str, subject: str) -> Account | None:
        """Return the account linked to a person of an identity provider."""
        with Session(self._engine) as session:
            link = session.get(IdentityRow, (issuer, subject))
            row = session.get(AccountRow, link.account_id) if link is not None else None
            return account_of(row) if row is not None else None

    def link_identity(self, account_id: str, issuer: str, subject: str) -> None:
        """Link a person of an identity provider to an account, once.

        Raises:
            Conflict: This person is linked already.
        """
        row = IdentityRow(
            issuer=issuer, subject=subject, account_id=account_id, linked_us=now_us(self._clock)
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError as error:
            raise Conflict(what="identity", name=subject) from error

    def get(self, login: str) -> Account:
        """Return an account by login; raises ``NotFound``."""
        with Session(self._engine) as session:
            row = session.scalars(
                select(AccountRow).where(AccountRow.login == login.strip().lower())
            ).first()
            if row is None:
                raise NotFound(what="account", name=login)
            return account_of(row)

    def _set(self, account_id: str, *, ends: bool = False, **values: Any) -> None:
        """Change an account, and end its sessions with it."""
        with Session(self._engine) as session, session.begin():
            if ends:
                end_within(session, account_id)
            session.execute(
                update(AccountRow).where(AccountRow.account_id == account_id).values(**values)
            )
