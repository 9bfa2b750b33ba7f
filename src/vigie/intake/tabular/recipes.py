"""How one target column is made from source columns: the right-hand sides of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from vigie.base.errors import MappingInvalid
from vigie.base.translations import Phrase
from vigie.model.contracts import (
    BASES,
    DISCOVERERS,
    MEANS_STATUSES,
    PLAN_STATES,
    QUALITIES,
    STATUSES,
)
from vigie.model.taxonomy import TAXONOMY
from vigie.model.units import METRICS, find_unit

TargetType = Literal["time", "number", "integer", "text", "boolean", "geometry", "point"]

TIME_FORMATS = ("iso8601", "rfc3339", "epoch_s", "epoch_ms", "epoch_us")
GEOMETRY_FORMATS = ("wkt", "geojson")
POINT_FORMATS = ("lat,lon", "lon,lat")
UNKNOWN = "unknown"

_KEYS: dict[str, type | tuple[type, ...]] = {
    "column": str,
    "join": list,
    "separator": str,
    "value": (str, int, float, bool),
    "format": (str, list),
    "default": (str, int, float, bool),
    "map": dict,
    "prefix": bool,
    "scale": (int, float),
    "offset": (int, float),
    "decimal": str,
    "plus_s": (int, float),
    "end_of": str,
    "places": str,
}
_VOCABULARIES: dict[str, tuple[str, ...]] = {
    "basis": BASES,
    "discovered_by": DISCOVERERS,
    "state": PLAN_STATES,
    "quality": QUALITIES,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One target column.

    Attributes:
        target: Contract column, or ``address``, ``place_name``, ``point``, or an attribute's key.
        type: What the target holds.
        columns: Source columns; several are joined as text.
        separator: Between joined texts; empty parts are left out.
        value: A constant for every row (then ``columns`` is empty).
        formats: Ways to read a time, geometry or point; tried in order.
        default: For a time, the target to copy where the source is empty; otherwise a constant.
        codes: From the source's code to ours.
        prefix: Whether the longest key that begins the code counts.
        scale: Numbers are multiplied by it.
        offset: Added after scaling.
        decimal: Decimal mark; empty: the file's.
        plus_s: Seconds added to a time.
        end_of: ``day``: a time is moved to the last microsecond of its local day.
        places: Feed of the places that ``place_id`` refers to; empty: this feed.
    """

    target: str
    type: TargetType
    columns: tuple[str, ...] = ()
    separator: str = " "
    value: Any = None
    formats: tuple[str, ...] = ()
    default: Any = None
    codes: Mapping[str, str] | None = None
    prefix: bool = False
    scale: float = 1.0
    offset: float = 0.0
    decimal: str = ""
    plus_s: float = 0.0
    end_of: str = ""
    places: str = ""
    strict: bool = field(default=False)


def invalid(key: str, reason: str, **params: Any) -> NoReturn:
    """Refuse a mapping.

    Raises:
        MappingInvalid: Always, with the key and the reason as a phrase in both languages.
    """
    phrase = Phrase(reason, **params)
    raise MappingInvalid(f"{key}: {phrase}", key=key, reason=phrase)


