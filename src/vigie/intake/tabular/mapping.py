"""A mapping file: from the columns of any table to records. Read, checked, compiled once.

The format is described in ``docs/explanation/architecture-notes.md``; every mistake is refused with
the key it stands under, before any row is read.
"""

from __future__ import annotations

import codecs
import json
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from vigie.base.errors import WrongUsage
from vigie.geo.projection import projection_of
from vigie.intake.tabular.recipes import (
    Recipe,
    TargetType,
    expect,
    invalid,
    read_recipe,
    texts,
    vocabulary,
)
from vigie.model.contracts import CONTRACTS, RecordKind
from vigie.model.units import METRICS, find_unit

FILE_FORMATS = ("csv", "xlsx", "jsonl", "json", "geojson", "parquet")
_TOP = {
    "source", "kind", "title", "period_s", "timezone", "file", "columns", "attributes", "means",
    "free_text", "drop", "measures", "comment",
}  # fmt: skip
_FILE: dict[str, type] = {
    "format": str,
    "separator": str,
    "encoding": str,
    "decimal": str,
    "sheet": str,
    "header": bool,
    "skip": int,
    "null": list,
    "records": str,
    "crs": str,
    "duplicates": str,
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    "facts": ("kind", "earliest_at"),
    "measures": ("from_at", "to_at"),
    "plans": ("kind", "starts_at", "ends_at"),
    "places": ("kind", "label"),
    "means": ("unit_ref", "kind", "at"),
}
_BESIDE: dict[str, TargetType] = {"address": "text", "place_name": "text", "point": "point"}
_MAPS = {"attributes", "means"}


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The ``[file]`` part of a mapping.

    Attributes:
        format: csv, xlsx, jsonl, json, geojson or parquet.
        separator: Of a CSV; None: sniffed.
        encoding: Of a text; None: detected.
        decimal: Decimal mark of numbers written as text.
        sheet: Of a workbook; empty: the first.
        header: Whether the first row names the columns.
        skip: Lines before the header.
        null: Further texts that mean an empty cell.
        records: JSON: name of the list of records; empty: the document itself, or the first list.
        crs: Reference system of lon and lat (``EPSG:2154``); empty: WGS 84.
        duplicates: Without ``source_ref``: ``merge`` identical rows, or ``keep`` them apart.
    """

    format: str = "csv"
    separator: str | None = None
    encoding: str | None = None
    decimal: str = "."
    sheet: str = ""
    header: bool = True
    skip: int = 0
    null: tuple[str, ...] = ()
    records: str = ""
    crs: str = ""
    duplicates: str = "merge"


@dataclass(frozen=True, slots=True)
class WideMeasure:
    """One ``[[measures]]`` block: a record of its own for each row."""

    value: Recipe
    metric: str
    unit: str


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping that can be used.

    Attributes:
        source: Name of the feed.
        kind: Record kind it makes.
        title: French and English.
        period_s: Expected period; None: the connector's.
        timezone: Zone of times without one; None: not stated, the city's is taken.
        file: How the file is written.
        recipes: Target columns, by name.
        attributes: Kept besides, by key.
        means: Means engaged (plans), by key.
        free_text: Source columns that hold free text.
        drop: Source columns refused at the door.
        measures: Wide measures.
    """

    source: str
    kind: RecordKind
    title: Mapping[str, str]
    period_s: int | None
    timezone: str | None
    file: FileFormat
    recipes: Mapping[str, Recipe]
    attributes: tuple[Recipe, ...] = ()
    means: tuple[Recipe, ...] = ()
    free_text: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    measures: tuple[WideMeasure, ...] = ()
    used: frozenset[str] = field(default_factory=frozenset)


def load_mapping(path: Path) -> dict[str, Any]:
    """Return a mapping file as the table it is, after checking that it can be used.

    Raises:
        MappingInvalid: When the file is not TOML or says something unusable.
    """
    return parse_mapping(path.read_bytes())


def parse_mapping(content: bytes) -> dict[str, Any]:
    """Return the text of a mapping as the table it is, after checking that it can be used.

    Raises:
        MappingInvalid: When it is not TOML or says something unusable.
    """
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        invalid("-", "reason_toml", detail=str(error))
    compile_mapping(raw)
    return raw


