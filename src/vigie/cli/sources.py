"""``vigie sources``: the feeds and their health; one registered, replayed or read anew."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import MappingInvalid
from vigie.cli.cubes import CountingEngine
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    RoleOption,
    progress,
    say,
    say_json,
    show_rows,
)

OPERATES = "admin"
"""Who keeps feeds, where no other role is named."""

sources = typer.Typer(help="Feeds and their health.", no_args_is_help=True)


@sources.command("list")
def list_sources(
    home: HomeOption = DEFAULT_HOME, role: RoleOption = "", as_json: JsonOption = False
) -> None:
    """List the feeds: state, last receipt, counts."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        view = opened.rights.ask(local_caller(opened, role=role), "sources")
        health = opened.intake.health(now_us(opened.clock))
        found = [each for each in health if view.holds(each.source)]
    rows = [
        {**dataclasses.asdict(each)}
        | {
            "last_received_at": to_rfc3339(each.last_received_us)
            if each.last_received_us is not None
            else None
        }
        for each in found
    ]
    columns = (
        "source", "connector", "state", "last_received_at", "records", "quarantined", "last_error",
    )  # fmt: skip
    show_rows(rows, columns, as_json=as_json)


@sources.command("register")
def register_source(
    source: Annotated[str, typer.Argument(help="Name of the feed.")],
    connector: Annotated[str, typer.Argument(help="Connector that reads it.")],
    home: HomeOption = DEFAULT_HOME,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (TOML).")] = None,
    options: Annotated[Path | None, typer.Option(help="Connector's options (TOML).")] = None,
    period_s: Annotated[int, typer.Option(help="Expected period; 0: the connector's.")] = 0,
    role: RoleOption = OPERATES,
) -> None:
    """Register a feed, so that it can be pushed, watched or polled."""
    from vigie.privacy.purposes import Verb
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose="source_operation")
        opened.rights.ask(caller, "sources", Verb.ALTER, subject={"source": source})
        opened.intake.register(
            source,
            connector,
            mapping=read_mapping(mapping) if mapping else None,
            options=read_mapping(options) if options else None,
            period_s=period_s or None,
        )


@sources.command("replay")
def replay(
    home: HomeOption = DEFAULT_HOME,
    source: Annotated[str, typer.Option(help="Only this feed.")] = "",
    role: RoleOption = OPERATES,
    as_json: JsonOption = False,
) -> None:
    """Replay the journal: the same state, whatever the number of times."""
    from vigie.privacy.purposes import Verb
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose="source_operation")
        opened.rights.ask(caller, "sources", Verb.COLLECT, subject={"source": source or None})
        report = opened.intake.replay(source or None)
    answer = dataclasses.asdict(report)
    if as_json:
        say_json(answer)
    else:
        say(str(answer))


@sources.command("reprocess")
def reprocess(
    source: Annotated[str, typer.Argument(help="Name of the feed.")],
    home: HomeOption = DEFAULT_HOME,
    engine: Annotated[
        CountingEngine,
        typer.Option(help="Who reads; Spark needs lake.spark_master, here. The same comes of it."),
    ] = CountingEngine.DUCKDB,
    anew: Annotated[
        bool, typer.Option("--anew", help="From the first message; without, where a run was cut.")
    ] = False,
    role: RoleOption = OPERATES,
    as_json: JsonOption = False,
) -> None:
    """Read the kept messages of a feed anew, after its mapping changed: its records follow.

    Nothing is added and nothing goes; what was erased stays erased. Rows that were refused are for
    vigie quarantine retry.
    """
    from vigie.privacy.purposes import Verb
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened, progress(source) as told:
        caller = local_caller(opened, role=role, purpose="source_operation")
        opened.rights.ask(caller, "sources", Verb.ALTER, subject={"source": source})
        report = opened.intake.processing.reprocessing(opened.settings).run(
            *(source, opened.lake, opened.audit, opened.clock),
            engine=engine.value,
            anew=anew,
            told=told,
        )
    answer = dataclasses.asdict(report)
    if as_json:
        say_json(answer)
    else:
        say(str(answer))


def read_mapping(path: Path) -> dict[str, object]:
    """Return a mapping file's content.

    Raises:
        MappingInvalid: When it is missing or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingInvalid(key=path.name, reason=str(error)) from error


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(sources, name="sources")
