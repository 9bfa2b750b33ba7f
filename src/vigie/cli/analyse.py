"""``vigie analyses`` and ``vigie analyse``: the questions that can be asked, and one asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.base.clock import require_aware, to_us
from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
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
    from vigie.analyse.running import Answer, Selection
    from vigie.situation.home import Home

SELECTION_KEYS = {"from", "to", "kind", "source", "severity_min", "zone"}


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
        Path | None, typer.Option(help="File: .parquet .csv .geojson .arrow .json")
    ] = None,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Run one analysis; without ``from`` and ``to``, over the last 365 days that have facts."""
    from vigie.analyse.analysis import Frame, get_analysis
    from vigie.analyse.running import run_analysis
    from vigie.privacy.purposes import Verb
    from vigie.situation.beside import ask_beside
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    given = parse_params(param or [])
    with open_home(home) as opened:
        chosen = get_analysis(opened.analyses, name)
        selection = make_selection(opened, given)
        subject = {**selection.subject(), "analysis": name}
        caller = local_caller(opened, role=role, purpose=purpose)
        view = opened.rights.ask(caller, "figures", Verb.COMBINE, subject=subject)
        keep = ask_beside(opened, caller, chosen, subject)
        own = {key: value[-1] for key, value in given.items() if key not in SELECTION_KEYS}
        frame = Frame(
            timezone=opened.settings.city.timezone,
            from_us=selection.from_us,
            to_us=selection.to_us,
            zonings=opened.frame.zonings,
            language=language(),
            country=opened.settings.forecast.country,
            streets=opened.frame.streets,
        )
        chosen_facts = view.select(selection)
        answer = run_analysis(chosen, opened.lake, chosen_facts, own, frame, beside=keep)
        if out is not None:
            write_answer(opened, answer, chosen.geo_column, own, out)
    tell(answer, as_json=as_json, written=out)


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


def write_answer(
    home: Home, answer: Answer, geo_column: str | None, own: dict[str, str], out: Path
) -> None:
    """Write an answer to a file, by its ending.

    Raises:
        WrongUsage: When the ending is not known, or the answer has no place for GeoJSON.
    """
    import pyarrow.parquet as pq
    from pyarrow import feather

    ending = out.suffix.lower()
    if ending == ".parquet":
        pq.write_table(answer.table, out)
    elif ending == ".arrow":
        feather.write_feather(answer.table, str(out), compression="uncompressed")
    elif ending == ".csv":
        write_csv(answer, out)
    elif ending == ".json":
        text = json.dumps(answer.table.to_pylist(), ensure_ascii=False, default=str)
        out.write_text(text, encoding="utf-8")
    elif ending == ".geojson":
        write_geojson(home, answer, geo_column, own, out)
    else:
        raise WrongUsage(reason=f"--out {out.name}: .parquet .csv .geojson .arrow .json")


def write_csv(answer: Answer, out: Path) -> None:
    """Write the rows as CSV (RFC 4180) that no spreadsheet runs; texts may come from sources."""
    import csv

    from vigie.base.spreadsheet import neutralise

    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(answer.table.column_names)
        for row in answer.table.to_pylist():
            cells = ("" if value is None else value for value in row.values())
            writer.writerow([neutralise(c) if isinstance(c, str) else c for c in cells])


def write_geojson(
    home: Home, answer: Answer, geo_column: str | None, own: dict[str, str], out: Path
) -> None:
    """Write one feature for each zone, cell or stretch of street of the answer."""
    from vigie.analyse.map_layer import CELL, COURSE, feature_collection

    if geo_column is None:
        raise WrongUsage(reason=f"{answer.analysis}: no place, no GeoJSON")
    zoning = None
    if geo_column not in {CELL, COURSE}:
        zoning = home.frame.zoning(own.get("zoning", "arrondissement"))
    layer = feature_collection(answer.table, geo_column, zoning)
    text = json.dumps(layer, ensure_ascii=False, default=str)
    out.write_text(text, encoding="utf-8")


def tell(answer: Answer, *, as_json: bool, written: Path | None) -> None:
    """Print an answer: rows, base, withheld rows, notes and limits."""
    tongue = language()
    rows = answer.table.to_pylist()
    if as_json:
        say_json(rows)
        return
    if written is None:
        show_rows(rows, answer.table.column_names, as_json=False)
    words = {
        "fr": f"Base : {answer.base} faits ; {answer.withheld} lignes masquées (petits nombres).",
        "en": f"Base: {answer.base} facts; {answer.withheld} rows withheld (small counts).",
    }
    say(words[tongue])
    for note in answer.notes:
        say(note[tongue])
    say(answer.limits[tongue])


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("analyses")(analyses)
    app.command("analyse")(analyse)
