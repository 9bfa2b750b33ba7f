"""``vigie backup`` and ``vigie restore``: a copy of a home in use, and a home from a copy."""

from __future__ import annotations

import dataclasses
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.clock import to_rfc3339
from vigie.base.errors import StoreBroken
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

if TYPE_CHECKING:
    from vigie.jobs.copies.shelf import Manifest

Folder = Annotated[Path, typer.Argument(help="Folder of copies, best on another disk.")]


def _row(copy: Manifest) -> dict[str, Any]:
    return {
        "copy": copy.name,
        "begun_at": to_rfc3339(copy.begun_us),
        "ended_at": to_rfc3339(copy.ended_us),
        "files": len(copy.files),
        "bytes": copy.size,
        "left_out": list(copy.left_out),
    }


def _who() -> str:
    return f"os:{getpass.getuser()}"


def backup(
    folder: Folder,
    home: HomeOption = DEFAULT_HOME,
    keys_to: Annotated[
        Path | None,
        typer.Option("--keys-to", help="Where the keys go, apart from the copies; written over."),
    ] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="Copies that stay; others go.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a home, served or not; what was acknowledged before is in the copy."""
    from vigie.jobs.copies.taking import take_copy
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        row = _row(take_copy(opened, folder, who=_who(), keys_to=keys_to, keep=keep))
    _show([row], as_json=as_json, one=True)


def backups(
    folder: Folder,
    check: Annotated[bool, typer.Option("--check", help="Read every byte again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List copies; with ``--check`` exit code 1 when one is not what it was."""
    from vigie.jobs.copies.shelf import Shelf

    shelf = Shelf(folder)
    rows: list[dict[str, Any]] = []
    for name in shelf.names():
        manifest = shelf.manifest(name)
        broken = {"broken": shelf.broken(manifest)} if check else {}
        rows.append({**_row(manifest), **broken})
    _show(rows, as_json=as_json)
    spoilt = [path for row in rows for path in row.get("broken", ())]
    if spoilt:
        raise StoreBroken(reason=f"copies: {', '.join(spoilt[:5])}")


def restore(
    folder: Folder,
    home: HomeOption,
    copy: Annotated[str, typer.Option(help="Which copy; the newest without.")] = "",
    keys: Annotated[
        Path | None, typer.Option(help="Where the keys were copied to (``--keys-to``).")
    ] = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Texts stay unreadable for ever.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a home from a copy, in an empty folder; what was erased since is erased again."""
    from vigie.jobs.copies.putting_back import put_back
    from vigie.jobs.copies.shelf import Shelf

    found = put_back(
        Shelf(folder),
        home,
        who=_who(),
        name=copy,
        keys=keys,
        without_keys=without_keys,
    )
    told = {k: v for k, v in dataclasses.asdict(found).items() if k != "copy"}
    answer = {**_row(found.copy), **told, "records": dict(found.records)}
    if as_json:
        say_json(answer)
        return
    for name, value in answer.items():
        say(f"{name}: {value}")


def _show(rows: list[dict[str, Any]], *, as_json: bool, one: bool = False) -> None:
    if as_json:
        say_json(rows[0] if one else rows)
        return
    columns = ("copy", "begun_at", "files", "bytes", "left_out")
    show_rows(
        rows, (*columns, *(["broken"] if rows and "broken" in rows[0] else [])), as_json=False
    )


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("backup")(backup)
    app.command("backups")(backups)
    app.command("restore")(restore)
