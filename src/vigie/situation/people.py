"""What an administrator does to accounts: each act is written in the audit before it is done."""

from __future__ import annotations

from vigie.base.ids import new_secret
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.trail import note

_FIRST_PASSWORD = 20


def create(home: Home, caller: Caller, login: str, *, name: str, role: str) -> str:
    """Make an account; returns its first password, which must be changed at sign-in.

    Raises:
        WrongUsage: Unknown role, or empty login.
        Conflict: The login is taken.
    """
    password = new_secret()[:_FIRST_PASSWORD]
    note(home, caller, "create", login=login.strip().lower(), role_given=role)
    home.desk.accounts.create(login, name=name, role=role, password=password)
    return password


def reset_password(home: Home, caller: Caller, login: str) -> str:
    """Give an account a new first password; its sessions end. Raises ``NotFound``."""
    password = new_secret()[:_FIRST_PASSWORD]
    account = home.desk.accounts.get(login)
    note(home, caller, "reset_password", login=account.login)
    home.desk.accounts.reset_password(account.login, password)
    return password


def reset_second_factor(home: Home, caller: Caller, login: str) -> None:
    """Forget an account's device and recovery codes; its sessions end. Raises ``NotFound``."""
    account = home.desk.accounts.get(login)
    note(home, caller, "reset_second_factor", login=account.login)
    home.desk.second_factors.reset(account.account_id)


def set_role(home: Home, caller: Caller, login: str, role: str) -> None:
    """Give an account another role; its sessions end.

    Raises:
        NotFound: Unknown login.
        WrongUsage: Unknown role.
    """
    account = home.desk.accounts.get(login)
    note(home, caller, "set_role", login=account.login, role_given=role)
    home.desk.accounts.set_role(account.login, role)


def disable(home: Home, caller: Caller, login: str, *, disabled: bool = True) -> None:
    """Disable an account, its sessions end; or enable it. Raises ``NotFound``."""
    account = home.desk.accounts.get(login)
    note(home, caller, "disable" if disabled else "enable", login=account.login)
    home.desk.accounts.disable(account.login, disabled=disabled)


def end_sessions(home: Home, caller: Caller, login: str) -> int:
    """End every session of an account; returns how many there were. Raises ``NotFound``."""
    account = home.desk.accounts.get(login)
    note(home, caller, "end_sessions", login=account.login)
    return home.desk.sessions.end_all(account.account_id)
