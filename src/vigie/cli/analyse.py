"""``vigie analyses`` and ``vigie analyse``: the questions that can be asked, and one asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.base.clock import now_us, require_aware, to_us
from vigie.base.errors import WrongUsage
from vigie.base.translations import figure, number
from vigie.cli.cubes import CountingEngine
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    progress,
    say,
    say_json,
    show_rows,
)

if TYPE_CHECKING:
    from vigie.analyse.analysis import Analysis, OutputColumn
    from vigie.analyse.running import Answer, Selection
    from vigie.base.hands import Hands
    from vigie.situation.answer_paper import Paper
    from vigie.situation.behind import Row
    from vigie.situation.caller import Caller
    from vigie.situation.home import Home

FactsOption = Annotated[
    bool,
    typer.Option(
        "--facts",
        help="The facts behind it; of a row: -p place= (zone, cell, course), day=, until=,"
        " radius_m=.",
    ),
]
EngineOption = Annotated[
    CountingEngine,
    typer.Option(help="Who does what is long; Spark needs lake.spark_master, and is resumed."),
]
SELECTION_KEYS = {"from", "to", "kind", "source", "severity_min", "zone", "place"}


def analyses(as_json: JsonOption = False) -> None:
    """List the analyses: name, question, parameters."""
    import vigie.analyses
    from vigie.analyse.analysis import discover

    tongue = language()
    rows = [
        {
            "name": a.name,
            "question": dict(a.question) if as_json else a.question[tongue],
            "limits": dict(a.limits) if as_json else a.limits[tongue],
            "parameters": a.parameters.model_json_schema()["properties"]
            if as_json
            else ", ".join(a.parameters.model_fields),
        }
        for a in discover(vigie.analyses).values()
    ]
    show_rows(rows, ("name", "question", "parameters"), as_json=as_json)


def analyse(
    name: Annotated[str, typer.Argument(help="Name of an analysis; see vigie analyses.")],
    home: HomeOption = DEFAULT_HOME,
    param: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", help="key=value; also from, to, kind, source, zone."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File: .parquet .csv .geojson .arrow .json .html .pdf .png")
    ] = None,
    facts: FactsOption = False,
    engine: EngineOption = CountingEngine.DUCKDB,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Run one analysis; without ``from`` and ``to``, over the last 365 days that have facts."""
    from vigie.analyse.analysis import Frame, get_analysis
    from vigie.analyse.running import run_analysis
    from vigie.privacy.purposes import Verb
    from vigie.situation.answer_paper import Paper
    from vigie.situation.beside import ask_beside
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.questions.asking import titled

    given = parse_params(param or [])
    with open_home(home) as opened:
        chosen = get_analysis(opened.analyses, name)
        selection = make_selection(opened, given)
        subject = {**selection.subject(), "analysis": name}
        caller = local_caller(opened, role=role, purpose=purpose)
        if facts:
            show_behind(opened, caller, name, selection, given, as_json=as_json)
            return
        verb = Verb.COMBINE if out is None else Verb.DISCLOSE
        view = opened.rights.ask(caller, "figures", verb, subject=subject)
        keep = ask_beside(opened, caller, chosen, subject)
        own = {key: value[-1] for key, value in given.items() if key not in SELECTION_KEYS}
        city = opened.settings.city.timezone
        frame = Frame(
            *(city, selection.from_us, selection.to_us, opened.frame.zonings, language()),
            country=opened.settings.forecast.country,
            streets=opened.frame.streets,
        )
        with hands_of(opened, engine, name) as hands:
            answer = run_analysis(
                *(chosen, opened.lake, view.select(selection), own, replace(frame, hands=hands)),
                beside=keep,
                least=view.least,
            )
        declared = titled(opened, chosen, answer)
        if out is not None:
            names = place_words(opened, chosen, answer, own)
            paper = Paper(
                *(declared, answer, names, selection.from_us, selection.to_us),
                *(now_us(opened.clock), language(), city),
            )
            write_answer(opened, paper, own, out)
    tell(declared, answer, as_json=as_json, written=out)


@contextmanager
def hands_of(home: Home, engine: CountingEngine, name: str) -> Iterator[Hands]:
    """Lend the hands that an engine has; what Spark's did is kept until the whole is done."""
    from vigie.lake.resuming import Resumed

    hands = home.lake.engine(engine.value)
    if engine is CountingEngine.DUCKDB:
        yield hands
        return
    with progress(name) as told:
        kept = Resumed(hands, home.path / "work" / name, lambda done: told(done, 0, ""))
        yield kept
    kept.finish()


def show_behind(
    home: Home,
    caller: Caller,
    name: str,
    selection: Selection,
    given: dict[str, list[str]],
    *,
    as_json: bool,
) -> None:
    """Print the facts behind an answer, newest first, the first thousand of them."""
    from vigie.situation.behind import facts_behind
    from vigie.situation.facts import MAX_PAGE
    from vigie.situation.filters import make_filters

    filters = make_filters(
        home.frame,
        from_us=selection.from_us,
        to_us=selection.to_us,
        kinds=selection.kinds,
        sources=selection.sources,
        severity_min=selection.severity_min or None,
        zone=selection.zone,
    )
    found = facts_behind(
        *(home, caller, name, filters),
        row=row_of(given),
        limit=MAX_PAGE,
    )
    columns = ("fact_id", "kind", "source", "earliest_at", "severity", "status", "cell")
    show_rows(found.items, columns, as_json=as_json)
    if not as_json:
        words = {
            "fr": f"{len(found.items)} faits montrés sur {found.total} ; vigie fact show ID.",
            "en": f"{len(found.items)} facts shown of {found.total}; vigie fact show ID.",
        }
        say(words[language()])


