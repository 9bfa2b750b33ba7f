"""``vigie token``: keys of machines that push feeds or read the interfaces."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from vigie.base.errors import PurposeRefused, WrongUsage
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

token = typer.Typer(help="Keys of machines.", no_args_is_help=True)


@token.command("list")
def list_tokens(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List the tokens, without their secrets."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        rows = [dataclasses.asdict(item) for item in opened.desk.tokens.list_all()]
    show_rows(
        rows,
        ("token_id", "name", "purpose", "sources", "role", "reads_for", "revoked"),
        as_json=as_json,
    )


@token.command("issue")
def issue(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    source: Annotated[list[str] | None, typer.Option(help="Feed it may push; repeat.")] = None,
    read_as: Annotated[str, typer.Option(help="Read the interfaces as this account.")] = "",
    reads_for: Annotated[
        str, typer.Option("--for", help="Purpose it reads for, of the account's role.")
    ] = "",
    calendar_of: Annotated[
        str, typer.Option(help="Subscribe to the agenda as this account, and nothing else.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make a token; its secret is printed once."""
    from vigie.situation.home import open_home

    if [bool(source), bool(read_as), bool(calendar_of)].count(True) != 1:
        raise WrongUsage(reason="--source, --read-as or --calendar-of, one of them")
    with open_home(home) as opened:
        if read_as or calendar_of:
            account = opened.desk.accounts.get(read_as or calendar_of)
            if reads_for and reads_for not in opened.rights.charter.roles.get(account.role, ()):
                raise PurposeRefused(purpose=reads_for[:40])
            secret, made = opened.desk.tokens.issue(
                name,
                "read" if read_as else "calendar",
                account_id=account.account_id,
                reads_for=reads_for,
            )
        else:
            for each in source or []:
                opened.intake.source(each)
            secret, made = opened.desk.tokens.issue(name, "ingest", sources=tuple(source or ()))
    if as_json:
        say_json({"token_id": made.token_id, "secret": secret})
    else:
        say(secret)


@token.command("revoke")
def revoke(
    token_id: Annotated[str, typer.Argument(help="Its id; see vigie token list.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Withdraw a token."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        opened.desk.tokens.revoke(token_id)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(token, name="token")
