"""Talking to the person at the terminal: tables, JSON, progress, failures in words."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from vigie.base.errors import VigieError
from vigie.base.translations import choose_language, translate

EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_QUARANTINED = 0, 1, 2, 3

HomeOption = Annotated[
    Path,
    typer.Option(
        "--home", envvar="VIGIE_HOME", help="Folder of the Vigie home.", show_default=True
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as one line of JSON.")]
RoleOption = Annotated[
    str, typer.Option("--role", help="Role to act with; empty: the setting rights.local_role.")
]
PurposeOption = Annotated[
    str, typer.Option("--purpose", help="What for; empty: the role's first that opens it.")
]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why, where the charter wants to know; 15 characters.")
]
DEFAULT_HOME = Path("home")


def language() -> str:
    """Return the language of the terminal: French unless the locale says English."""
    tag = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return choose_language(tag.split(".")[0].replace("_", "-"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    msg = f"not JSON: {type(value).__name__}"
    raise TypeError(msg)


def say_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)


def say(text: str) -> None:
    """Print a line for a person; on standard error when output is piped, so data stays clean."""
    print(text, file=sys.stdout if sys.stdout.isatty() else sys.stderr, flush=True)


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Iterable[str], *, as_json: bool) -> None:
    """Print rows as a table, or as a JSON list of records."""
    if as_json:
        say_json(list(rows))
        return
    names = list(columns)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if row.get(n) is None else str(row.get(n)) for n in names))
    Console(soft_wrap=not sys.stdout.isatty()).print(table)


@contextmanager
def progress(label: str) -> Iterator[Callable[[float, float, str], None]]:
    """Show a progress bar on a terminal; say nothing when output is piped.

    Yields:
        A function ``(done, total, what)``; ``total`` 0 while it is not known.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total, _what: None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=None)

        def step(done: float, total: float, what: str) -> None:
            bar.update(task, completed=done, total=total or None, description=f"{label} {what}")

        yield step


def explain(error: VigieError) -> None:
    """Print a known failure in the person's language, on standard error."""
    params = {"reason": error.detail, **error.params}
    text = translate(error.code, language(), **params)
    print(f"vigie: {text}", file=sys.stderr)
