"""``vigie quarantine``: what was refused, why, and another try."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from vigie.base.clock import to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_QUARANTINED,
    HomeOption,
    JsonOption,
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
    as_json: JsonOption = False,
) -> None:
    """List refused rows, newest first, without their content."""
    from vigie.situation.home import open_home

    tongue = language()
    with open_home(home) as opened:
        found = opened.intake.quarantine_list(
            source=source or None, code=code or None, state=state or None, limit=limit
        )
    rows = [
        {**dataclasses.asdict(each), "received_at": to_rfc3339(each.received_us)}
        | {"reason": each.text(tongue)}
        for each in found
    ]
    show_rows(rows, ("id", "source", "file", "row", "reason", "state"), as_json=as_json)


@quarantine.command("show")
def show(
    quarantine_id: Annotated[str, typer.Argument(help="Its id; see list.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Show one refused row with its content, which may hold personal data."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        found = opened.intake.quarantine_get(quarantine_id)
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
    as_json: JsonOption = False,
) -> None:
    """Try refused rows again with today's code and mapping."""
    from vigie.situation.home import open_home

    if not (ids or source or code or everything):
        raise WrongUsage(reason="ids, --source, --code, --all")
    with open_home(home) as opened:
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
