"""``vigie partner``: which account belongs to which partner service."""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, RoleOption, show_rows

partner = typer.Typer(help="Partner services and their accounts.", no_args_is_help=True)


@partner.command("grant")
def grant(
    login: Annotated[str, typer.Argument(help="An account with the role partner.")],
    service: Annotated[str, typer.Argument(help="A partner service of the charter.")],
    home: HomeOption = DEFAULT_HOME,
    head: Annotated[bool, typer.Option("--head", help="It names the service's others.")] = False,
    source: Annotated[list[str] | None, typer.Option(help="Only this feed; repeat.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Only zoning:zone_id; repeat.")] = None,
    role: RoleOption = "admin",
) -> None:
    """Tie an account to a partner service, within the service's own rights."""
    from vigie.situation.delegation import grant_scope
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        grant_scope(
            opened,
            local_caller(opened, role=role),
            login=login,
            service=service,
            head=head,
            sources=source,
            zones=zone,
        )


@partner.command("list")
def list_accounts(
    service: Annotated[str, typer.Argument(help="A partner service of the charter.")],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "admin",
    as_json: JsonOption = False,
) -> None:
    """List the accounts of a partner service."""
    from vigie.situation.delegation import delegate_json
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        opened.rights.ask(local_caller(opened, role=role), "accounts", subject={"of": service})
        rows = [delegate_json(one) for one in opened.desk.scopes.of_partner(service)]
    show_rows(rows, ("login", "head", "sources", "zones", "granted_by"), as_json=as_json)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(partner, name="partner")
