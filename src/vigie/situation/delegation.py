"""Delegation: a partner service names its own people, within what it sees itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from vigie.base.errors import Conflict, NotFound, WrongUsage
from vigie.base.ids import new_secret
from vigie.desk.scopes import Scope
from vigie.privacy.charter import Limits
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.rights import OWN_ROLE

DATASET = "delegations"


def delegate_json(one: Scope) -> dict[str, Any]:
    """Return an account of a service as the interface answers it."""
    return {
        "login": one.login,
        "name": one.name,
        "partner": one.partner,
        "head": one.head,
        "sources": _listed(one.sources),
        "zones": _listed(one.zones),
        "granted_by": one.granted_by,
    }


def _listed(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _head(home: Home, caller: Caller, verb: Verb, subject: dict[str, Any]) -> Scope:
    """Return the caller's own scope once it is sure that it heads the service."""
    own = home.desk.scopes.of_account(caller.account_id) if caller.account_id else None
    if own is None or not own.head or caller.by_token:
        home.rights.refuse(caller, DATASET, verb, subject, why="not_head")
    return own


def grant_scope(
    home: Home,
    caller: Caller,
    *,
    login: str,
    service: str,
    head: bool = False,
    sources: Collection[str] | None = None,
    zones: Collection[str] | None = None,
) -> None:
    """Tie an account to a partner service: the administrator's act.

    Raises:
        Forbidden: When the role may not change accounts.
        NotFound: When there is no such account or service.
        WrongUsage: When the account has another role, or a source or zone is none of the service's.
    """
    subject = {"login": login[:80], "partner": service[:80], "head": head}
    home.rights.ask(caller, "accounts", Verb.ALTER, subject)
    limits = home.rights.charter.partners.get(service)
    if limits is None:
        raise NotFound(what="partner", name=service)
    account = home.desk.accounts.get(login)
    if account.role != OWN_ROLE:
        raise WrongUsage(reason=f"role {account.role}", field="login")
    _check_within(limits, sources, zones)
    home.desk.scopes.grant(
        account.account_id,
        service,
        granted_by=caller.name,
        head=head,
        sources=sources,
        zones=zones,
    )


def list_delegates(home: Home, caller: Caller) -> dict[str, Any]:
    """Return the accounts of the caller's own service; who oversees sees those of all.

    Who names them is told within which ``bounds``: no account gets more than its head has.

    Raises:
        Forbidden: When the caller heads no partner service, and oversees none.
    """
    if caller.role != OWN_ROLE:
        home.rights.ask(caller, DATASET)
        services = sorted(home.rights.charter.partners)
        found = [one for name in services for one in home.desk.scopes.of_partner(name)]
        return {"items": [delegate_json(one) for one in found], "bounds": None}
    own = _head(home, caller, Verb.CONSULT, {})
    view = home.rights.ask(caller, DATASET, subject={"partner": own.partner})
    items = [delegate_json(one) for one in home.desk.scopes.of_partner(own.partner)]
    limits = {"sources": _listed(view.limits.sources), "zones": _listed(view.limits.zones)}
    return {"items": items, "bounds": {"service": own.partner, **limits}}


def add_delegate(
    home: Home,
    caller: Caller,
    *,
    login: str,
    name: str,
    sources: Collection[str] | None,
    zones: Collection[str] | None,
) -> dict[str, Any]:
    """Make an account of the caller's own service; its first password is told once.

    Raises:
        Forbidden: When the caller heads no partner service.
        WrongUsage: When a source or a zone is none of the caller's own.
        Conflict: When the login is taken.
    """
    subject = {"login": login[:80]}
    own = _head(home, caller, Verb.COLLECT, subject)
    view = home.rights.ask(caller, DATASET, Verb.COLLECT, {**subject, "partner": own.partner})
    _check_within(view.limits, sources, zones)
    password = new_secret()
    account = home.desk.accounts.create(login, name=name, role=OWN_ROLE, password=password)
    home.desk.scopes.grant(
        account.account_id,
        own.partner,
        granted_by=caller.name,
        sources=own.sources if sources is None else sources,
        zones=own.zones if zones is None else zones,
    )
    made = home.desk.scopes.of_account(account.account_id)
    if made is None:  # withdrawn in the same instant by somebody else
        raise Conflict(what="delegate", name=login)
    return {**delegate_json(made), "first_password": password}


def _check_within(
    limits: Limits, sources: Collection[str] | None, zones: Collection[str] | None
) -> None:
    for field, asked, own in (
        ("sources", sources, limits.sources),
        ("zones", zones, limits.zones),
    ):
        if asked is not None and own is not None and not own.issuperset(asked):
            beyond = ", ".join(sorted(set(asked) - own))
            raise WrongUsage(reason=f"{field}: {beyond[:200]}", field=field)


def withdraw_delegate(home: Home, caller: Caller, login: str) -> None:
    """Take back what an account of the caller's own service was given, and disable it.

    Raises:
        Forbidden: When the caller heads no partner service.
        NotFound: When the service has no such account, or it is the caller's own.
    """
    subject = {"login": login[:80]}
    own = _head(home, caller, Verb.ERASE, subject)
    home.rights.ask(caller, DATASET, Verb.ERASE, {**subject, "partner": own.partner})
    for one in home.desk.scopes.of_partner(own.partner):
        if one.login == login and one.account_id != caller.account_id and not one.head:
            home.desk.accounts.disable(login)
            home.desk.scopes.withdraw(one.account_id)
            return
    raise NotFound(what="delegate", name=login)
