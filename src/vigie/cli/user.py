"""``vigie user``: the people who may sign in."""

from __future__ import annotations

import dataclasses
import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

if TYPE_CHECKING:
    from vigie.situation.caller import Caller

user = typer.Typer(help="People who may sign in.", no_args_is_help=True)


def _caller() -> Caller:
    """Return who sits at the terminal, by the account of the machine."""
    from vigie.situation.caller import Caller

    return Caller(f"os:{getpass.getuser()}", "system")


@user.command("list")
def list_users(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List the accounts."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        rows = [dataclasses.asdict(account) for account in opened.desk.accounts.list_all()]
    show_rows(rows, ("login", "name", "role", "must_change_password", "disabled"), as_json=as_json)


@user.command("add")
def add(
    login: Annotated[str, typer.Argument(help="Login.")],
    role: Annotated[str, typer.Option(help="Role; see the documentation of roles.")],
    name: Annotated[str, typer.Option(help="Name shown.")] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make an account; its first password is printed once and must be changed at sign-in."""
    from vigie.situation import people
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        password = people.create(opened, _caller(), login, name=name or login, role=role)
    _tell(login, password, as_json=as_json)


@user.command("reset")
def reset(
    login: Annotated[str, typer.Argument(help="Login.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Give an account a new first password; its sessions end."""
    from vigie.situation import people
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        password = people.reset_password(opened, _caller(), login)
    _tell(login, password, as_json=as_json)


@user.command("disable")
def disable(
    login: Annotated[str, typer.Argument(help="Login.")],
    home: HomeOption = DEFAULT_HOME,
    enable: Annotated[bool, typer.Option("--enable", help="Enable instead.")] = False,
) -> None:
    """Disable an account; its sessions end at once."""
    from vigie.situation import people
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        people.disable(opened, _caller(), login, disabled=not enable)


@user.command("role")
def role(
    login: Annotated[str, typer.Argument(help="Login.")],
    given: Annotated[str, typer.Argument(help="Role; see the documentation of roles.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Give an account another role; its sessions end at once."""
    from vigie.situation import people
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        people.set_role(opened, _caller(), login, given)


@user.command("reset-factor")
def reset_factor(
    login: Annotated[str, typer.Argument(help="Login.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Forget a lost device and its recovery codes; a new one is enrolled at the next sign-in."""
    from vigie.situation import people
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        people.reset_second_factor(opened, _caller(), login)


@user.command("sign-out")
def sign_out(
    login: Annotated[str, typer.Argument(help="Login.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """End every session of an account at once."""
    from vigie.situation import people
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        ended = people.end_sessions(opened, _caller(), login)
    if as_json:
        say_json({"login": login, "ended": ended})
    else:
        say(f"{login}: {ended}")


def _tell(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"login": login, "password": password})
    else:
        say(f"{login} / {password}")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(user, name="user")
