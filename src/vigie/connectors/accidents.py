"""Injury road accidents: the yearly files of the national register (BAAC), as published by ONISR.

Four tables a year: ``caracteristiques``, ``lieux``, ``vehicules``, ``usagers``. One fact comes of
each row of the first. Alone it says where and when; in an archive with the others, the killed and
the injured of each accident are counted from ``usagers`` and no row of a person is kept. ``lieux``
is not used. The forms of 2005-2018 (comma, Latin-1, two-digit years, degrees x 100,000) and of 2019
onwards (semicolon, quotes, decimal commas) are read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from vigie.geo.projection import lambert93
from vigie.intake.connector import Connector, Context, Parsed, Payload, listed
from vigie.intake.messages.moments import read_moment
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.sheets import (
    Cells,
    Headings,
    SheetFormat,
    as_json_rows,
    cell,
    figure,
    heading_key,
    need_cell,
    read_sheet,
)
from vigie.intake.messages.zipped import Members, is_zip, unbroken
from vigie.intake.tabular.block import Block, FileRefused, guarded, no_rows
from vigie.intake.tabular.cells import as_text
from vigie.intake.tabular.records import empty_parsed
from vigie.model.notices import Notice

KILLED, HOSPITALISED, LIGHT = "2", "3", "4"
PEDESTRIANS = ("3", "4")
BICYCLES = ("1", "01", "80")
"""Codes of ``grav``, ``catu`` and ``catv`` (pedal cycle, electric cycle)."""
COUNTS = ("tues", "hospitalises", "legers", "pietons", "velos")

_TABLES = {
    "caracteristiques": re.compile(r"^carac?t|^carcteristi", re.IGNORECASE),
    "lieux": re.compile(r"^lieux", re.IGNORECASE),
    "vehicules": re.compile(r"^v[eé]hicules", re.IGNORECASE),
    "usagers": re.compile(r"^usagers", re.IGNORECASE),
}
_SIGNS = {
    "usagers": {"grav", "sexe", "an nais", "catu"},
    "vehicules": {"catv", "num veh", "id vehicule"},
    "lieux": {"catr", "nbv", "vosp"},
}
"""Columns that tell the other tables from ``caracteristiques``."""

_CODES = {
    "lum": "light",
    "agg": "built_up",
    "int": "junction",
    "atm": "weather",
    "col": "collision",
}
_UNSTATED = {"-1", "0", ""}
_SCALE = 100_000
_DEGREES = 180.0
_LAMBERT_NORTH = (6.0e6, 7.2e6)
_LAMBERT_EAST = (0.0, 1.3e6)
_OLD_YEARS = 100


# fmt: off
FIELDS = (
    listed("num_acc", "Numéro de l'accident", "Number of the accident", required=True),
    listed("an", "Année, sur deux ou quatre chiffres", "Year, two or four digits", required=True),
    listed("mois", "Mois", "Month", required=True),
    listed("jour", "Jour", "Day", required=True),
    listed("hrmn", "Heure et minute", "Hour and minute"),
    listed("lum", "Lumière", "Light"),
    listed("dep", "Département", "Department", "place"),
    listed("com", "Commune", "Commune", "place"),
    listed("agg", "En agglomération", "In a built-up area"),
    listed("int", "Intersection", "Junction"),
    listed("atm", "Conditions atmosphériques", "Weather"),
    listed("col", "Type de collision", "Type of collision"),
    listed("adr", "Adresse, pour situer", "Address, to place it", "place"),
    listed("gps", "Origine du relevé", "Where the position comes from"),
    listed("lat", "Latitude", "Latitude", "place"),
    listed("long", "Longitude", "Longitude", "place"),
    listed("tues", "Tués, comptés des usagers", "Killed, counted from usagers"),
    listed("hospitalises", "Blessés hospitalisés, comptés", "Injured in hospital, counted"),
    listed("legers", "Blessés légers, comptés", "Lightly injured, counted"),
    listed("pietons", "Piétons, comptés", "Pedestrians, counted"),
    listed("velos", "Vélos, comptés des véhicules", "Bicycles, counted from vehicules"),
    listed("usagers", "Table des usagers : jamais gardée", "Table of people: never kept",
           "personal"),
)
# fmt: on
_FORMAT = SheetFormat(
    "facts",
    Headings(FIELDS, {"num_acc": ("accident_id", "numac", "Num_Acc")}),
    required=(("num_acc",), ("an",), ("mois",), ("jour",)),
)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn a file ``caracteristiques``, or an archive of the four tables, into facts.

    Options of the feed: ``columns`` (from field to heading).
    """
    try:
        if is_zip(payload):
            yield from _archive(Members(payload, context), context)
        else:
            yield from _alone(read_sheet(payload, context, _FORMAT.headings.known({})), context)
    except FileRefused as refusal:
        yield refused_file("facts", refusal)


