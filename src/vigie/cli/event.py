"""``vigie event``: the group of verbs about one event; another module adds its own verb to it.

A verb of the group in a file of its own: ``@event_app.command("NAME")`` on the function, and an
empty ``register``.
"""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    say_json,
    show_rows,
)

event_app = typer.Typer(help="One event: its file and what is said about it.", no_args_is_help=True)

EventArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the plan.")]


@event_app.command("show")
def show(
    plan_id: EventArgument,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one event as it is planned."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.plans import plan_seen

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        plan = plan_seen(opened, caller, plan_id)
    if as_json:
        say_json(plan)
        return
    told = ("title", "kind", "state", "starts_at", "ends_at", "attendance_likely")
    show_rows(
        [{"what": name, "value": plan[name]} for name in told], ("what", "value"), as_json=False
    )


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(event_app, name="event")
