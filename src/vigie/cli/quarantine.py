"""``vigie quarantine``: what was refused, why, and another try."""

from __future__ import annotations

import dataclasses
import sys
from typing import Annotated, Any

import typer

from vigie.base.clock import to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_QUARANTINED,
    HomeOption,
    JsonOption,
    PurposeOption,
    ReasonOption,
    RoleOption,
    language,
    say,
    say_json,
    show_rows,
)

quarantine = typer.Typer(help="What was refused, why, and another try.", no_args_is_help=True)

SourceFilter = Annotated[str, typer.Option(help="Only of this feed.")]
CodeFilter = Annotated[str, typer.Option(help="Only with this reason.")]


@quarantine.command("list")
def list_rows(
    home: HomeOption = DEFAULT_HOME,
    source: SourceFilter = "",
    code: CodeFilter = "",
    state: Annotated[str, typer.Option(help="new, retried, resolved or expired.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Most rows listed.")] = 100,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List refused rows, newest first, without their content."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    tongue = language()
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        asked = {"source": source, "code": code, "state": state, "limit": limit}
        view = opened.rights.ask(caller, "quarantine", subject=asked)
        found = opened.intake.quarantine_list(
            source=source or None, code=code or None, state=state or None, limit=limit
        )
    rows = [
        {**dataclasses.asdict(each), "received_at": to_rfc3339(each.received_us)}
        | {"reason": each.text(tongue)}
        for each in found
        if view.holds(each.source)
    ]
    show_rows(rows, ("id", "source", "file", "row", "reason", "state"), as_json=as_json)


@quarantine.command("show")
def show(
    quarantine_id: Annotated[str, typer.Argument(help="Its id; see list.")],
    home: HomeOption = DEFAULT_HOME,
    reason: ReasonOption = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one refused row with its content, which may hold personal data: say why."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose, reason=reason)
        if not reason and sys.stdin.isatty() and opened.rights.needs_reason(caller, "raw_rows"):
            caller = dataclasses.replace(caller, reason=typer.prompt("Motif / reason"))
        view = opened.rights.ask(caller, "raw_rows", subject={"id": quarantine_id})
        found = opened.intake.quarantine_get(quarantine_id)
        if not view.holds(found.entry.source):
            raise NotFound(what="quarantine", name=quarantine_id)
    record: dict[str, Any] = {
        **dataclasses.asdict(found.entry),
        "reason": found.entry.text(language()),
        "raw": found.raw.decode("utf-8", "replace"),
    }
    if as_json:
        say_json(record)
        return
    for key, value in record.items():
        print(f"{key}: {value}")


@quarantine.command("retry")
def retry(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids; or filter by source, code.")] = None,
    home: HomeOption = DEFAULT_HOME,
    source: SourceFilter = "",
    code: CodeFilter = "",
    everything: Annotated[bool, typer.Option("--all", help="Every open row.")] = False,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Try refused rows again with today's code and mapping."""
    from vigie.privacy.purposes import Verb
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    if not (ids or source or code or everything):
        raise WrongUsage(reason="ids, --source, --code, --all")
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        asked = {"rows": len(ids or []), "source": source, "code": code, "all": everything}
        opened.rights.ask(caller, "quarantine", Verb.ALTER, subject=asked)
        report = opened.intake.quarantine_retry(
            ids=ids or None,
            source=source or None,
            code=code or None,
            state="open" if everything else None,
        )
    answer = report.as_json()
    if as_json:
        say_json(answer)
    else:
        say(" · ".join(f"{key}: {value}" for key, value in answer.items()))
    raise typer.Exit(EXIT_QUARANTINED if report.refused else EXIT_DONE)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(quarantine, name="quarantine")
