"""The city's register of cameras: where each stands, what it sees, and by whose leave.

CSV, JSON or GeoJSON, one camera a row. A camera without the prefect's authorisation, with one that
has expired, without a purpose of article L251-2, without a retention of 1 to 30 days or without a
word on privacy masks is refused (law, VID-1, VID-2, VID-6; CSI L251-1 to L255-1): it is not on the
map, and the quarantine says why. The validity of the place ends with the authorisation. Who
installed it, its address and its stream are no business of an observatory.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from importlib.resources import files

import numpy as np
import shapely

from vigie.base.clock import to_us
from vigie.base.translations import Phrase
from vigie.geo.distance import offset_point
from vigie.intake.connector import Connector, Context, Field, Parsed, Payload
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.reading import (
    RowRefused,
    instant,
    need_text,
    number,
    shown_name,
    text,
)
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.tree import Tree, read_json, read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.model.times import SECOND_US

MAX_BYTES = 32 << 20
LONGEST_DAYS = 30
"""One month at most (CSI L252-5), taken as 30 days."""
PURPOSES = 11
"""How many purposes article L251-2 has."""

_TABLES = tomllib.loads(
    files("vigie.connectors").joinpath("camera_register.toml").read_text("utf-8")
)
NAMES: dict[str, str] = _TABLES["names"]
KINDS: dict[str, str] = _TABLES["kinds"]
MASKS: dict[str, str] = _TABLES["masks"]
FIELDS = tuple(
    Field(name, {"fr": fr, "en": en}, privacy, required)
    for name, (fr, en, privacy, required) in _TABLES["fields"].items()
)
ALLOWED = AllowList(FIELDS)

_FRENCH_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_PURPOSE = re.compile(r"(?:art(?:icle)?\.?\s*)?(?:l\.?\s*251-2\s*)?(\d{1,2})\s*°?", re.IGNORECASE)
_FULL_TURN = 360.0
_FARTHEST_M = 2_000.0
_ARC_STEP_DEG = 5.0
_MOST_CORNERS = 200
_POLYGON = 3


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn a register into places, one per camera that may film."""
    rows = Rows("places")
    try:
        data = read_payload(payload, MAX_BYTES)
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            _from_json(read_json(data), rows, context)
        else:
            _from_table(data, payload.name, rows, context)
    except FileRefused as refusal:
        yield refused_file("places", refusal)
        return
    yield from rows.parsed()


def _from_json(tree: Tree, rows: Rows, context: Context) -> None:
    """Read a list of objects, an object with a list of cameras, or GeoJSON features."""
    if isinstance(tree, dict):
        tree = next((tree[key] for key in ("features", "cameras") if key in tree), [tree])
    for entry in tree if isinstance(tree, list) else [tree]:
        one = _flat(entry)
        if one is None:
            with rows.row(b"[null]"):
                raise RowRefused("bad_row", reason=Phrase("reason_not_object"))
        else:
            _row(one, rows, context)


def _flat(entry: Tree) -> dict[str, Tree] | None:
    """Return a feature's properties with its position, or the object as it is."""
    if not isinstance(entry, dict):
        return None
    properties = entry.get("properties")
    if entry.get("type") != "Feature" or not isinstance(properties, dict):
        return entry
    geometry = entry.get("geometry")
    point = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(point, list) or len(point) < 2:  # noqa: PLR2004 -- longitude, latitude
        return properties
    return {**properties, "longitude": point[0], "latitude": point[1]}


def _from_table(data: bytes, name: str, rows: Rows, context: Context) -> None:
    form = DelimitedFormat(known=("identifiant", *NAMES), max_line_bytes=context.max_line_bytes)
    for block in read_delimited(io.BytesIO(data), name, form):
        rows.remarks(block.notices)
        for reject in block.rejects:
            with rows.row(reject.raw):
                raise RowRefused(reject.code, **reject.params)
        columns = {column: values.to_pylist() for column, values in block.columns.items()}
        for index in range(len(block)):
            one = {column: values[index] for column, values in columns.items()}
            _row({key: value for key, value in one.items() if value is not None}, rows, context)


def _plain(name: str) -> str:
    """Return a name in lower case, without accents, its words joined by underscores."""
    folded = unicodedata.normalize("NFKD", name.strip().casefold())
    return re.sub(r"[^a-z0-9]+", "_", "".join(c for c in folded if not unicodedata.combining(c)))