def _alone(blocks: Iterator[Block], context: Context) -> Iterator[Parsed]:
    """Read one table by itself; another one than ``caracteristiques`` gives nothing."""
    first = next(blocks, None)
    before = []
    while first is not None and not len(first):
        before.append(first)
        first = next(blocks, None)
    if first is not None and (other := _other_table(first)):
        notices = [Notice("not_used", "info", params={"what": other})]
        if other == "usagers":
            count = len(first) + sum(len(block) for block in blocks)
            notices.append(
                Notice("dropped_personal", "info", count=count, params={"column": other})
            )
        yield empty_parsed("facts", no_rows(notices=notices))
        return
    head = [*before, *([] if first is None else [first])]
    yield from _FORMAT.records(_chain(head, blocks), context, _Taker(context).take, _raw)


def _chain(head: Iterable[Block], rest: Iterator[Block]) -> Iterator[Block]:
    yield from head
    yield from rest


def _other_table(block: Block) -> str | None:
    keys = {heading_key(name) for name in block.columns}
    if "hrmn" in keys and "mois" in keys:
        return None
    return next((table for table, signs in _SIGNS.items() if signs & keys), None)


def _raw(cells: Cells) -> bytes:
    return as_json_rows([cells])


def _archive(members: Members, context: Context) -> Iterator[Parsed]:
    """Read the tables of an archive, the people's first: they are counted, then forgotten."""
    tables: dict[str, list[str]] = {table: [] for table in _TABLES}
    notices = []
    for name in members.names:
        base = name.rsplit("/", 1)[-1]
        table = next((one for one, form in _TABLES.items() if form.search(base)), None)
        if table in {None, "lieux"}:
            shown = "lieux" if table else "member"
            notices.append(Notice("not_used", "info", params={"what": shown}))
        else:
            tables[str(table)].append(name)
    if not tables["caracteristiques"]:
        raise FileRefused("missing_file", name="caracteristiques")
    known = _Known()
    for name in tables["usagers"]:
        notices += known.count_people(guarded(_blocks(members, name, context)))
    for name in tables["vehicules"]:
        notices += known.count_bicycles(guarded(_blocks(members, name, context)))
    if notices:
        yield empty_parsed("facts", no_rows(notices=notices))
    for name in tables["caracteristiques"]:
        blocks = guarded(_blocks(members, name, context))
        yield from _FORMAT.records(blocks, context, _Taker(context, known).take, _raw)


def _blocks(members: Members, name: str, context: Context) -> Iterator[Block]:
    payload = members.payload(name)
    return unbroken(read_sheet(payload, context, _FORMAT.headings.known({})))


