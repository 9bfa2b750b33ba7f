"""``vigie question``: saved questions, their reports, and asking one again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    EXIT_FAILED,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say,
    say_json,
    show_rows,
)

if TYPE_CHECKING:
    from vigie.desk.questions import Saved
    from vigie.situation.home import Home

app = typer.Typer(help="Saved questions and their reports.", no_args_is_help=True)
NICENESS = 10
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the question.")]
SELECTION = ("kind", "source")


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="question")


@app.command("list")
def list_(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List your questions and those shared with your role, with their last report."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.questions.saved import list_questions

    with open_home(home) as opened:
        found = list_questions(opened, local_caller(opened, role=role, purpose=purpose))
    if as_json:
        say_json(found)
        return
    tongue = language()
    rows = []
    for one in found["items"]:
        last = one["reports"][0] if one["reports"] else None
        failure = "" if last is None or last["failure"] is None else last["failure"][tongue]
        rows.append(
            {name: one[name] for name in ("question_id", "title", "analysis", "owner")}
            | {"from": one["from"][:16], "to": one["to"][:16], "shared": ", ".join(one["shared"])}
            | {"report": "-" if last is None else failure or f"{last['due'][:16]} {last['state']}"}
        )
    columns = (
        *("question_id", "title", "analysis", "from", "to"),
        *("owner", "shared", "report"),
    )
    show_rows(rows, columns, as_json=False)


@app.command("save")
def save(
    title: Annotated[str, typer.Argument(help="Its name; no person's name.")],
    analysis: Annotated[str, typer.Argument(help="Name of an analysis; see vigie analyses.")],
    *,
    home: HomeOption = DEFAULT_HOME,
    param: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", help="key=value; also from, to, kind, source, zone."),
    ] = None,
    last: Annotated[
        str, typer.Option(help="A period that moves: 28:day, 4:week, 3:month, 1:year.")
    ] = "",
    share: Annotated[
        list[str] | None, typer.Option("--share", help="Role that may open it; several.")
    ] = None,
    every: Annotated[
        str, typer.Option(help="Report: day:HOUR, week:WEEKDAY:HOUR (0 Monday), month:DAY:HOUR.")
    ] = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Save a question; with --every, a report is made of it on a schedule."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.questions.saved import save_question

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        saved = _saved(opened, title, analysis, param or [], last, every, tuple(share or ()))
        found = save_question(opened, caller, saved)
    _say(found, as_json=as_json)


def _saved(home: Home, title: str, analysis: str, *rest: Any) -> Saved:
    from vigie.base.errors import WrongUsage
    from vigie.cli.analyse import SELECTION_KEYS, parse_instant, parse_params
    from vigie.desk.questions import Saved

    items, last, every, shared = rest
    given = parse_params(items)
    timezone = home.settings.city.timezone
    filters: dict[str, Any] = {name: given[name] for name in SELECTION if name in given}
    filters |= {name: given[name][-1] for name in ("severity_min", "zone") if name in given}
    n, _, unit = last.partition(":")
    if last and not n.isdigit():
        raise WrongUsage(reason=f"last {last[:20]}", field="last")
    ends = [parse_instant(given[name][-1], timezone) for name in ("from", "to") if name in given]
    if not last and len(ends) != len(("from", "to")):
        raise WrongUsage(reason="--last, -p from=… -p to=…", field="last")
    moving: dict[str, Any] = {"unit": unit, "n": int(n)} if last else {}
    if not last:
        moving = {"from_us": ends[0], "to_us": ends[1]}
    own = {key: value[-1] for key, value in given.items() if key not in SELECTION_KEYS}
    told = moving | _schedule(every)
    return Saved(title, analysis, own, filters, shared=shared, language=language(), **told)


def _schedule(every: str) -> dict[str, Any]:
    from vigie.base.errors import WrongUsage

    unit, *numbers = every.split(":")
    names = {"": (), "day": ("hour",), "week": ("weekday", "hour"), "month": ("day", "hour")}
    wanted = names.get(unit)
    if wanted is None or len(wanted) != len(numbers) or not all(map(str.isdigit, numbers)):
        raise WrongUsage(reason=f"every {every[:20]}", field="every")
    return {"every": unit} | dict(zip(wanted, map(int, numbers), strict=True))


@app.command("end")
def end(
    question_id: IdArgument,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """End a question of yours; versions and reports stay for their term."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.questions.saved import end_question

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        after = opened.desk.questions.get(question_id).number
        found = end_question(opened, caller, question_id, after=after)
    _say(found, as_json=as_json)


@app.command("ask")
def ask(
    question_id: IdArgument,
    home: HomeOption = DEFAULT_HOME,
    out: Annotated[
        Path | None, typer.Option(help="File: .parquet .csv .geojson .arrow .json .html .pdf .png")
    ] = None,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Ask a saved question as its period stands now."""
    from vigie.base.clock import now_us
    from vigie.cli.analyse import tell
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.questions.asking import Question, answer_file, ask_analysis
    from vigie.situation.questions.saved import filters_of, opened

    with open_home(home) as city:
        caller = local_caller(city, role=role, purpose=purpose)
        saved = opened(city, caller, question_id).saved
        filters = filters_of(city, saved, now_us(city.clock))
        asked = Question(saved.analysis, saved.params, filters, language())
        if out is not None:
            form = out.suffix.lower().removeprefix(".")
            out.write_bytes(answer_file(city, caller, asked, form)[1])
            return
        found = ask_analysis(city, caller, asked)
    tell(found.analysis, found.answer, as_json=as_json, written=None)


@app.command("report")
def report(
    question_id: IdArgument,
    report_id: Annotated[str, typer.Argument(help="A report; none: have one made now.")] = "",
    home: HomeOption = DEFAULT_HOME,
    out: Annotated[Path | None, typer.Option(help="File of the PDF.")] = None,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Have a report of a question made now, or take one that was made."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.questions.reports import ask_report, make_report, read_report
    from vigie.situation.questions.saved import report_json

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        name = report_id or ask_report(opened, caller, question_id)["report_id"]
        if not report_id:
            make_report(opened, name)
        told = report_json(opened.desk.questions.report(name)[0])
        if out is not None:
            out.write_bytes(read_report(opened, caller, question_id, name)[1])
    _say_report(told, as_json=as_json)


@app.command("make")
def make(
    report_id: Annotated[str, typer.Argument(help="A report that waits to be made.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make a report that is wanted; how it ends is noted, and shown to its owner."""
    from vigie.situation.home import open_home
    from vigie.situation.questions.reports import make_report
    from vigie.situation.questions.saved import report_json

    os.nice(NICENESS)
    with open_home(home) as opened:
        told = report_json(make_report(opened, report_id))
    _say_report(told, as_json=as_json)


def _say_report(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(told)
    else:
        failure = told["failure"]
        end_ = told["state"] if failure is None else failure[language()]
        say(f"{told['report_id']}: {end_}")
    if told["failure"] is not None:
        raise typer.Exit(EXIT_FAILED)


def _say(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
    else:
        say(f"{found['question_id']} ({found['number']}): {found['title']}")
