"""What a column of an unknown table seems to hold, and how sure that is."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
import types
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.intake.tabular.cells import as_number, as_text
from vigie.intake.tabular.instants import read_instants

FEW_VALUES = 60
_TEXT_LENGTH = 35
_ENOUGH = 0.9
_PLATE = re.compile(r"^[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2}$|^\d{2,4} ?[A-Z]{2,3} ?\d{2}$")
_DETECTIVE = {
    "email": "personal",
    "tel_fr": "personal",
    "sexe": "personal",
    "username": "personal",
    "latitude_wgs": "lat",
    "longitude_wgs": "lon",
    "latlon_wgs": "point",
    "lonlat_wgs": "point_lon_lat",
    "geojson": "geometry_geojson",
    "adresse": "address",
}
TIME_FORMATS = (
    "iso8601", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y%m%d%H%M%S",
    "%Y%m%d",
)  # fmt: skip
_WKT = re.compile(r"^(SRID=\d+;)?(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*\(", re.IGNORECASE)


@dataclass(slots=True)
class Guess:
    """What a column seems to be.

    Attributes:
        name: Its name.
        role: ``time``, ``number``, ``personal``, ``free_text``, ``code``, a target's name, or
            ``unused``.
        confidence: 0 to 1.
        formats: Of a time; more than one when several read every value.
        distinct: Different values in the sample.
        rows: Values in the sample that are not empty.
        values: The most frequent values, for codes.
    """

    name: str
    role: str = "unused"
    confidence: float = 0.0
    formats: tuple[str, ...] = ()
    distinct: int = 0
    rows: int = 0
    numeric: bool = False
    values: list[tuple[str, int]] = field(default_factory=list)


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """Return the words and texts of ``guessing.toml``."""
    content = files("vigie.intake.tabular").joinpath("guessing.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def words_of(name: str) -> list[str]:
    """Return the words of a column's name, plain: no accents, no case, ``dateDebut`` split."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode().lower()
    return [word for word in re.split(r"[^a-z0-9]+", plain) if word]


def named(name: str, role: str) -> bool:
    """Say whether a column's name speaks of a role."""
    words = words_of(name)
    known = set(vocabulary()["words"][role])
    return "_".join(words) in known or "".join(words) in known or bool(known & set(words))


@lru_cache(maxsize=1)
def _detective() -> dict[str, Any]:
    """Return csv-detective's tests of values, by format.

    The package asks for libmagic when it is imported, to recognise compressed files, which is not
    what it is used for here: where that system library is missing, an empty module stands in.
    """
    try:
        importlib.import_module("magic")
    except ImportError:
        sys.modules["magic"] = types.ModuleType("magic")
        try:
            importlib.import_module("csv_detective")
        finally:
            del sys.modules["magic"]
    manager = importlib.import_module("csv_detective.format").FormatsManager()
    return {name: manager.formats[name] for name in _DETECTIVE if name in manager.formats}


def _share(test: Any, values: Sequence[str]) -> float:
    passed = 0
    for value in values:
        try:
            passed += bool(test(value))
        except (ValueError, TypeError, IndexError, KeyError, OverflowError):
            continue
    return passed / len(values) if values else 0.0


def _by_detective(name: str, values: Sequence[str]) -> tuple[str, float]:
    """Return the role that csv-detective sees in a column, and how sure."""
    best = ("", 0.0)
    for label, form in _detective().items():
        share = _share(form.func, values)
        if share < min(float(form.proportion), _ENOUGH):
            continue
        heard = form.is_valid_label(name)
        if _DETECTIVE[label] in {"lat", "lon", "address"} and heard <= 0:
            continue  # many numbers could be a latitude: the name must say so
        confidence = min(1.0, share * (0.6 + 0.4 * min(1.0, float(heard))))
        if confidence > best[1]:
            best = (_DETECTIVE[label], confidence)
    return best


def times_in(array: pa.Array, tz: str) -> tuple[str, ...]:
    """Return the formats in which every value of a column is a time."""
    if pa.types.is_temporal(array.type) and not pa.types.is_time(array.type):
        return ("iso8601",)
    if pa.types.is_floating(array.type) or pa.types.is_integer(array.type):
        return _epochs(array)
    text = as_text(array)
    given = len(text) - text.null_count
    digits = pc.all(pc.match_substring_regex(text, "^[0-9]{1,7}$")).as_py()
    if given == 0 or digits:
        return ()
    found = []
    for form in TIME_FORMATS:
        us = read_instants(text, (form,), tz).us
        years = pc.year(us.cast(pa.timestamp("us")))
        fits = pc.and_(pc.greater_equal(years, 1950), pc.less_equal(years, 2100))
        if (pc.sum(pc.cast(fits, pa.int64())).as_py() or 0) >= _ENOUGH * given:
            found.append(form)
    return tuple(found)


def _epochs(array: pa.Array) -> tuple[str, ...]:
    values = as_number(array).values
    bounds = pc.min_max(values).as_py()
    low, high = bounds["min"], bounds["max"]
    if low is None:
        return ()
    for form, factor in (("epoch_s", 1.0), ("epoch_ms", 1e3), ("epoch_us", 1e6)):
        if 6e8 * factor <= low and high <= 4.2e9 * factor:
            return (form,)
    return ()


def guess_column(name: str, array: pa.Array, tz: str) -> Guess:
    """Return what a column seems to hold, by its name and its values."""
    text = as_text(array).drop_null()
    counts = pc.value_counts(text).to_pylist() if len(text) else []
    counts.sort(key=lambda item: (-item["counts"], item["values"]))
    guess = Guess(
        name=name,
        distinct=len(counts),
        rows=len(text),
        values=[(item["values"], item["counts"]) for item in counts[:FEW_VALUES]],
    )
    sample = [value for value, _ in guess.values]
    numbers = as_number(array, ",")
    guess.numeric = len(text) > 0 and not numbers.bad.any()
    if named(name, "personal"):
        guess.role, guess.confidence = "personal", 0.9
        return guess
    if sample and _share(_PLATE.match, sample) >= _ENOUGH:
        guess.role, guess.confidence = "personal", 0.95
        return guess
    guess.formats = times_in(array, tz)
    if guess.formats and not (guess.numeric and not named(name, "start")):
        heard = any(named(name, role) for role in ("start", "end", "revision", "reported_at"))
        guess.role, guess.confidence = "time", 0.95 if heard else 0.75
        return guess
    return _by_values(guess, text, sample)


def _by_values(guess: Guess, text: pa.StringArray, sample: list[str]) -> Guess:
    name = guess.name
    if sample and _share(_WKT.match, sample) >= _ENOUGH:
        guess.role, guess.confidence = "geometry_wkt", 0.95
        return guess
    role, confidence = _by_detective(name, sample)
    if role:
        guess.role, guess.confidence = role, confidence
        return guess
    for target in ("lon", "lat", "point", "address"):
        if named(name, target) and (guess.numeric or target in {"point", "address"}):
            guess.role, guess.confidence = target, 0.7
            return guess
    length = pc.mean(pc.utf8_length(text)).as_py() or 0.0
    if not guess.numeric and (named(name, "free_text") or length > _TEXT_LENGTH):
        guess.role = "free_text"
        guess.confidence = 0.9 if named(name, "free_text") else 0.6
    elif guess.numeric:
        guess.role, guess.confidence = "number", 0.8
    elif 0 < guess.distinct <= FEW_VALUES and guess.distinct * 2 <= max(guess.rows, 1):
        guess.role, guess.confidence = "code", 0.8
    return guess
