"""Uses of public space: markets, orders, works, film shoots, declared demonstrations, visits.

Tables of the city and of the prefecture, as CSV, XLSX, JSON or GeoJSON; ``public_space.toml`` says
which columns each sort of file has. A declared demonstration carries its hours, its route, its
expected size and the service in charge and nothing else (law, DEM-1): any other column sends its
rows to quarantine, without what stood there. Titles of demonstrations and visits are ours.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from vigie.base.clock import from_us
from vigie.base.ids import record_id
from vigie.geo.addresses import fold, parse_address
from vigie.intake.connector import Connector, Context, Field, FieldPrivacy, Parsed, Payload
from vigie.intake.messages.allowed import OTHER
from vigie.intake.messages.french import (
    end_of,
    on_day,
    read_clock,
    read_day,
    read_days,
    read_weekdays,
    read_when,
)
from vigie.intake.messages.occurrences import horizon_of, midnight, occurrences
from vigie.intake.messages.reading import RowRefused, number
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.titles import Venues, holds_person, not_ahead, title_of
from vigie.intake.messages.wkt import along, from_text, point_on
from vigie.intake.tabular.anyform import read_any_table
from vigie.intake.tabular.block import Block
from vigie.intake.tabular.cells import as_text
from vigie.intake.tabular.records import empty_parsed
from vigie.model.times import SECOND_US
from vigie.scrub import LateScrubber

TABLE: dict[str, Any] = tomllib.loads(
    files("vigie.connectors").joinpath("public_space.toml").read_text("utf-8")
)
COLUMNS: dict[str, Any] = TABLE["columns"]
DEMONSTRATION = frozenset(name for name, one in COLUMNS.items() if one.get("demonstration"))
"""The columns that the law lets a declared demonstration have."""
MAX_CELL = 2_000
MEANS = {"agents": "agents", "barriers": "barrieres", "first_aid_posts": "postes_secours",
         "diversions": "deviations"}  # fmt: skip

_REFUSED = frozenset(name for names in TABLE["refused"].values() for name in names)
_NATURES: dict[str, str] = {
    word: nature for nature, words in TABLE["natures"].items() for word in words
}
_ALIASES: dict[str, str] = {
    alias: name for name, one in COLUMNS.items() for alias in (name, *one.get("aliases", ()))
}
_PLAIN = re.compile(r"[a-z][a-z_]{0,39}")
_TOLD = frozenset({"lieu", "adresse", "itineraire", "etat", "nature"})
_MARCHES = ("manif", "rassemblement", "cortege", "defile")
_NOBODY = LateScrubber()
_PLACES = LateScrubber({"name", "phone", "email", "handle", "plate"})
_STAGES = re.compile(r"\s*(?:>|→|;|\||\n)\s*")
_MOST_STAGES, _MOST_WORDS, _MOST_SHOWN, _SHOWN_NAMES = 40, 7, 80, 5
_MOST = 1e7
_KNOWN = frozenset({*_ALIASES, *(name.upper() for name in _ALIASES)})
_UNNAMED = re.compile(r"(?:column_[0-9]{1,5})?")
_HIDDEN = json.dumps([{"illisible": OTHER}]).encode()


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one table into plans.

    Options of the feed: ``nature``, of files without that column; ``sheet``, of a workbook;
    ``venues``, from a place's name to ``{capacity, lon, lat, place_id}``; ``horizon_days`` (400),
    ``past_days`` (30) and ``max_occurrences`` (1,000), of regular markets.
    """
    uses = _Uses(context)
    sheet = str(context.options.get("sheet", ""))
    for block in read_any_table(payload, context, _KNOWN, sheet):
        if any(reject.row is None for reject in block.rejects) or not (
            len(block) or block.rejects or block.notices
        ):
            yield empty_parsed("plans", block)
        else:
            yield from uses.parsed(block)


def _canonical(name: str) -> str:
    """Return a column's name in the table's words; what it does not know is only folded."""
    key = fold(name).replace(" ", "_")
    return _ALIASES.get(key, key)


def _shown(names: Iterable[str]) -> str:
    """Return names that a reason may show: one can itself be somebody's."""
    plain = {name if _PLAIN.fullmatch(name) else OTHER for name in names}
    return ", ".join(sorted(plain)[:_SHOWN_NAMES])


