"""``vigie audit``: who did what, proved; for the person who may open the home's folder."""

from __future__ import annotations

import base64
import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from vigie.base.clock import to_rfc3339, to_us
from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_DONE,
    EXIT_FAILED,
    HomeOption,
    JsonOption,
    language,
    progress,
    say,
    say_json,
    show_rows,
)
from vigie.privacy.purposes import Verb

audit = typer.Typer(help="Who did what to which data, and the proof of it.", no_args_is_help=True)

LOCAL_ROLE = "os"
"""Role of whoever works on the machine itself: the folder's rights decide, the line names them."""


@audit.command("verify")
def verify(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Check every line, every signed head, and that nothing was taken away; 1 when it was."""
    from vigie.audit.verification import verify as check
    from vigie.situation.home import open_home

    with open_home(home) as opened, progress("audit") as step:
        found = check(opened.audit, step)
        key = str(opened.audit.public_key)
    tongue = language()
    faults = [{"code": one.code, **one.params, "text": one.text(tongue)} for one in found.faults]
    answer: dict[str, Any] = {
        "sound": found.sound,
        "lines": found.lines,
        "shredded": found.shredded,
        "heads": found.heads,
        "root": base64.b64encode(found.root).decode(),
        "key": key,
        "faulty": found.faulty,
        "faults": faults,
    }
    if as_json:
        say_json(answer)
    else:
        for fault in faults:
            say(fault["text"])
        say(" · ".join(f"{name}: {value}" for name, value in answer.items() if name != "faults"))
    raise typer.Exit(EXIT_DONE if found.sound else EXIT_FAILED)


@audit.command("head")
def head(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Sign a head over all lines now; who keeps it sees any later change of them."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        note, key = opened.audit.head(), str(opened.audit.public_key)
    if as_json:
        say_json({"checkpoint": note, "key": key})
    else:
        print(note, end="")


@audit.command("proof")
def proof(
    index: Annotated[int, typer.Argument(min=0, help="Number of the line.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Prove that a line stands in the audit, whatever became of its text."""
    from vigie.situation.home import open_home
    from vigie.situation.oversight import prove_line

    with open_home(home) as opened:
        found = prove_line(opened, index)
    hashes = [base64.b64encode(one).decode() for one in found.hashes]
    leaf = base64.b64encode(found.leaf).decode()
    if as_json:
        say_json({"index": index, "leaf": leaf, "hashes": hashes, "checkpoint": found.note})
        return
    print("\n".join((f"c2sp.org/tlog-proof@v1\nindex {index}", *hashes, "", found.note)), end="")


@audit.command("list")
def list_lines(
    reason: Annotated[str, typer.Option(help="Why you read it; it is written down.")],
    home: HomeOption = DEFAULT_HOME,
    who: Annotated[str, typer.Option(help="Only what this login did.")] = "",
    verb: Annotated[Verb | None, typer.Option(help="Only this verb.")] = None,
    dataset: Annotated[str, typer.Option(help="Only of this dataset.")] = "",
    from_: Annotated[datetime | None, typer.Option("--from", help="From this instant.")] = None,
    to: Annotated[datetime | None, typer.Option(help="Before this instant.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most lines listed.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List lines, newest first. Your reading is a line, too. Times without zone are of UTC."""
    from vigie.audit.reading import Query, Reader, read
    from vigie.privacy.decision import LEAST_REASON
    from vigie.situation.home import open_home

    if len(reason.strip()) < LEAST_REASON:
        raise WrongUsage(reason=f"--reason: {LEAST_REASON}")
    query = Query(_instant(from_), _instant(to), who, verb, dataset, limit=limit)
    reader = Reader(f"os:{getpass.getuser()}", LOCAL_ROLE, reason.strip())
    with open_home(home) as opened:
        page = read(opened.audit, query, reader)
    rows = [
        {
            "index": index,
            "at": to_rfc3339(line.at_us),
            "who": line.who,
            "role": line.role,
            "verb": line.verb,
            "dataset": line.dataset,
            "purpose": line.purpose,
            "outcome": line.outcome,
            "subject": dict(line.subject),
            "reason": line.reason,
            "case": line.case,
            "recipient": line.recipient,
        }
        for index, line in page.lines
    ]
    shown = ("index", "at", "who", "verb", "dataset", "purpose", "outcome", "reason")
    show_rows(rows, shown, as_json=as_json)


def _instant(at: datetime | None) -> int | None:
    return None if at is None else to_us(at if at.tzinfo is not None else at.replace(tzinfo=UTC))


@audit.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Empty or new folder.")],
    home: HomeOption = DEFAULT_HOME,
    lines: Annotated[
        bool, typer.Option("--lines", help="With what the lines say: names of people.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, with --lines; it is written down.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Write what anybody needs to verify the audit: head, hashes (C2SP tlog-tiles), verifier."""
    from vigie.audit.export import export as write
    from vigie.audit.reading import Reader, tell_export
    from vigie.privacy.decision import LEAST_REASON
    from vigie.situation.home import open_home

    if lines and len(reason.strip()) < LEAST_REASON:
        raise WrongUsage(reason=f"--reason: {LEAST_REASON}")
    with open_home(home) as opened:
        if lines:
            reader = Reader(f"os:{getpass.getuser()}", LOCAL_ROLE, reason.strip())
            tell_export(opened.audit, reader)
        size = write(opened.audit, folder, lines=lines)
    if as_json:
        say_json({"folder": str(folder), "size": size, "lines": lines})
    else:
        say(f"{folder}: {size}")


@audit.command("witness")
def witness(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Show a new head to every witness of the settings now; 1 when one does not fit."""
    from vigie.jobs.witnessing import show_heads
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        alarms = show_heads(opened)
    tongue = language()
    told = [{"code": one.code, **one.params, "text": one.text(tongue)} for one in alarms]
    if as_json:
        say_json(told)
    else:
        for one in told:
            say(one["text"])
    raise typer.Exit(EXIT_FAILED if alarms else EXIT_DONE)


@audit.command("verifier")
def verifier() -> None:
    """Print the program that verifies an export with nothing but Python: read it, it is short."""
    from vigie.audit.export import verifier as text

    print(text(), end="")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(audit, name="audit")
