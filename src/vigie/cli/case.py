"""``vigie case``: an inquiry by the book, each step by a person who signs in."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

if TYPE_CHECKING:
    from vigie.inquiry.query import Query
    from vigie.situation.home import Home
    from vigie.situation.own_door import OwnDoor

app = typer.Typer(help="Inquiries: cases, requisitions, evidence.", no_args_is_help=True)

LoginOption = Annotated[
    str, typer.Option("--login", help="Your account; its password is asked, or VIGIE_PASSWORD.")
]
CodeOption = Annotated[str, typer.Option("--code", help="Code of your device, where you have one.")]
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Id of the case.")]
RequisitionArgument = Annotated[str, typer.Argument(metavar="REQUISITION", help="Its id.")]
QueryOption = Annotated[str, typer.Option("--query", help="SHA-256 of the exact query.")]
FromOption = Annotated[datetime, typer.Option("--from", help="Start, local time of the city.")]
ToOption = Annotated[datetime, typer.Option("--to", help="End, exclusive.")]
AreaOption = Annotated[str, typer.Option("--area", help='"lon,lat lon,lat …" or a GeoJSON file.')]
StoreOption = Annotated[list[str] | None, typer.Option("--store", help="facts, narratives, …")]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="A feed; else all.")]
DocumentOption = Annotated[
    Path | None, typer.Option("--document", exists=True, dir_okay=False, help="The written act.")
]


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="case")


def _as(home: Path, login: str, code: str, do: Callable[[Home, OwnDoor], Any]) -> Any:
    """Do something as a person who proves who they are."""
    from vigie.situation.home import open_home
    from vigie.situation.own_door import OwnDoor
    from vigie.situation.sign_in import caller_by_password

    password = os.environ.get("VIGIE_PASSWORD") or typer.prompt("Mot de passe", hide_input=True)
    with open_home(home) as opened:
        caller = caller_by_password(opened, login, password, code=code)
        return do(opened, OwnDoor(opened.rights, caller))


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    head = ("case_id", "reference", "offence", "state", "custodian", "requisitions")
    show_rows([found], head, as_json=False)
    rows = [
        {**one, "approvals": ", ".join(f"{a['side']}: {a['by']}" for a in one["approvals"])}
        for one in found["requisition_list"]
    ]
    if rows:
        columns = ("requisition_id", "article", "state", "approvals", "query_sha256")
        show_rows(rows, columns, as_json=False)
    if found["entries"]:
        show_rows(found["entries"], ("number", "kind", "text", "by"), as_json=False)


@app.command("new")
def new(
    login: LoginOption,
    reference: Annotated[str, typer.Option(help="Of the judicial authority.")],
    authority: Annotated[str, typer.Option(help="Service that leads; no person's name.")],
    offence: Annotated[str, typer.Option(help="Taxonomy code, such as offence.person.brawl.")],
    custodian: Annotated[str, typer.Option(help="Login of who keeps the evidence: another.")],
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Open a case."""
    from vigie.inquiry.cases import open_case

    said = {"reference": reference, "authority": authority, "offence": offence}
    found = _as(home, login, code, lambda h, d: open_case(h, d, **said, custodian=custodian))
    _tell(found, as_json=as_json)