Cells = dict[str, str]


class _Uses:
    """The rows of a table on their way to plans."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tz = context.timezone
        self._venues = Venues(context)
        self._nature = _NATURES.get(fold(str(context.options.get("nature", ""))), "")
        self._rows = Rows("plans")

    def parsed(self, block: Block) -> Iterator[Parsed]:
        """Yield the plans of a block."""
        rows = self._rows = Rows("plans")
        rows.remarks(block.notices)
        cells = self._cells(block)
        natures = [self._nature_of(row) for row in cells]
        every = {_canonical(name) for name in block.columns}
        named = {name for name in every if _UNNAMED.fullmatch(name) is None}
        alone = set(natures) == {"manifestation"}
        for index, (row, nature) in enumerate(zip(cells, natures, strict=True)):
            rows.read = int(block.rows[index]) - 1
            if nature == "manifestation":
                extra = ((row.keys() | named) if alone else row.keys()) - DEMONSTRATION
                extra |= {name for name in row.keys() & _TOLD if _tells_more(name, row[name])}
                if extra:
                    self._forbid(row, extra)
                    continue
            kept = self._kept(row, nature)
            with rows.row(partial(_raw, kept)):
                try:
                    self._use(kept, nature)
                except RowRefused as refusal:
                    if nature == "manifestation" and "value" in refusal.params:
                        refusal.params["value"] = OTHER
                    raise
        self._malformed(block, harmless=self._nature not in {"", "manifestation"})
        rows.read = block.read
        yield from rows.parsed()

    def _forbid(self, row: Cells, extra: set[str]) -> None:
        """Refuse a demonstration that tells too much; its raw form no longer does."""
        with self._rows.row(_raw({**row, **dict.fromkeys(extra, OTHER)})):
            raise RowRefused("forbidden_column", column=_shown(extra))

    def _cells(self, block: Block) -> list[Cells]:
        """Return each row's texts by canonical name, without what is empty."""
        rows: list[Cells] = [{} for _ in range(len(block))]
        for name, array in block.columns.items():
            key = _canonical(name)
            for row, value in zip(rows, as_text(array).to_pylist(), strict=True):
                if value is not None:
                    row.setdefault(key, value[:MAX_CELL] if key != "geometrie" else value)
        if block.geometry is not None:
            for row, shape in zip(rows, block.geometry.to_pylist(), strict=True):
                if shape is not None:
                    row["geometrie"] = shapely.to_wkt(
                        shapely.from_wkb(shape), rounding_precision=-1
                    )
        return rows

    def _nature_of(self, row: Cells) -> str:
        if "nature" not in row:
            return self._nature
        said = fold(row["nature"])
        return "manifestation" if said.startswith(_MARCHES) else _NATURES.get(said, "")

    def _malformed(self, block: Block, *, harmless: bool) -> None:
        """Refuse rows that could not be cut into columns, hence not into what may be shown."""
        for reject in block.rejects:
            self._rows.read = (reject.row or 1) - 1
            with self._rows.row(reject.raw if harmless else _HIDDEN):
                raise RowRefused(reject.code, **reject.params)

    def _kept(self, row: Cells, nature: str) -> Cells:
        """Return what of a row its sort of file lets in; the rest is counted."""
        kept: Cells = {}
        for name, value in row.items():
            if name in _REFUSED:
                self._rows.remark("dropped_personal", column=name)
            elif name not in COLUMNS or (nature and nature not in COLUMNS[name].get("of", nature)):
                self._rows.remark("unmapped_column", severity="warning", column=_shown({name}))
            else:
                kept[name] = value
        return kept

    def _use(self, row: Cells, nature: str) -> None:
        if not nature:
            if "nature" not in row:
                raise RowRefused("missing_required", column="nature")
            shown = row["nature"][:40] if not self._nature else OTHER
            raise RowRefused("unknown_code", value=shown, column="nature")
        reference = _need(row, "reference")
        if nature == "manifestation":
            reference = record_id(self._context.source, reference)
        state = self._state(row, nature)
        kind = _code(TABLE["kinds"][nature], row, "type")
        declared = state != "undeclared"
        if not declared:
            state, kind = "declared", kind if nature != "manifestation" else "event.gathering"
        values = {
            "kind": kind,
            "title": title_of(row.get("nom"), kind, self._rows),
            "state": state,
            "declared": declared,
            "revision": self._revision(row),
            "attendance_low": _count(row, "jauge_basse"),
            "attendance_likely": _count(row, "jauge"),
            "attendance_high": _count(row, "jauge_haute"),
            "closes": self._closures(row),
            "means": {key: _shown_count(row, column) for key, column in MEANS.items()},
            "attributes": {"service": self._service(row), "route": self._route(row)},
            **self._footprint(row),
        }
        for ref, starts_us, ends_us, called_off in self._times(row, reference):
            own = {"source_ref": ref, "starts_at": starts_us, "ends_at": ends_us}
            own |= {"state": "cancelled"} if called_off else {}
            own["setup_s"] = self._buffer(row, "montage", starts_us, -1)
            own["teardown_s"] = self._buffer(row, "demontage", ends_us, 1)
            self._add(values | own, row)

    def _add(self, values: dict[str, Any], row: Cells) -> None:
        stages = _STAGES.split(row.get("itineraire", ""))
        place, address = row.get("lieu"), row.get("adresse") or stages[0] or None
        filled = self._venues.fill(values, place, address)
        self._rows.add("plans", filled, address=address, place_name=place)

    def _state(self, row: Cells, nature: str) -> str:
        default = str(TABLE["default_state"][nature])
        return _code(TABLE["states"], row, "etat") if "etat" in row else default

    def _revision(self, row: Cells) -> int:
        if "maj" not in row:
            return 0
        return not_ahead(read_when(row["maj"], "maj", self._tz)[0], self._context, self._rows)

    def _times(self, row: Cells, reference: str) -> Iterator[tuple[str, int, int, bool]]:
        """Yield reference, start, end and whether it is called off, for each day of a use."""
        if "jours" in row:
            yield from self._market_days(row, reference)
            return
        starts_us, first = read_when(_need(row, "debut"), "debut", self._tz)
        until = row.get("fin") or (row["debut"] if first else _need(row, "fin"))
        ends_us, last = read_when(until, "fin", self._tz)
        yield reference, starts_us, end_of(last, self._tz) if last else ends_us, False

    def _market_days(self, row: Cells, reference: str) -> Iterator[tuple[str, int, int, bool]]:
        """Yield the days of a regular market, at its hours on the local clock."""
        horizon, zone = horizon_of(self._context), ZoneInfo(self._tz)
        opens, shuts = (read_clock(_need(row, n), n) for n in ("heure_debut", "heure_fin"))
        since = from_us(horizon.from_us).astimezone(zone).date()
        if "periode_debut" in row:
            since = read_day(row["periode_debut"], "periode_debut")
        until = ""
        if "periode_fin" in row:
            until = f";UNTIL={read_day(row['periode_fin'], 'periode_fin'):%Y%m%d}"
        called_off = read_days(row["annule_le"], "annule_le") if "annule_le" in row else ()
        rule = f"FREQ=WEEKLY;BYDAY={','.join(read_weekdays(row['jours'], 'jours'))}{until}"
        days, more = occurrences(rule, midnight(since), zone, horizon)
        if more:
            self._rows.remark("too_many_occurrences", severity="warning", limit=horizon.most)
        for day in days:
            starts_us = on_day(day, opens, self._tz)
            ends_us = on_day(day, shuts, self._tz, after=opens)
            yield f"{reference}/{day:%Y-%m-%d}", starts_us, ends_us, day.date() in called_off

    def _buffer(self, row: Cells, column: str, beside_us: int, sign: int) -> int | None:
        """Return set-up or tear-down in seconds, told in minutes or by its own instant."""
        if column not in row:
            return None
        if row[column].replace(".", "").replace(",", "").isdecimal():
            return round((_count(row, column) or 0.0) * 60)
        apart_us = (read_when(row[column], column, self._tz)[0] - beside_us) * sign
        if apart_us < 0:
            raise RowRefused("time_reversed")
        return apart_us // SECOND_US

    def _closures(self, row: Cells) -> str | None:
        """Return what is closed, as codes: a closed list, or a street by its name."""
        found = []
        for said in re.split(r"[;,|\n]", row.get("fermetures", "")):
            code = TABLE["closures"].get(fold(said))
            if code is None and _is_way(said):
                code = f"voie:{said.strip()}"
            if code is not None and code not in found:
                found.append(code)
            elif code is None and said.strip():
                self._rows.remark("not_used", what="fermetures")
        return ",".join(found[:_MOST_STAGES]) or None

    def _service(self, row: Cells) -> str | None:
        """Return the service in charge, which is a service and nobody."""
        said = row.get("service", "")[:_MOST_SHOWN]
        if said and _NOBODY.scrub(said).total:
            self._rows.remark("dropped_personal", column="service")
            return None
        return said or None

    def _route(self, row: Cells) -> str | None:
        """Return the stages of a route that are streets or known places; others are left out."""
        stages = [one for one in _STAGES.split(row.get("itineraire", "")) if one][:_MOST_STAGES]
        kept = [one for one in stages if _is_way(one) or self._venues.point(one)]
        if len(kept) < len(stages):
            count = len(stages) - len(kept)
            self._rows.remark("not_used", count=count, what="itineraire")
        return " > ".join(kept) or None

    def _footprint(self, row: Cells) -> dict[str, Any]:
        """Return geometry and point: as told, else the line through known places of the route."""
        lon, lat = number(row, "lon"), number(row, "lat")
        shape = from_text(row["geometrie"]) if "geometrie" in row else None
        if shape is None:
            points = [self._venues.point(one) for one in _STAGES.split(row.get("itineraire", ""))]
            shape = along([point for point in points if point is not None])
        if shape is None:
            return {"lon": lon, "lat": lat}
        if lon is None or lat is None:
            lon, lat = point_on(shape)
        return {"geometry": shapely.to_wkb(shape), "lon": lon, "lat": lat}


