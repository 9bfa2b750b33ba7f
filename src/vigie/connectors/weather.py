"""The weather: Open-Meteo's forecasts and Météo-France's observations, as measures.

Open-Meteo gives the values of a model (JSON; quality *estimated*; the answer received last wins).
Météo-France gives observations: JSON or CSV of its stations in SI units (lower case), and its
climatological CSV in usual units (upper case) with a quality code beside each value. Units are
converted by the register; an impossible value stays and the kit marks it suspect.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vigie.base.clock import to_us
from vigie.base.errors import VigieError
from vigie.base.ids import record_id
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Field, Parsed, Payload
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.codes import shown
from vigie.intake.messages.reading import (
    RowRefused,
    instant,
    many,
    need_instant,
    need_text,
    number,
    text,
)
from vigie.intake.messages.rows import Raw, Rows, refused_file
from vigie.intake.messages.tables import fields_of, read_tables
from vigie.intake.messages.tree import Tree, read_json, read_payload
from vigie.intake.tabular.block import Block, FileRefused
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.model.times import SECOND_US
from vigie.model.units import METRICS, conversion, find_unit

SKEW_S = 300
HOUR_S, SIX_MINUTES_S, QUARTER_S = 3_600, 360, 900
MAX_OFFSET_S = 50_400
"""No zone is further from UTC than 14 h."""

_TABLES = read_tables("vigie.connectors", "weather")
_OPEN_METEO: dict[str, dict[str, Any]] = _TABLES["open_meteo"]
_METEO_FRANCE: dict[str, dict[str, Any]] = _TABLES["meteo_france"]
_QUALITY: dict[str, dict[str, Any]] = _TABLES["quality"]
_SERIES = {"hourly": HOUR_S, "minutely_15": QUARTER_S, "current": QUARTER_S}
_STATION = ("geo_id_insee", "NUM_POSTE", "POSTE")
_WHEN = ("AAAAMMJJHH", "AAAAMMJJHHMN", "DATE", "validity_time")
_MISSING = frozenset({"mq", "na", "nan", "-", "null", "none"})
_ZONED = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
_STAMP = re.compile(r"\d{10}(?:\d{2})?", re.ASCII)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one answer of a weather service, or one file of observations, into measures.

    Options of the feed: ``stations``, from a station's number to ``[lon, lat]``, for files that
    name stations without saying where they are; ``places``, the feed that knows the stations as
    places, by their numbers.
    """
    try:
        data = read_payload(payload)
        rows = Rows("measures")
        if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
            _read_json(read_json(data), rows, context)
        else:
            _read_csv(data, payload.name, rows, context)
    except FileRefused as refusal:
        yield refused_file("measures", refusal)
        return
    yield from rows.parsed()


def _read_json(tree: Tree, rows: Rows, context: Context) -> None:
    for item in many(tree):
        stripped = _ALLOWED.strip(item)
        rows.remarks(stripped.notices())
        kept = stripped.tree
        if isinstance(item, dict) and any(name in item for name in _SERIES):
            _forecast(kept, rows, context)
            continue
        with rows.row(_json_raw(kept)):
            if not isinstance(item, dict):
                raise RowRefused("bad_row", reason=Phrase("reason_not_object"))
            if "validity_time" not in item:
                raise RowRefused("unknown_message", value="JSON")
            at_us = need_instant(kept, "validity_time", "UTC", zoned=True)
            step = SIX_MINUTES_S if "rr_per" in item else HOUR_S
            _observation(kept, at_us, step, rows, context)


def _json_raw(tree: Tree) -> Raw:
    return lambda: json.dumps([tree]).encode()


@dataclass(frozen=True, slots=True)
class _About:
    """What the measures of one row share: where, when, of which series and run."""

    place: str
    lon: float | None
    lat: float | None
    at_us: int
    step_s: int
    revision: int
    series: str
    place_id: str | None = None

    def add(self, rows: Rows, how: Mapping[str, Any], value: float, quality: str | None) -> None:
        """Add the measure of one value, already in its metric's unit."""
        before = how["over"] == "before"
        from_us = self.at_us - self.step_s * SECOND_US if before else self.at_us
        rows.add(
            "measures",
            {
                "source_ref": f"{how['metric']}/{self.place}/{self.series}"
                f"@{self.at_us // SECOND_US}",
                "revision": self.revision,
                "metric": how["metric"],
                "place_id": self.place_id,
                "from_at": from_us,
                "to_at": from_us + self.step_s * SECOND_US,
                "lon": self.lon,
                "lat": self.lat,
                "value": value,
                "unit": METRICS[how["metric"]].unit,
                "quality": quality,
            },
        )


def _forecast(tree: Tree, rows: Rows, context: Context) -> None:
    """Read one place of an Open-Meteo answer; each instant of each series is a row."""
    if tree.get("daily") is not None:
        rows.remark("not_used", what="daily")
    for series in _SERIES:
        block = tree.get(series)
        if block is None:
            continue
        columns = block if isinstance(block, dict) else {}
        columns = {k: v if isinstance(v, list) else [v] for k, v in columns.items()}
        for index in range(max((len(v) for v in columns.values()), default=0) or 1):
            here = {name: values[index : index + 1] for name, values in columns.items()}
            alone = {k: v for k, v in tree.items() if k not in _SERIES and k != "daily"}
            alone["received_at"] = _received_s(tree, context)
            with rows.row(_json_raw({**alone, series: here})):
                _at_one_time(tree, series, here, rows, context)