def compile_mapping(raw: Mapping[str, Any]) -> TableMapping:
    """Check a mapping and return it in the form that reading uses (kept for the next call).

    Raises:
        MappingInvalid: With ``key`` and ``reason``.
    """
    return _compile(json.dumps(raw, sort_keys=True, default=str))


@lru_cache(maxsize=256)
def _compile(text: str) -> TableMapping:
    raw = json.loads(text)
    _known_keys("", raw, _TOP)
    kind = raw.get("kind")
    if kind not in CONTRACTS:
        invalid("kind", "reason_expected", expected=" | ".join(CONTRACTS))
    source = expect("source", raw.get("source"), str)
    if not source or not source.replace("_", "").replace("-", "").isalnum():
        invalid("source", "reason_expected", expected="a-z 0-9 _ -")
    period = raw.get("period_s")
    recipes = _recipes(kind, raw)
    mapping = TableMapping(
        source=source,
        kind=kind,
        title=_title(source, raw.get("title")),
        period_s=None if period is None else expect("period_s", period, int),
        timezone=_timezone(raw.get("timezone")),
        file=_file(raw.get("file", {})),
        recipes=recipes,
        attributes=_kept(kind, "attributes", raw),
        means=_kept(kind, "means", raw),
        free_text=_free_text(kind, raw),
        drop=_names("drop", raw),
        measures=_measures(kind, raw),
    )
    _require(mapping)
    _check_twice(mapping)
    return _with_used(mapping)


