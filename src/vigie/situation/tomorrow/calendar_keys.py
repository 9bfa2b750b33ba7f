"""One's own keys of calendar programs: made, listed and withdrawn by who uses them.

A program that subscribes keeps its key in the address; the key opens the agenda as a calendar, with
what the person's role may see of it, and nothing else. It is no session: what ends the sessions of
an account leaves it, and withdrawing it or disabling the account ends it at once.
"""

from __future__ import annotations

from typing import Any, Final

from vigie.base.clock import to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.desk.tokens import Token
from vigie.foresight.entry import scrubbed_reason
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.trail import note

PURPOSE: Final = "calendar"
MOST_KEYS: Final = 10


def list_keys(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the caller's own keys that still open something, oldest first, without their secrets.

    Raises:
        Forbidden: When the role may not see plans.
    """
    home.rights.ask(caller, "plans")
    return [key_json(one) for one in home.desk.tokens.list_of(caller.account_id, PURPOSE)]


def issue_key(home: Home, caller: Caller, name: str) -> tuple[str, dict[str, Any]]:
    """Make a key for the caller; its secret is told once and never again.

    Raises:
        Forbidden: When the role may not see plans.
        WrongUsage: No name, or too many keys.
    """
    home.rights.ask(caller, "plans")
    words = scrubbed_reason(name)
    if not words:
        raise WrongUsage(reason="name", field="name")
    if len(home.desk.tokens.list_of(caller.account_id, PURPOSE)) >= MOST_KEYS:
        raise WrongUsage(reason=f"keys: {MOST_KEYS}", field="name")
    note(home, caller, "issue_calendar_key", login=caller.name)
    secret, token = home.desk.tokens.issue(words, PURPOSE, account_id=caller.account_id)
    return secret, key_json(token)


def revoke_key(home: Home, caller: Caller, token_id: str) -> None:
    """Withdraw one of the caller's own keys: its calendar stops at the next look.

    Raises:
        Forbidden: When the role may not see plans.
        NotFound: When the caller has no such key.
    """
    home.rights.ask(caller, "plans")
    own = {one.token_id for one in home.desk.tokens.list_of(caller.account_id, PURPOSE)}
    if token_id not in own:
        raise NotFound(what="token", name=token_id[:40])
    note(home, caller, "revoke_calendar_key", login=caller.name, token=token_id)
    home.desk.tokens.revoke(token_id)


def key_json(token: Token) -> dict[str, Any]:
    """Return a key as the interface answers it."""
    used = token.last_used_us
    return {
        "token_id": token.token_id,
        "name": token.name,
        "created_at": to_rfc3339(token.created_us),
        "last_used_at": to_rfc3339(used) if used else None,
    }