def _at_one_time(
    tree: Tree, series: str, here: Mapping[str, list[Any]], rows: Rows, context: Context
) -> None:
    lat, lon = number(tree, "latitude"), number(tree, "longitude")
    if lat is None or lon is None:
        raise RowRefused("missing_required", column="latitude, longitude")
    units = tree.get(f"{series}_units")
    at_us = _local_time(tree, here, text(units, "time"))
    uneven = [name for name, values in here.items() if not values]
    if uneven:
        raise RowRefused("ragged_row", found=len(here) - len(uneven), expected=len(here))
    step = _SERIES[series]
    if series == "current":
        step = int(number(here, "interval") or step)
        if not 0 < step <= HOUR_S * 24:
            raise RowRefused("out_of_range", value=step, column="current.interval")
    run = _received_s(tree, context)
    about = _About(f"{lat:.4f},{lon:.4f}", lon, lat, at_us, step, run, series)
    done = set()
    for name, how in _OPEN_METEO.items():
        value = number(here, name)
        if value is None or how["metric"] in done:
            continue
        done.add(how["metric"])
        unit = need_text(units, name) if isinstance(units, dict) else None
        if unit is None:
            raise RowRefused("missing_required", column=f"{series}_units")
        about.add(rows, how, _converted(value, unit, how["metric"]), "estimated")


def _received_s(tree: Tree, context: Context) -> int:
    """Return when an answer was received: it names no run, so this orders the runs.

    A row in quarantine carries it, lest it be taken for the newest when it is tried again.
    """
    now_s = to_us(context.now) // SECOND_US
    stated = text(tree, "received_at", 20) or ""
    return min(int(stated), now_s) if _SECONDS.fullmatch(stated) else now_s


def _local_time(tree: Tree, here: Mapping[str, list[Any]], unit: str | None) -> int:
    """Return an instant of Open-Meteo: Unix seconds, or local time at the answer's one offset.

    The service writes a whole answer at ``utc_offset_seconds``, across a change of the clocks too.
    """
    if unit == "unixtime":
        seconds = number(here, "time")
        if seconds is None:
            raise RowRefused("missing_required", column="time")
        return int(seconds) * SECOND_US
    offset = number(tree, "utc_offset_seconds")
    if offset is None:
        zone = text(tree, "timezone") or "UTC"
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise RowRefused("unknown_code", value=zone[:40], column="timezone") from error
        return need_instant(here, "time", zone)
    if abs(offset) > MAX_OFFSET_S:
        raise RowRefused("out_of_range", value=f"{offset:g}", column="utc_offset_seconds")
    at_us = need_instant(here, "time", "UTC")
    zoned = _ZONED.search(need_text(here, "time")[10:])
    return at_us if zoned else at_us - int(offset) * SECOND_US


def _read_csv(data: bytes, file: str, rows: Rows, context: Context) -> None:
    known = [name for name in _KNOWN_COLUMNS if name]
    form = DelimitedFormat(known=known, max_line_bytes=context.max_line_bytes)
    seen = False
    for block in read_delimited(BytesIO(data), file, form):
        rows.remarks(block.notices)
        if block.columns and not seen:
            seen = True
            _check_header(block.columns, rows)
        _take_block(block, rows, context)


def _check_header(columns: Mapping[str, Any], rows: Rows) -> None:
    """Remark on columns that are not listed, once a file.

    Raises:
        FileRefused: ``missing_column`` when nothing says when, or which station.
    """
    rows.remarks(_ALLOWED.strip(dict.fromkeys(columns, "x")).notices())
    for wanted in (_WHEN, _STATION):
        if not any(name in columns for name in wanted):
            raise FileRefused("missing_column", column=" / ".join(wanted))


def _take_block(block: Block, rows: Rows, context: Context) -> None:
    """Read the rows of a block in the file's order, with those that are no row."""
    kept = [name for name in block.columns if name in _KNOWN_COLUMNS]
    cells = {name: block.columns[name].to_pylist() for name in kept}
    index_of = {int(number_): index for index, number_ in enumerate(block.rows)}
    rejects = {reject.row or 0: reject for reject in block.rejects}
    for at in sorted({*index_of, *rejects}):
        reject = rejects.get(at)
        index = index_of.get(at, 0)
        with rows.row(_block_raw(block, index) if reject is None else reject.raw):
            if reject is not None:
                raise RowRefused(reject.code, **reject.params)
            row = {name: values[index] for name, values in cells.items()}
            at_us, step = _stamp(row)
            _observation(row, at_us, step, rows, context)


def _block_raw(block: Block, index: int) -> Callable[[], bytes]:
    return lambda: block.raw(index)