def _raw(row: Mapping[str, str]) -> bytes:
    """Return one row as a table of its own; names that may not be shown are not kept either."""
    return json.dumps([{_shown({name}): value for name, value in row.items()}]).encode("ascii")


def _tells_more(name: str, text: str) -> bool:
    """Say whether a cell of a demonstration holds a person, or more than the sort of file."""
    more = name == "nature" and fold(text) not in _NATURES
    return more or text == OTHER or holds_person(text)


def _is_way(text: str) -> bool:
    """Say whether a text is the name of a street or square, and of nothing longer."""
    short = len(text) <= _MOST_SHOWN and len(text.split()) <= _MOST_WORDS
    return short and parse_address(text).way != "" and not _PLACES.scrub(text).total


def _need(row: Cells, column: str) -> str:
    if column not in row:
        raise RowRefused("missing_required", column=column)
    return row[column]


def _code(table: Mapping[str, str], row: Cells, column: str) -> str:
    said = row.get(column, "")
    if fold(said) not in table:
        raise RowRefused("unknown_code", value=said[:40], column=column)
    return str(table[fold(said)])


def _count(row: Cells, column: str) -> float | None:
    """Return how many, or None where it is not said."""
    value = number(row, column)
    if value is not None and not 0 <= value <= _MOST:
        raise RowRefused("bad_number", value=row[column][:40], column=column)
    return value


def _shown_count(row: Cells, column: str) -> str | None:
    value = _count(row, column)
    return None if value is None else f"{value:g}"


def _fields() -> Iterator[Field]:
    for name, one in COLUMNS.items():
        of = f" ({', '.join(one['of'])})" if "of" in one else ""
        meaning = {language: one[language] + of for language in ("fr", "en")}
        privacy: FieldPrivacy = "place" if one.get("privacy") == "place" else "none"
        yield Field(name, meaning, privacy, one.get("required", False))
    said = {"fr": "Personne ou texte libre : refusé", "en": "Person or free text: refused"}
    for names in TABLE["refused"].values():
        yield from (Field(name, said, "personal") for name in names)


CONNECTOR = Connector(
    name="public_space",
    title={"fr": "Usages de l'espace public", "en": "Uses of public space"},
    emits=("plans",),
    suffixes=(".csv", ".xlsx", ".json", ".geojson"),
    media=(
        "text/csv",
        "application/json",
        "application/geo+json",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    fields=tuple(_fields()),
    parse=parse,
    revises=True,
    reference="src/vigie/connectors/public_space.toml; CSI art. L211-1 (demonstrations); RFC 7946",
)