@dataclass(slots=True)
class _Known:
    """What the other tables say of each accident: figures, and no person.

    Attributes:
        counts: By accident, how many of each of ``COUNTS``.
        complete: Whether a table of people was there.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    complete: bool = False

    def count_people(self, blocks: Iterable[Block]) -> list[Notice]:
        """Count the people of a table by what happened to them."""
        outcomes = {KILLED: "tues", HOSPITALISED: "hospitalises", LIGHT: "legers"}
        rows, notices = 0, []
        for block in blocks:
            rows += block.read
            notices += _forgotten(block)
            self._count(block, "grav", outcomes)
            self._count(block, "catu", dict.fromkeys(PEDESTRIANS, "pietons"))
        self.complete |= rows > 0
        if rows:
            params = {"column": "usagers"}
            notices.append(Notice("dropped_personal", "info", count=rows, params=params))
        return notices

    def count_bicycles(self, blocks: Iterable[Block]) -> list[Notice]:
        """Count the bicycles of a table of vehicles."""
        notices = []
        for block in blocks:
            notices += _forgotten(block)
            self._count(block, "catv", dict.fromkeys(BICYCLES, "velos"))
        return notices

    def _count(self, block: Block, column: str, names: dict[str, str]) -> None:
        by_key = {heading_key(name): array for name, array in block.columns.items()}
        accidents = by_key.get("num acc", by_key.get("accident id"))
        codes = by_key.get(column)
        if accidents is None or codes is None:
            return
        pairs = zip(as_text(accidents).to_pylist(), as_text(codes).to_pylist(), strict=True)
        for accident, code in pairs:
            name = names.get(code or "")
            if accident is not None and name is not None:
                self.counts.setdefault(accident, Counter())[name] += 1


def _forgotten(block: Block) -> list[Notice]:
    """Return the refusals of a block as remarks: a row of a person does not go to quarantine."""
    return [Notice(reject.code, params=reject.params) for reject in block.rejects]


class _Taker:
    """Makes the fact of an accident."""

    def __init__(self, context: Context, known: _Known | None = None) -> None:
        self._timezone = context.timezone
        self._known = known

    def take(self, rows: Rows, cells: Cells) -> None:
        """Add the fact of one row, with what the other tables say of it put into its cells."""
        reference = need_cell(cells, "num_acc", 40)
        if self._known is not None and self._known.complete:
            counts = self._known.counts.get(reference, Counter())
            cells.update({name: str(counts[name]) for name in COUNTS})
        year = _year(cells)
        day = "-".join((f"{year:04d}", _two(cells, "mois"), _two(cells, "jour")))
        hour = cell(cells, "hrmn", 10)
        when = read_moment(day, hour, self._timezone, "hrmn")
        if when.remark:
            rows.remark(when.remark)
        lon, lat = _point(cells)
        counted = {name: _count(cells, name) for name in COUNTS}
        kind, severity, victims = _gravity(counted)
        rows.add(
            "facts",
            {
                "source_ref": reference,
                "kind": kind,
                "earliest_at": when.earliest_us,
                "latest_at": when.latest_us,
                "lon": lon,
                "lat": lat,
                "severity": severity,
                "status": "closed",
                "basis": "observed",
                "discovered_by": "partner",
                "quantity": victims,
                "attributes": _attributes(cells, counted, year),
            },
            address=cell(cells, "adr", 200),
        )


def _year(cells: Cells) -> int:
    said = need_cell(cells, "an", 10)
    if not said.isascii() or not said.isdigit() or len(said) not in {1, 2, 4}:
        raise RowRefused("bad_time", value=said, column="an")
    year = int(said)
    return year + 2000 if year < _OLD_YEARS else year


def _two(cells: Cells, name: str) -> str:
    said = need_cell(cells, name, 10)
    if not said.isascii() or not said.isdigit():
        raise RowRefused("bad_time", value=said, column=name)
    return said.zfill(2)


def _count(cells: Cells, name: str) -> int | None:
    value = figure(cells, name)
    if value is None:
        return None
    if value < 0 or value != int(value):
        raise RowRefused("bad_number", value=cells[name][:40], column=name)
    return int(value)


def _gravity(counted: dict[str, int | None]) -> tuple[str, int | None, float | None]:
    """Return kind, severity (5 a death, 4 a stay in hospital, 3 an injury) and victims."""
    killed, hospitalised, light = (counted[name] for name in COUNTS[:3])
    if killed is None or hospitalised is None or light is None:
        return "road.accident.injury", None, None
    victims = float(killed + hospitalised + light)
    if killed:
        return "road.accident.fatal", 5, victims
    if hospitalised:
        return "road.accident.severe", 4, victims
    return "road.accident.injury", 3, victims


def _point(cells: Cells) -> tuple[float | None, float | None]:
    """Return longitude and latitude from degrees, degrees x 100,000 or Lambert-93 metres."""
    x, y = figure(cells, "long"), figure(cells, "lat")
    if not x or not y:  # 0 stands for unknown
        return None, None
    if _between(y, _LAMBERT_NORTH) and _between(x, _LAMBERT_EAST):
        lon, lat = lambert93().to_degrees(np.array([x]), np.array([y]))
        return round(float(lon[0]), 6), round(float(lat[0]), 6)
    return (x / _SCALE, y / _SCALE) if max(abs(x), abs(y)) > _DEGREES else (x, y)


def _between(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _attributes(
    cells: Cells, counted: dict[str, int | None], year: int
) -> dict[str, str | int | None]:
    codes = {
        name: None if (said := cell(cells, column, 4)) in _UNSTATED else said
        for column, name in _CODES.items()
    }
    names = ("killed", "hospitalised", "light_injured", "pedestrians", "bicycles")
    figures = {name: counted[count] for name, count in zip(names, COUNTS, strict=True)}
    return {**codes, "commune": _commune(cells, year), **figures}


def _commune(cells: Cells, year: int) -> str | None:
    """Return the INSEE code: before 2019 department and commune are apart (``130``, ``55``)."""
    com, dep = cell(cells, "com", 8), cell(cells, "dep", 4)
    if com is None or len(com) == 5 or dep is None:  # noqa: PLR2004 -- whole codes have five
        return com
    if year < 2019:  # noqa: PLR2004 -- the year of the new form
        dep = {"201": "2A", "202": "2B"}.get(dep, dep if dep.startswith("97") else dep[:-1])
    return f"{dep.zfill(2)[:2]}{com.zfill(3)}"


CONNECTOR = Connector(
    name="accidents",
    title={"fr": "Accidents corporels (BAAC)", "en": "Injury road accidents (BAAC)"},
    emits=("facts",),
    suffixes=(".csv", ".zip"),
    media=("text/csv", "application/zip"),
    fields=FIELDS,
    parse=parse,
    period_s=366 * 86_400,
    reference="ONISR, bases de données annuelles des accidents corporels (data.gouv.fr)",
)
