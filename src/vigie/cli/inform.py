"""``vigie inform``: messages to the public, from a draft to what everybody reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say_json,
    show_rows,
)

app = typer.Typer(help="Messages to the public: drafted, approved, told.", no_args_is_help=True)

MessageArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the message.")]
LONGEST_FILE = 200_000


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="inform")


@app.command("list")
def list_(
    home: HomeOption = DEFAULT_HOME,
    past_days: Annotated[int, typer.Option(min=0, max=366, help="Those over since.")] = 7,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the messages that are prepared, public, or over of late."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.public_messages import list_messages

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = list_messages(opened, caller, past_days=past_days)
    if as_json:
        say_json(found)
        return
    rows = [
        {
            "message_id": one["message_id"],
            "state": one["state"],
            "preparing": one["preparing"],
            "expires": one["content"]["expires"][:16],
            "title": one["content"][f"title_{language()}"],
        }
        for one in found["items"]
    ]
    show_rows(rows, ("message_id", "state", "preparing", "expires", "title"), as_json=False)


def _values(path: Path) -> dict[str, Any]:
    """Return the fields of a message from a JSON file.

    Raises:
        WrongUsage: The file cannot be read, is too long or no message.
    """
    from vigie.web.answers.public_messages import MessageSpec

    try:
        with path.open("rb") as stream:
            content = stream.read(LONGEST_FILE + 1)
    except OSError as error:
        raise WrongUsage(reason=f"{path.name}: {error.strerror}", field="FILE") from error
    if len(content) > LONGEST_FILE:
        raise WrongUsage(reason=f"{path.name}: {LONGEST_FILE} bytes at most", field="FILE")
    try:
        return MessageSpec.model_validate_json(content).values()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WrongUsage(reason=f"{path.name}: {where}: {first['msg']}", field="FILE") from error


@app.command("draft")
def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON, as POST /api/messages.")],
    home: HomeOption = DEFAULT_HOME,
    message: Annotated[str, typer.Option(help="Message that it changes; empty: new.")] = "",
    submit: Annotated[bool, typer.Option(help="Hand it in for approval.")] = True,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a message from a JSON file and hand it in; nobody is told yet."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.public_messages import draft_message, read_message

    values = _values(file)
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        after = read_message(opened, caller, message)["number"] if message else 0
        found = draft_message(opened, caller, values, name=message, after=after, submit=submit)
    _show(found, as_json=as_json)


@app.command("approve")
def approve(
    message_id: MessageArgument,
    home: HomeOption = DEFAULT_HOME,
    publish: Annotated[bool, typer.Option(help="Publish it at once.")] = True,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Approve a message that another person wrote, and publish it."""
    _act(home, message_id, ("approve", ""), publish=publish, who=(role, purpose), as_json=as_json)


@app.command("withdraw")
def withdraw(
    message_id: MessageArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; no person's name.")],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a message back; what was public is told as cancelled until its end."""
    _act(
        home, message_id, ("withdraw", reason), publish=False, who=(role, purpose), as_json=as_json
    )


def _act(
    home: Path,
    message_id: str,
    what: tuple[str, str],
    *,
    publish: bool,
    who: tuple[str, str],
    as_json: bool,
) -> None:
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.public_messages import act_on_message, read_message

    act, reason = what
    with open_home(home) as opened:
        caller = local_caller(opened, role=who[0], purpose=who[1])
        after = read_message(opened, caller, message_id)["number"]
        found = act_on_message(
            opened, caller, message_id, act, after=after, reason=reason, publish=publish
        )
    _show(found, as_json=as_json)


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    rows = [
        {"message_id": found["message_id"], **one, "at": one["at"][:16]} for one in found["history"]
    ]
    show_rows(rows, ("message_id", "number", "act", "at", "by", "reason"), as_json=False)
