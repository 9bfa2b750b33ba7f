"""The accounts of the demonstration: told to everyone, so they open nothing but the demo.

Each must change its password at the first sign-in; from then on it is no longer shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from vigie.base.errors import Conflict
from vigie.base.settings import Settings
from vigie.desk.roles import ROLE_TITLES, ROLES
from vigie.desk.store import Desk
from vigie.situation.rights import OWN_ROLE

DEMO_PASSWORD = "vigie-demo"  # noqa: S105 - shown on the sign-in page of the demo, changed at once
DEMO_PARTNER = "rescue"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account whose first password is public."""

    login: str
    role: str
    password: str


def make_demo_accounts(desk: Desk) -> list[DemoAccount]:
    """Make one account for each role that may see anything; those that exist are left alone."""
    made = []
    for role in (role for role, permissions in ROLES.items() if permissions):
        try:
            account = desk.accounts.create(
                role, name=ROLE_TITLES[role]["fr"], role=role, password=DEMO_PASSWORD
            )
        except Conflict:
            continue
        if role == OWN_ROLE:
            desk.scopes.grant(account.account_id, DEMO_PARTNER, granted_by="vigie", head=True)
        made.append(DemoAccount(role, role, DEMO_PASSWORD))
    return made


def demo_accounts(desk: Desk, settings: Settings) -> list[DemoAccount]:
    """Return the demo accounts that still have their first password; none outside the demo."""
    if not settings.demo:
        return []
    return [
        DemoAccount(account.login, account.role, DEMO_PASSWORD)
        for account in desk.accounts.list_all()
        if account.login == account.role and account.must_change_password and not account.disabled
    ]