def expect(key: str, value: Any, types: type | tuple[type, ...]) -> Any:
    """Return ``value`` when it is of a type; refuse the mapping otherwise.

    Raises:
        MappingInvalid: When it is of another type.
    """
    wanted = types if isinstance(types, tuple) else (types,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        invalid(key, "reason_expected", expected=" | ".join(kind.__name__ for kind in wanted))
    return value


def texts(key: str, value: Any) -> tuple[str, ...]:
    """Return a list of texts; refuse the mapping when it is anything else.

    Raises:
        MappingInvalid: When it is not a list of texts.
    """
    for item in expect(key, value, list):
        expect(key, item, str)
    return tuple(value)


def read_recipe(key: str, target: str, kind: TargetType, spec: Any) -> Recipe:
    """Return the recipe that a right-hand side of the mapping means.

    Args:
        key: Where it stands in the mapping, for errors.
        target: Column to make.
        kind: What the column holds.
        spec: A source column's name, or a table (``docs/explanation/architecture-notes.md``).

    Raises:
        MappingInvalid: When it cannot be used.
    """
    if isinstance(spec, str):
        spec = {"column": spec}
    expect(key, spec, dict)
    for name, value in spec.items():
        if name not in _KEYS:
            invalid(f"{key}.{name}", "reason_unknown_key")
        expect(f"{key}.{name}", value, _KEYS[name])
    recipe = Recipe(
        target=target,
        type=kind,
        columns=_columns(key, kind, spec),
        separator=spec.get("separator", " "),
        value=spec.get("value"),
        formats=_formats(key, kind, spec.get("format")),
        default=spec.get("default"),
        codes=_codes(key, spec),
        prefix=spec.get("prefix", False),
        scale=float(spec.get("scale", 1.0)),
        offset=float(spec.get("offset", 0.0)),
        decimal=spec.get("decimal", ""),
        plus_s=float(spec.get("plus_s", 0.0)),
        end_of=spec.get("end_of", ""),
        places=spec.get("places", ""),
        strict=spec.get("format") == "rfc3339",
    )
    _check_parts(key, recipe)
    _check_words(key, recipe)
    return recipe


def _columns(key: str, kind: TargetType, spec: Mapping[str, Any]) -> tuple[str, ...]:
    if "column" in spec and "join" in spec:
        invalid(key, "reason_expected", expected="column | join")
    if "join" in spec:
        if kind not in {"text", "time"}:
            invalid(f"{key}.join", "reason_expected", expected="column")
        return texts(f"{key}.join", spec["join"])
    if "column" in spec:
        return (spec["column"],)
    if "value" not in spec and "default" not in spec:
        invalid(key, "reason_expected", expected="column | join | value | default")
    return ()


def _formats(key: str, kind: TargetType, stated: Any) -> tuple[str, ...]:
    if stated is None:
        return {"time": ("iso8601",), "geometry": ("wkt",), "point": ("lat,lon",)}.get(kind, ())
    formats = texts(f"{key}.format", stated) if isinstance(stated, list) else (stated,)
    known = {"geometry": GEOMETRY_FORMATS, "point": POINT_FORMATS}.get(kind)
    for form in formats:
        if kind == "time":
            fine = form in TIME_FORMATS or ("%d" in form or "%j" in form or "%s" in form)
        else:
            fine = known is not None and form in known
        if not fine:
            expected = (*TIME_FORMATS, "%d/%m/%Y …") if kind == "time" else known or ("-",)
            invalid(f"{key}.format", "reason_expected", expected=" | ".join(expected))
    return formats


def _codes(key: str, spec: Mapping[str, Any]) -> Mapping[str, str] | None:
    if "map" not in spec:
        if "prefix" in spec:
            invalid(f"{key}.prefix", "reason_expected", expected="map")
        return None
    for code, target in spec["map"].items():
        expect(f"{key}.map.{code}", target, str)
    return dict(spec["map"])


def _check_parts(key: str, recipe: Recipe) -> None:
    """Refuse parts that mean nothing for the type of the target."""
    if recipe.plus_s and recipe.type != "time":
        invalid(f"{key}.plus_s", "reason_unknown_key")
    if recipe.end_of and (recipe.type != "time" or recipe.end_of != "day"):
        invalid(f"{key}.end_of", "reason_expected", expected="day")
    if recipe.decimal and recipe.decimal not in {".", ","}:
        invalid(f"{key}.decimal", "reason_expected", expected=". | ,")
    if recipe.codes is not None and recipe.type != "text":
        invalid(f"{key}.map", "reason_unknown_key")
    if recipe.places and recipe.target != "place_id":
        invalid(f"{key}.places", "reason_unknown_key")
    if recipe.value is not None and recipe.type == "time":
        invalid(f"{key}.value", "reason_expected", expected="column | join | default")


def vocabulary(target: str, kind: str) -> tuple[str, ...] | None:
    """Return the words a target may hold, or None when it may hold any."""
    if target == "status":
        return MEANS_STATUSES if kind == "means" else STATUSES
    return _VOCABULARIES.get(target)


def _check_words(key: str, recipe: Recipe) -> None:
    """Refuse constants and map targets that the model does not know."""
    words = list((recipe.codes or {}).values())
    words += [word for word in (recipe.value, recipe.default) if isinstance(word, str)]
    for word in words:
        if recipe.target == "kind" and not (word == UNKNOWN or word in TAXONOMY):
            invalid(key, "reason_unknown_value", value=word)
        if recipe.target == "metric" and word not in METRICS:
            invalid(key, "reason_unknown_value", value=word)
        if recipe.target == "unit" and find_unit(word) is None:
            invalid(key, "reason_unknown_value", value=word)
