"""``vigie user``: the people who may sign in."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from vigie.base.ids import new_secret
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

user = typer.Typer(help="People who may sign in.", no_args_is_help=True)


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
    from vigie.situation.home import open_home

    password = new_secret()[:20]
    with open_home(home) as opened:
        opened.desk.accounts.create(login, name=name or login, role=role, password=password)
    _tell(login, password, as_json=as_json)


@user.command("reset")
def reset(
    login: Annotated[str, typer.Argument(help="Login.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Give an account a new first password; its sessions end."""
    from vigie.situation.home import open_home

    password = new_secret()[:20]
    with open_home(home) as opened:
        opened.desk.accounts.reset_password(login, password)
    _tell(login, password, as_json=as_json)


@user.command("disable")
def disable(
    login: Annotated[str, typer.Argument(help="Login.")],
    home: HomeOption = DEFAULT_HOME,
    enable: Annotated[bool, typer.Option("--enable", help="Enable instead.")] = False,
) -> None:
    """Disable an account; its sessions end at once."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        opened.desk.accounts.disable(login, disabled=not enable)


def _tell(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"login": login, "password": password})
    else:
        say(f"{login} / {password}")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(user, name="user")