def row_of(given: dict[str, list[str]]) -> Row:
    """Return the row that words name.

    Raises:
        WrongUsage: A day or a radius that is none.
    """
    from vigie.situation.behind import Row
    from vigie.situation.frame import DISTRICTS

    last = {key: values[-1] for key, values in given.items()}
    try:
        day, until = (
            date.fromisoformat(last[key]) if key in last else None for key in ("day", "until")
        )
        radius_m = float(last["radius_m"]) if "radius_m" in last else None
    except ValueError as error:
        raise WrongUsage(reason=str(error), field="day") from error
    return Row(last.get("place", ""), last.get("zoning", DISTRICTS), day, until, radius_m)


def parse_params(items: list[str]) -> dict[str, list[str]]:
    """Return ``key=value`` words as a map; a key may come several times.

    Raises:
        WrongUsage: When a word has no ``=``.
    """
    found: dict[str, list[str]] = {}
    for item in items:
        key, sign, value = item.partition("=")
        if not sign or not key:
            raise WrongUsage(reason=f"-p {item}: key=value")
        found.setdefault(key.strip(), []).append(value.strip())
    return found


def parse_instant(text: str, timezone: str) -> int:
    """Return epoch µs of an instant; a bare date or a time without zone is the city's local time.

    Raises:
        WrongUsage: When it is no ISO 8601 date or time.
    """
    from zoneinfo import ZoneInfo

    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUsage(reason=f"{text}: ISO 8601") from error
    return to_us(require_aware(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(timezone))))


def make_selection(home: Home, given: dict[str, list[str]]) -> Selection:
    """Return the facts selected by the words of the command line."""
    from vigie.analyse.running import Selection

    extent = home.lake.extent("facts") or (0, to_us(datetime(1970, 1, 2, tzinfo=UTC)))
    timezone = home.settings.city.timezone
    to = parse_instant(given["to"][-1], timezone) if "to" in given else extent[1] + 1
    start = (
        parse_instant(given["from"][-1], timezone)
        if "from" in given
        else max(extent[0], to - timedelta(days=365) // timedelta(microseconds=1))
    )
    zone: tuple[str, str] | None = None
    if "zone" in given:
        zoning, _, zone_id = given["zone"][-1].partition(":")
        zone = (zoning, zone_id)
    severity = given.get("severity_min", ["0"])[-1]
    if not severity.isdigit():
        raise WrongUsage(reason=f"severity_min={severity}")
    return Selection(
        from_us=start,
        to_us=to,
        kinds=tuple(given.get("kind", ())),
        sources=tuple(given.get("source", ())),
        severity_min=int(severity),
        zone=zone,
    )


def place_words(
    home: Home, analysis: Analysis, answer: Answer, own: dict[str, str]
) -> dict[str, str]:
    """Return the names of the answer's places by their ids."""
    from vigie.analyse.map_layer import COURSE
    from vigie.situation.frame import DISTRICTS
    from vigie.situation.place_names import names_of

    column = analysis.geo_column
    if column is None or column == COURSE:
        return {}
    ids = list(dict.fromkeys(one for one in answer.table[column].to_pylist() if one))
    zoning = home.frame.zonings.get(own.get("zoning", DISTRICTS))
    french = language() == "fr"
    found = names_of(home.frame, ids, column, zoning)
    return {one.place_id: one.fr if french else one.en for one in found}


def write_answer(home: Home, paper: Paper, own: dict[str, str], out: Path) -> None:
    """Write an answer to a file, by its ending.

    Raises:
        WrongUsage: When the ending is not known, or the answer has no place for GeoJSON.
    """
    from vigie.situation.answer_files import file_of

    out.write_bytes(file_of(home, paper, own, out.suffix.lower().removeprefix(".")))


def tell(analysis: Analysis, answer: Answer, *, as_json: bool, written: Path | None) -> None:
    """Print an answer: rows, base, withheld rows, notes and limits."""
    tongue = language()
    rows = answer.table.to_pylist()
    if as_json:
        say_json(rows)
        return
    if written is None:
        columns = {column.name: column for column in analysis.columns}
        told = [
            {name: _word(columns.get(name), value, tongue) for name, value in row.items()}
            for row in rows
        ]
        show_rows(told, answer.table.column_names, as_json=False)
    base, withheld = number(answer.base, tongue), number(answer.withheld, tongue)
    words = {
        "fr": f"Base (faits) : {base}. Lignes masquées (petits nombres) : {withheld}.",
        "en": f"Base (facts): {base}. Rows withheld (small counts): {withheld}.",
    }
    say(words[tongue])
    for note in answer.notes:
        say(note[tongue])
    say(answer.limits[tongue])


def _word(column: OutputColumn | None, value: object, tongue: str) -> object:
    """Return a value as people write it; degrees keep their digits."""
    if column is None or isinstance(value, bool):
        return value
    if str(value) in column.words:
        return column.words[str(value)][0 if tongue == "fr" else 1]
    if column.unit == "°" or not isinstance(value, int | float):
        return value
    return figure(value, tongue)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("analyses")(analyses)
    app.command("analyse")(analyse)