def _known_keys(prefix: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in table:
        if key not in known:
            invalid(f"{prefix}{key}", "reason_unknown_key")


def _title(source: str, value: Any) -> dict[str, str]:
    if value is None:
        return {"fr": source, "en": source}
    if isinstance(value, str):
        return {"fr": value, "en": value}
    expect("title", value, dict)
    for language in ("fr", "en"):
        expect(f"title.{language}", value.get(language), str)
    return dict(value)


def _timezone(name: Any) -> str | None:
    if name is None:
        return None
    expect("timezone", name, str)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        invalid("timezone", "reason_unknown_value", value=name)
    return str(name)


def _file(raw: Any) -> FileFormat:
    expect("file", raw, dict)
    _known_keys("file.", raw, _FILE)
    for key, value in raw.items():
        expect(f"file.{key}", value, _FILE[key])
    values = dict(raw)
    if "null" in values:
        values["null"] = texts("file.null", values["null"])
    form = FileFormat(**values)
    if form.format not in FILE_FORMATS:
        invalid("file.format", "reason_expected", expected=" | ".join(FILE_FORMATS))
    if form.separator is not None and (len(form.separator) != 1 or not form.separator.isascii()):
        invalid("file.separator", "reason_expected", expected="; | , | \\t | |")
    if form.decimal not in {".", ","}:
        invalid("file.decimal", "reason_expected", expected=". | ,")
    if form.duplicates not in {"merge", "keep"}:
        invalid("file.duplicates", "reason_expected", expected="merge | keep")
    if form.skip < 0:
        invalid("file.skip", "reason_expected", expected=">= 0")
    if form.crs:
        try:
            projection_of(form.crs)
        except WrongUsage:
            invalid("file.crs", "reason_unknown_value", value=form.crs)
    if form.encoding is not None:
        try:
            codecs.lookup(form.encoding)
        except LookupError:
            invalid("file.encoding", "reason_unknown_value", value=form.encoding)
    return form


def target_types(kind: RecordKind) -> dict[str, TargetType]:
    """Return the columns that a mapping of this kind may fill, and what each holds."""
    found: dict[str, TargetType] = {}
    for column in CONTRACTS[kind].columns:
        if column.filled == "given" and column.name not in _MAPS:
            found[column.name] = _target_type(column.type)
    return found | _BESIDE


def _target_type(kind: pa.DataType) -> TargetType:
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "geometry" if pa.types.is_binary(kind) else "text"


def _recipes(kind: RecordKind, raw: Mapping[str, Any]) -> dict[str, Recipe]:
    table = expect("columns", raw.get("columns", {}), dict)
    types = target_types(kind)
    found: dict[str, Recipe] = {}
    for target, spec in table.items():
        key = f"columns.{target}"
        if target not in types:
            invalid(key, "reason_unknown_column")
        of_type: TargetType = types[target]
        if target == "revision" and isinstance(spec, dict) and "format" in spec:
            of_type = "time"  # the instant of the last change, as microseconds
        recipe = read_recipe(key, target, of_type, spec)
        _check_vocabulary(key, kind, recipe)
        if recipe.type == "time" and recipe.default is not None:
            known = {name for name, of in types.items() if of == "time"} - {target}
            if recipe.default not in known or recipe.default not in table:
                invalid(f"{key}.default", "reason_expected", expected=" | ".join(sorted(known)))
        found[target] = recipe
    return found


def _check_vocabulary(key: str, kind: str, recipe: Recipe) -> None:
    words = vocabulary(recipe.target, kind)
    if words is None:
        return
    used = [*(recipe.codes or {}).values(), recipe.value, recipe.default]
    for word in used:
        if word is not None and word not in words:
            invalid(key, "reason_expected", expected=" | ".join(words))


def _kept(kind: RecordKind, name: str, raw: Mapping[str, Any]) -> tuple[Recipe, ...]:
    if name not in raw:
        return ()
    if name not in {column.name for column in CONTRACTS[kind].columns}:
        invalid(name, "reason_not_for_kind", kind=kind)
    table = expect(name, raw[name], dict)
    return tuple(read_recipe(f"{name}.{key}", key, "text", spec) for key, spec in table.items())


def _names(part: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
    table = expect(part, raw.get(part, {}), dict)
    _known_keys(f"{part}.", table, {"columns"})
    return texts(f"{part}.columns", table.get("columns", []))


def _free_text(kind: RecordKind, raw: Mapping[str, Any]) -> tuple[str, ...]:
    names = _names("free_text", raw)
    if names and kind != "facts":
        invalid("free_text", "reason_not_for_kind", kind=kind)
    return names


def _measures(kind: RecordKind, raw: Mapping[str, Any]) -> tuple[WideMeasure, ...]:
    if "measures" not in raw:
        return ()
    if kind != "measures":
        invalid("measures", "reason_not_for_kind", kind=kind)
    found = []
    for position, block in enumerate(expect("measures", raw["measures"], list), start=1):
        key = f"measures.{position}"
        expect(key, block, dict)
        _known_keys(f"{key}.", block, {"value", "metric", "unit"})
        metric = expect(f"{key}.metric", block.get("metric"), str)
        if metric not in METRICS:
            invalid(f"{key}.metric", "reason_unknown_value", value=metric)
        unit = expect(f"{key}.unit", block.get("unit", METRICS[metric].unit), str)
        if find_unit(unit) is None:
            invalid(f"{key}.unit", "reason_unknown_value", value=unit)
        recipe = read_recipe(f"{key}.value", "value", "number", block.get("value"))
        found.append(WideMeasure(recipe, metric, unit))
    return tuple(found)


def _require(mapping: TableMapping) -> None:
    required = list(_REQUIRED[mapping.kind])
    if mapping.kind == "measures" and not mapping.measures:
        required += ["metric", "value"]
    for name in required:
        if name not in mapping.recipes:
            invalid(f"columns.{name}", "reason_missing_key")


def _check_twice(mapping: TableMapping) -> None:
    """Refuse a column that is both kept and refused: which one is meant must be said."""
    kept = set(_sources(mapping)) | set(mapping.free_text)
    for name in mapping.drop:
        if name in kept:
            invalid("drop.columns", "reason_named_twice", value=name)


def _sources(mapping: TableMapping) -> list[str]:
    recipes = [
        *mapping.recipes.values(),
        *mapping.attributes,
        *mapping.means,
        *(wide.value for wide in mapping.measures),
    ]
    return [column for recipe in recipes for column in recipe.columns]


def _with_used(mapping: TableMapping) -> TableMapping:
    used = frozenset(_sources(mapping)) | frozenset(mapping.free_text)
    values = {name: getattr(mapping, name) for name in mapping.__slots__}
    return TableMapping(**(values | {"used": used}))