def _row(entry: dict[str, Tree], rows: Rows, context: Context) -> None:
    named: dict[str, Tree] = {}
    for name, value in entry.items():
        plain = _plain(name).strip("_")
        named.setdefault(NAMES.get(plain, plain), value)
    stripped = ALLOWED.strip(named)
    rows.remarks(stripped.notices())
    raw = partial(json.dumps, [stripped.tree], ensure_ascii=False)
    with rows.row(lambda: raw().encode("utf-8", "replace")):
        _camera(stripped.tree, rows, context)


def _camera(one: dict[str, Tree], rows: Rows, context: Context) -> None:
    name = need_text(one, "identifiant", 80)
    from_us, to_us_ = _authorised(one, context)
    attributes = {
        "authorisation": need_text(one, "autorisation", 120),
        "purposes": ",".join(map(str, _purposes(one))),
        "retention_days": str(_retention(one)),
        **_masks(one),
    }
    lon, lat = number(one, "longitude"), number(one, "latitude")
    if lon is None or lat is None:
        raise RowRefused("missing_required", column="longitude" if lon is None else "latitude")
    kind = _plain(text(one, "type", 40) or "").strip("_")
    if kind and kind not in KINDS:
        rows.remark("unknown_code", value=shown_name(kind), column="type")
    sector, seen = _sector(one, lon, lat)
    accuracy = number(one, "precision_m")
    if accuracy is not None and not 0 <= accuracy <= _FARTHEST_M:
        raise RowRefused("out_of_range", value=f"{accuracy:g}", column="precision_m")
    changed = _day(one, "mise_a_jour", context) or 0
    rows.add(
        "places",
        {
            "source_ref": name,
            "revision": changed // SECOND_US,
            "kind": KINDS.get(kind, "place.camera"),
            "label": text(one, "nom", 80) or name,
            "geometry": sector,
            "lon": lon,
            "lat": lat,
            "accuracy_m": accuracy,
            "owner": text(one, "service", 120),
            "valid_from_at": from_us,
            "valid_to_at": to_us_,
            "attributes": attributes | seen,
        },
    )


def _day(one: dict[str, Tree], column: str, context: Context, *, after: int = 0) -> int | None:
    """Return the local midnight that begins a day (or ``after`` days later), or an instant, as µs.

    Raises:
        RowRefused: ``bad_time``.
    """
    shown = text(one, column, 40)
    if shown is None:
        return None
    french = _FRENCH_DATE.fullmatch(shown)
    iso = "-".join(reversed(french.groups())) if french else shown
    if re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
        try:
            iso = (date.fromisoformat(iso) + timedelta(days=after)).isoformat() + "T00:00:00"
        except (ValueError, OverflowError) as error:
            raise RowRefused("bad_time", value=shown, column=column) from error
    return instant({column: iso}, column, context.timezone)


def _authorised(one: dict[str, Tree], context: Context) -> tuple[int | None, int]:
    """Return from when and until when (exclusive) the camera may film.

    Raises:
        RowRefused: ``missing_required``, ``bad_time``, ``time_reversed`` or
            ``authorisation_expired``.
    """
    need_text(one, "autorisation", 120)
    until = _day(one, "autorisation_fin", context, after=1)
    if until is None:
        raise RowRefused("missing_required", column="autorisation_fin")
    since = _day(one, "autorisation_debut", context)
    if since is not None and since >= until:
        raise RowRefused("time_reversed")
    if until <= to_us(context.now):
        raise RowRefused("authorisation_expired", value=text(one, "autorisation_fin", 40))
    return since, until


def _purposes(one: dict[str, Tree]) -> list[int]:
    """Return the purposes of article L251-2 by number, sorted."""
    shown = one.get("finalites")
    parts = shown if isinstance(shown, list) else re.split(r"[,;/|+]", need_text(one, "finalites"))
    found = set()
    for part in parts:
        said = (text(part, "", 60) or "").strip()
        if not said:
            continue
        purpose = _PURPOSE.fullmatch(said)
        if purpose is None or not 1 <= int(purpose[1]) <= PURPOSES:
            raise RowRefused("unknown_code", value=shown_name(said), column="finalites")
        found.add(int(purpose[1]))
    if not found:
        raise RowRefused("missing_required", column="finalites")
    return sorted(found)


def _retention(one: dict[str, Tree]) -> int:
    days = number(one, "conservation_jours")
    if days is None:
        raise RowRefused("missing_required", column="conservation_jours")
    if not (days.is_integer() and 1 <= days <= LONGEST_DAYS):
        raise RowRefused("out_of_range", value=f"{days:g}", column="conservation_jours")
    return int(days)