def _stamp(row: Mapping[str, Any]) -> tuple[int, int]:
    """Return the instant of a row (``AAAAMMJJHH`` or ``AAAAMMJJHHMN``, UTC) and its step."""
    column = next(name for name in _WHEN if name in row)
    if column == "validity_time":
        step = SIX_MINUTES_S if "rr_per" in row else HOUR_S
        return need_instant(row, column, "UTC", zoned=True), step
    shown = need_text(row, column)
    if _STAMP.fullmatch(shown):
        minute = shown[10:] or "00"
        try:
            at = datetime.strptime(shown[:10] + minute, "%Y%m%d%H%M").replace(tzinfo=UTC)
        except ValueError:
            pass
        else:
            return to_us(at), SIX_MINUTES_S if shown[10:] else HOUR_S
    raise RowRefused("bad_time", value=shown[:40], column=column)


def _observation(
    row: Mapping[str, Any], at_us: int, step: int, rows: Rows, context: Context
) -> None:
    """Read the values of one station at one time."""
    station = next((found for name in _STATION if (found := text(row, name, 40))), None)
    if station is None:
        raise RowRefused("missing_required", column=" / ".join(_STATION))
    ahead = at_us // SECOND_US - to_us(context.now) // SECOND_US
    if ahead > SKEW_S:
        rows.remark("clock_skew", seconds=ahead)
    lon, lat = _where(row, station, context)
    issued = instant(row, "insert_time", "UTC") or instant(row, "reference_time", "UTC") or 0
    places = context.options.get("places")
    place_id = record_id(places, station) if isinstance(places, str) else None
    revision = issued // SECOND_US
    done = set()
    for name, how in _METEO_FRANCE.items():
        missing = (text(row, name, 40) or "-").casefold() in _MISSING
        value = None if missing or how["metric"] in done else number(row, name)
        if value is None:
            continue
        done.add(how["metric"])
        quality, checked = _quality(row, name, rows)
        stands_in = how.get("stands_in", False)
        about = _About(
            station, lon, lat, at_us, step, revision or checked, f"{step}s", place_id=place_id
        )
        converted = _converted(value, how["unit"], how["metric"])
        about.add(rows, how, converted, "estimated" if stands_in else quality)


def _where(
    row: Mapping[str, Any], station: str, context: Context
) -> tuple[float | None, float | None]:
    lat = number(row, "lat" if "lat" in row else "LAT")
    lon = number(row, "lon" if "lon" in row else "LON")
    stations = context.options.get("stations")
    listed = stations.get(station) if isinstance(stations, Mapping) else None
    if (lat is None or lon is None) and isinstance(listed, list | tuple):
        lon, lat = number({"v": listed[:1]}, "v"), number({"v": listed[1:]}, "v")
    return (lon, lat) if lon is not None and lat is not None else (None, None)


def _quality(row: Mapping[str, Any], name: str, rows: Rows) -> tuple[str | None, int]:
    """Return the quality of a value and how far the service has checked it."""
    code = text(row, f"Q{name}", 10)
    if code is None:
        return "good", 0
    found = _QUALITY.get(code)
    if found is None:
        rows.remark("unknown_code", value=code, column=f"Q{name}")
        return None, 0
    return found["quality"], found["checked"]


def _converted(value: float, unit: str, metric: str) -> float:
    """Return a value in its metric's unit, without the dust of binary fractions.

    Raises:
        RowRefused: ``unknown_code`` when the unit is unknown or measures something else.
    """
    factors = _factors(unit, metric)
    if factors is None:
        raise RowRefused("unknown_code", value=shown(unit), column="unit")
    return round(value * factors[0] + factors[1], 6)


@lru_cache(maxsize=256)
def _factors(unit: str, metric: str) -> tuple[float, float] | None:
    if find_unit(unit) is None:
        return None
    try:
        return conversion(unit, METRICS[metric].unit)
    except VigieError:
        return None


FIELDS = (
    *fields_of(_TABLES),
    *(
        Field(f"{series}{name}", {"fr": "Série du modèle", "en": "Series of the model"})
        for series in _SERIES
        for name in ("_units", ".time", ".interval", *(f".{one}" for one in _OPEN_METEO))
    ),
    *(
        Field(name, {"fr": "Grandeur observée", "en": "Observed variable"})
        for name in _METEO_FRANCE
    ),
    *(
        Field(f"Q{name}", {"fr": "Code qualité", "en": "Quality code"})
        for name in _METEO_FRANCE
        if name.isupper()
    ),
)
_ALLOWED = AllowList(FIELDS)
_KNOWN_COLUMNS = frozenset(field.name for field in FIELDS if field.privacy != "agent")

CONNECTOR = Connector(
    name="weather",
    title={"fr": "Météo : prévisions et observations", "en": "Weather: forecasts and observations"},
    emits=("measures",),
    suffixes=(".json", ".csv"),
    media=("application/json", "text/csv"),
    fields=FIELDS,
    parse=parse,
    period_s=3_600,
    revises=True,
    reference="Open-Meteo Forecast API; Météo-France, observations des stations et données"
    " climatologiques de base (Licence Ouverte 2.0).",
)
