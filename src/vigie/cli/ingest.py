"""``vigie ingest``: files and folders into the lake, through a connector."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_QUARANTINED,
    HomeOption,
    JsonOption,
    language,
    progress,
    say,
    say_json,
)

WORDS = {
    "fr": "{read} lignes lues, {accepted} acceptées, {duplicates} déjà connues,"
    " {quarantined} en quarantaine",
    "en": "{read} rows read, {accepted} accepted, {duplicates} already known,"
    " {quarantined} quarantined",
}
_EXAMPLE = re.compile(r"\s?[:(«\"]?\s?[«\"]?\s?\{.*(?=\.)")
"""From the first value of a row to the full stop, the mark before it too."""


def ingest(
    connector: Annotated[str, typer.Argument(help="Name of a connector; see vigie connectors.")],
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    home: HomeOption = DEFAULT_HOME,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (TOML) of the table.")] = None,
    source: Annotated[str, typer.Option(help="Name of the feed; default: the mapping's.")] = "",
    options: Annotated[Path | None, typer.Option(help="Connector's options (TOML).")] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Propose a mapping, ingest nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ingest files or folders; exit code 3 when something went to quarantine."""
    if guess:
        propose(paths[0], home)
        return
    from vigie.intake.mappings import read_mapping
    from vigie.situation.home import open_home

    with open_home(home) as opened, progress(connector) as step:
        report = opened.intake.ingest_paths(
            connector,
            paths,
            mapping=mapping,
            source=source or None,
            options=read_mapping(options) if options else None,
            progress=step,
        )
    answer = report.as_json()
    if as_json:
        say_json(answer)
    else:
        tell(answer)
    raise typer.Exit(EXIT_QUARANTINED if answer["quarantined"] else EXIT_DONE)


def tell(answer: dict[str, object]) -> None:
    """Print a report in words: the counts, then each notice with its number of rows."""
    from vigie.base.translations import translate

    tongue = language()
    text = WORDS[tongue]
    for name in ("read", "accepted", "duplicates", "quarantined"):
        text = text.replace("{" + name + "}", str(answer[name]))
    say(text)
    notices = answer["notices"]
    if isinstance(notices, dict):
        for code, count in notices.items():
            say(f"  {count:>8}  {code}: {without_example(translate(code, tongue))}")


def without_example(text: str) -> str:
    """Return the words of a notice that many rows share: the value of one row is left out."""
    short = _EXAMPLE.sub("", text)
    return short if short.strip(" .") else text


def propose(path: Path, home: Path) -> None:
    """Print a proposed mapping for a file; the person edits it."""
    from vigie.base.settings import load_settings
    from vigie.intake.tabular.guessing import guess_mapping

    timezone = load_settings(home).city.timezone
    print(guess_mapping(path, timezone=timezone, language=language()))


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("ingest")(ingest)
