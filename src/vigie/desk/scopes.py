"""Partner services: which account belongs to which, what it may see of it, and its last reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from vigie.base.clock import Clock, now_us
from vigie.desk.tables import AccountRow, ReasonRow, ScopeRow


@dataclass(frozen=True, slots=True)
class Scope:
    """What ties an account to a partner service.

    Attributes:
        account_id: The account.
        login: Its login.
        name: Whose it is.
        partner: The service's name in the charter.
        head: Whether it names the service's other accounts.
        sources: Feeds left to it; None for all of the service's.
        zones: Zones left to it; None for all of the service's.
        granted_by: Who granted it.
    """

    account_id: str
    login: str
    name: str
    partner: str
    head: bool
    sources: frozenset[str] | None
    zones: frozenset[str] | None
    granted_by: str


def _names(value: list[str] | None) -> frozenset[str] | None:
    return None if value is None else frozenset(value)


class Scopes:
    """Grant, look up and withdraw scopes."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def grant(
        self,
        account_id: str,
        partner: str,
        *,
        granted_by: str,
        head: bool = False,
        sources: Collection[str] | None = None,
        zones: Collection[str] | None = None,
    ) -> None:
        """Tie an account to a partner service, in place of what tied it before."""
        row = ScopeRow(
            account_id=account_id,
            partner=partner,
            head=head,
            sources=None if sources is None else sorted(sources),
            zones=None if zones is None else sorted(zones),
            granted_by=granted_by,
            created_us=now_us(self._clock),
        )
        with Session(self._engine) as session, session.begin():
            session.merge(row)

    def withdraw(self, account_id: str) -> None:
        """Untie an account; it sees nothing of the service from now on."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(ScopeRow).where(ScopeRow.account_id == account_id))

    def of_account(self, account_id: str) -> Scope | None:
        """Return the scope of an account, if any."""
        return next(iter(self._select(ScopeRow.account_id == account_id)), None)

    def of_partner(self, partner: str) -> list[Scope]:
        """Return the scopes of a service, by login."""
        return self._select(ScopeRow.partner == partner)

    def _select(self, condition: object) -> list[Scope]:
        query = (
            select(ScopeRow, AccountRow.login, AccountRow.name)
            .join(AccountRow, AccountRow.account_id == ScopeRow.account_id)
            .where(condition)  # type: ignore[arg-type]
            .order_by(AccountRow.login)
        )
        with Session(self._engine) as session:
            return [
                Scope(
                    *(row.account_id, login, name, row.partner, row.head),
                    *(_names(row.sources), _names(row.zones), row.granted_by),
                )
                for row, login, name in session.execute(query)
            ]


def reason_digest(reason: str) -> str:
    """Return the fingerprint of a reason, the same whatever its spaces and capitals."""
    return hashlib.sha256(" ".join(reason.casefold().split()).encode("utf-8")).hexdigest()


class Reasons:
    """The last reason of each person, as a fingerprint."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, who: str, reason: str) -> None:
        """Keep the fingerprint of what somebody said."""
        row = ReasonRow(who=who, digest=reason_digest(reason), at_us=now_us(self._clock))
        with Session(self._engine) as session, session.begin():
            session.merge(row)

    def repeats(self, who: str, reason: str) -> bool:
        """Say whether somebody says again what he said the last time."""
        with Session(self._engine) as session:
            row = session.get(ReasonRow, who)
            return row is not None and row.digest == reason_digest(reason)