def _masks(one: dict[str, Tree]) -> dict[str, str]:
    """Return the state of the privacy masks, and their polygons where the register has them."""
    polygons = one.get("masques_polygones")
    if isinstance(polygons, str) and polygons.strip():
        try:
            polygons = read_json(polygons.encode("utf-8", "replace"))
        except FileRefused as refusal:
            raise RowRefused("bad_geometry") from refusal
    drawn = _drawn(polygons) if polygons else None
    said = text(one, "masques", 40)
    if said is None:
        if drawn is None:
            raise RowRefused("missing_required", column="masques")
        state: str | None = "set"
    else:
        state = MASKS.get(_plain(said).strip("_"))
    if state is None:
        raise RowRefused("unknown_code", value=shown_name(said or ""), column="masques")
    return {"masks": state} | ({"mask_polygons": drawn} if drawn else {})


def _drawn(polygons: Tree) -> str:
    """Return polygons of the image as compact JSON: corners from 0 to 1, at least three each."""
    if not isinstance(polygons, list) or not 1 <= len(polygons) <= _MOST_CORNERS:
        raise RowRefused("bad_geometry")
    for polygon in polygons:
        if not isinstance(polygon, list) or not _POLYGON <= len(polygon) <= _MOST_CORNERS:
            raise RowRefused("bad_geometry")
        for corner in polygon:
            inside = (
                isinstance(corner, list)
                and len(corner) == 2  # noqa: PLR2004 -- across, down
                and all(type(v) in {int, float} and 0 <= v <= 1 for v in corner)
            )
            if not inside:
                raise RowRefused("bad_geometry")
    return json.dumps(polygons, separators=(",", ":"))


def _sector(one: dict[str, Tree], lon: float, lat: float) -> tuple[bytes | None, dict[str, str]]:
    """Return the sector seen as WKB, and its three numbers; no sector where one of them lacks.

    A camera that turns all the way round needs no direction.
    """
    azimuth, opening = number(one, "azimut"), number(one, "ouverture")
    reach = number(one, "portee_m")
    for name, value, low, high in (
        ("azimut", azimuth, -_FULL_TURN, _FULL_TURN),
        ("ouverture", opening, 1.0, _FULL_TURN),
        ("portee_m", reach, 1.0, _FARTHEST_M),
    ):
        if value is not None and not low <= value <= high:
            raise RowRefused("out_of_range", value=f"{value:g}", column=name)
    told = {"azimuth_deg": azimuth, "opening_deg": opening, "range_m": reach}
    seen = {name: f"{value:g}" for name, value in told.items() if value is not None}
    if azimuth is None and opening == _FULL_TURN:
        azimuth = 0.0
    if azimuth is None or opening is None or reach is None:
        return None, seen
    if not (-180.0 <= lon <= 180.0 and -90.0 < lat < 90.0):  # noqa: PLR2004 -- the kit refuses it
        return None, seen
    return sector(lon, lat, azimuth, opening, reach), seen


def sector(lon: float, lat: float, azimuth: float, opening: float, reach: float) -> bytes:
    """Return a circular sector as WKB.

    Args:
        lon: Of the apex, degrees.
        lat: Of the apex, degrees.
        azimuth: Of its middle, degrees clockwise from north.
        opening: Degrees; 360 is a disc.
        reach: Radius, metres.
    """
    steps = max(2, int(np.ceil(opening / _ARC_STEP_DEG)) + 1)
    bearings = azimuth + np.linspace(-opening / 2, opening / 2, steps)
    x, y = offset_point(lon, lat, reach, bearings)
    arc = np.column_stack([x, y])
    ring = arc if opening >= _FULL_TURN else np.vstack([[lon, lat], arc])
    return bytes(shapely.to_wkb(shapely.Polygon(ring)))


CONNECTOR = Connector(
    name="camera_register",
    title={"fr": "Registre des caméras de vidéoprotection", "en": "Register of cameras"},
    emits=("places",),
    suffixes=(".csv", ".json", ".geojson"),
    media=("text/csv", "application/json", "application/geo+json"),
    fields=FIELDS,
    parse=parse,
    period_s=31 * 86_400,
    revises=True,
    reference="Code de la sécurité intérieure, L251-1 to L255-1; RFC 4180, RFC 7946",
)
