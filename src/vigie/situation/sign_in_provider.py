"""Signing in through the city's identity provider: which account a proved person has, which role.

A person is who the provider says by issuer and subject, never by an e-mail or a name that could be
somebody else's. The role is that of the first group, in the order of the settings; without one the
person is refused. A role changed at the provider counts from the next sign-in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vigie.base.errors import Conflict, NotSignedIn, RoleUnknown
from vigie.base.settings import ProviderSettings
from vigie.desk.sessions import OPEN, Account, Grant, digest
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.sign_in import stage_after_password
from vigie.situation.trail import NOBODY, note

_PLAIN = re.compile(r"[a-z0-9._-]{1,40}")
_LONGEST_NAME = 200


def role_of(settings: ProviderSettings, claims: Mapping[str, Any]) -> str:
    """Return the role of a person's groups.

    Raises:
        RoleUnknown: No group has one.
    """
    told = claims.get(settings.role_claim)
    groups = {told} if isinstance(told, str) else set(told) if isinstance(told, list) else set()
    for group, role in settings.roles.items():
        if group in groups:
            return role
    raise RoleUnknown


def by_provider(
    home: Home, claims: Mapping[str, Any], *, device: str = "", instead_of: str = ""
) -> Grant:
    """Open what a verified ID token opens; the account is made at the first sign-in.

    Raises:
        RoleUnknown: No group of the person has a role here.
        NotSignedIn: The account is disabled here.
    """
    settings = home.settings.oidc
    try:
        role = role_of(settings, claims)
    except RoleUnknown:
        note(home, NOBODY, "sign_in", outcome="refused", method="provider")
        raise
    subject = str(claims["sub"])
    account = home.desk.accounts.of_identity(settings.issuer, subject)
    if account is None:
        account = _make(home, claims, subject, role)
    caller = Caller(account.login, role, account.account_id)
    if account.disabled:
        note(home, caller, "sign_in", outcome="refused", method="provider")
        raise NotSignedIn
    stage = OPEN if settings.second_factor == "provider" else stage_after_password(home, account)
    note(home, caller, "sign_in", method="provider", stage=stage)
    if account.role != role:
        home.desk.accounts.set_role(account.login, role)
    if instead_of:
        home.desk.sessions.end(instead_of)
    return home.desk.sessions.open(
        account.account_id, stage=stage, method="provider", device=device
    )


def _make(home: Home, claims: Mapping[str, Any], subject: str, role: str) -> Account:
    """Make the account of a person seen for the first time; a login that is taken is not theirs."""
    issuer = home.settings.oidc.issuer
    mark = digest(f"{issuer}\n{subject}")[:8]
    told = str(claims.get("preferred_username") or "").lower()
    plain = told if _PLAIN.fullmatch(told) else mark
    login = f"{plain}@{urlsplit(issuer).hostname or ''}"[:70]
    name = str(claims.get("name") or login)[:_LONGEST_NAME]
    note(home, Caller("vigie", "system"), "create", login=login, role_given=role)
    try:
        account = home.desk.accounts.create_without_password(login, name=name, role=role)
    except Conflict:
        account = home.desk.accounts.create_without_password(
            f"{login}+{mark}", name=name, role=role
        )
    home.desk.accounts.link_identity(account.account_id, issuer, subject)
    return account