@app.command("list")
def list_(
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List your cases."""
    from vigie.inquiry.cases import list_cases

    found = _as(home, login, code, list_cases)
    if as_json:
        say_json(found)
        return
    show_rows(found["items"], ("case_id", "reference", "offence", "state"), as_json=False)


@app.command("show")
def show(
    case: CaseArgument,
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a case, its requisitions, and who approved what."""
    from vigie.inquiry.cases import show_case

    _tell(_as(home, login, code, lambda h, d: show_case(h, d, case)), as_json=as_json)


@app.command("note")
def note(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(help="No person's name.")],
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    at: Annotated[datetime | None, typer.Option("--at", help="Puts it on the timeline.")] = None,
    certainty: Annotated[str, typer.Option(help="observed, reported, inferred.")] = "reported",
    task: Annotated[bool, typer.Option("--task", help="Something to do.")] = False,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a note, a task, or an entry of the timeline with its certainty."""
    from vigie.inquiry.cases import write

    def do(opened: Home, door: OwnDoor) -> Any:
        act = "timeline" if at else "task" if task else "note"
        said = {"text": text, "certainty": certainty, "at_us": at and _us(opened, at)}
        return write(opened, door, case, act, said)

    _tell(_as(home, login, code, do), as_json=as_json)


@app.command("requisition")
def requisition(
    case: CaseArgument,
    login: LoginOption,
    article: Annotated[str, typer.Option(help="60-1, 60-2, 77-1-1, 77-1-2, 99-3, 99-4.")],
    number: Annotated[str, typer.Option(help="Of the requisition.")],
    authority: Annotated[str, typer.Option(help="Service that requires.")],
    from_: FromOption,
    to: ToOption,
    area: AreaOption,
    home: HomeOption = DEFAULT_HOME,
    document: DocumentOption = None,
    emergency: Annotated[bool, typer.Option(help="The act follows within 24 hours.")] = False,
    store: StoreOption = None,
    source: SourceOption = None,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Enter a requisition, freeze what it covers, and bind the whole of it as the exact query."""
    from vigie.inquiry.requisitions import Paper, bind, enter

    def do(opened: Home, door: OwnDoor) -> Any:
        act = _query(opened, (from_, to), area, store, source)
        paper = Paper(article, number, authority, act, _document(document), emergency)
        told = enter(opened, door, case, paper)
        name = told["requisition_list"][-1]["requisition_id"]
        return bind(opened, door, case, name, act)

    _tell(_as(home, login, code, do), as_json=as_json)


@app.command("bind")
def bind_(
    case: CaseArgument,
    requisition_id: RequisitionArgument,
    login: LoginOption,
    from_: FromOption,
    to: ToOption,
    area: AreaOption,
    home: HomeOption = DEFAULT_HOME,
    store: StoreOption = None,
    source: SourceOption = None,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Bind a narrower query instead; approvals of the former one are void."""
    from vigie.inquiry.requisitions import bind

    def do(opened: Home, door: OwnDoor) -> Any:
        asked = _query(opened, (from_, to), area, store, source)
        return bind(opened, door, case, requisition_id, asked)

    _tell(_as(home, login, code, do), as_json=as_json)


@app.command("approve")
def approve(
    case: CaseArgument,
    requisition_id: RequisitionArgument,
    query: QueryOption,
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Approve one exact query: as custodian of the case, or as who oversees; for 24 hours."""
    from vigie.inquiry.requisitions import approve as agree

    found = _as(home, login, code, lambda h, d: agree(h, d, case, requisition_id, query))
    _tell(found, as_json=as_json)


@app.command("review")
def review(
    case: CaseArgument,
    requisition_id: RequisitionArgument,
    verdict: Annotated[str, typer.Option(help="justified, unjustified.")],
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    document: DocumentOption = None,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Review an emergency on the document that has come, within 24 hours."""
    from vigie.inquiry.requisitions import review as judge

    said = {"document": _document(document), "verdict": verdict}
    found = _as(home, login, code, lambda h, d: judge(h, d, case, requisition_id, **said))
    _tell(found, as_json=as_json)


@app.command("run")
def run(
    case: CaseArgument,
    requisition_id: RequisitionArgument,
    query: QueryOption,
    out: Annotated[Path, typer.Option("--out", help="File of the package; must not exist.")],
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Use the requisition, once: gather, seal, and write the evidence package."""
    from vigie.inquiry.evidence import fetch
    from vigie.inquiry.evidence import run as use

    if out.exists():
        raise WrongUsage(reason=f"--out: {out.name}", field="out")

    def do(opened: Home, door: OwnDoor) -> Any:
        told = use(opened, door, case, requisition_id, query)
        _, pieces = fetch(opened, door, case, told["package_id"])
        with out.open("xb") as file:
            for piece in pieces:
                file.write(piece)
        return told | {"key": str(opened.audit.public_key)}

    found = _as(home, login, code, do)
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        say(f"{name}: {value}")


@app.command("close")
def close(
    case: CaseArgument,
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Close a case: holds are released, packages deleted here, counts alone are kept for years."""
    from vigie.inquiry.cases import close_case

    _tell(_as(home, login, code, lambda h, d: close_case(h, d, case)), as_json=as_json)


@app.command("statistics")
def statistics(
    login: LoginOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Count requisitions by month and article; small counts are withheld."""
    from vigie.inquiry.requisitions import statistics as count

    found = _as(home, login, code, count)
    if as_json:
        say_json(found)
        return
    show_rows(found["items"], ("month", "article", "n"), as_json=False)


def _us(opened: Home, at: datetime) -> int:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(opened.settings.city.timezone)
    return to_us(at if at.tzinfo else at.replace(tzinfo=zone))


def _query(
    opened: Home,
    window: tuple[datetime, datetime],
    area: str,
    store: list[str] | None,
    source: list[str] | None,
) -> Query:
    from vigie.inquiry.query import STORES, make_query

    stores = store or [one for one in STORES if one != "video" or not source]
    first, last = (_us(opened, at) for at in window)
    return make_query(first, last, _corners(area), stores=stores, sources=source or ())


def _corners(area: str) -> list[list[float]]:
    """Return the corners of a polygon, typed or of a GeoJSON file."""
    try:
        if Path(area).is_file():
            told = json.loads(Path(area).read_text("utf-8"))
            told = told["features"][0] if "features" in told else told
            (ring,) = told.get("geometry", told)["coordinates"]
            return [[float(x), float(y)] for x, y, *_ in ring]
        return [[float(one) for one in corner.split(",")] for corner in area.split()]
    except (ValueError, LookupError, TypeError, OSError, AttributeError) as error:
        raise WrongUsage(reason="--area: one polygon without holes", field="area") from error


def _document(path: Path | None) -> Any:
    from vigie.inquiry.requisitions import Document

    if path is None:
        return Document()
    return Document(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
