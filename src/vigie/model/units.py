"""Metrics of measures and their units.

Both are data (``metrics.toml``). A measure is stored in its metric's own unit; a source that speaks
another unit is converted once, at intake, by ``to_metric_unit``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import NotFound, WrongUsage

Sums = Literal["add", "mean", "energy", "last", "max"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its code in records, its names and its symbol for people."""

    code: str
    fr: str
    en: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Metric:
    """Something that can be measured.

    Attributes:
        code: Dotted code, stored in records.
        unit: Code of the unit values are stored in.
        fr: Label in French.
        en: Label in English.
        low: Least plausible value, in ``unit``.
        high: Greatest plausible value, in ``unit``.
        sums: How values combine: ``add``, ``mean``, ``energy`` (decibels), ``last`` or ``max``.
    """

    code: str
    unit: str
    fr: str
    en: str
    low: float
    high: float
    sums: Sums


def _read() -> dict[str, dict[str, Any]]:
    text = files("vigie.model").joinpath("metrics.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


_DATA = _read()

UNITS: dict[str, Unit] = {
    code: Unit(code=code, fr=row["fr"], en=row["en"], symbol=row["symbol"])
    for code, row in _DATA["units"].items()
}
METRICS: dict[str, Metric] = {
    code: Metric(code=code, **row) for code, row in _DATA["metrics"].items()
}
_ALIASES: dict[str, str] = {
    alias: code for code, row in _DATA["units"].items() for alias in (code, *row["aliases"])
}
_FOLDED: dict[str, str] = {alias.casefold(): code for alias, code in reversed(_ALIASES.items())}
_CONVERSIONS: dict[str, dict[str, list[float]]] = _DATA["conversions"]


def get_metric(code: str) -> Metric:
    """Return the metric of this code.

    Raises:
        NotFound: When no such metric exists.
    """
    metric = METRICS.get(code)
    if metric is None:
        raise NotFound(f"metric {code}", what="metric", name=code)
    return metric


def find_unit(text: str) -> Unit | None:
    """Return the unit a source means by this text (code, symbol or alias), or ``None``."""
    stripped = text.strip()
    code = _ALIASES.get(stripped) or _FOLDED.get(stripped.casefold())
    return UNITS[code] if code is not None else None


def conversion(source: str, target: str) -> tuple[float, float]:
    """Return ``(factor, offset)`` such that ``target = source * factor + offset``.

    Raises:
        NotFound: When a unit is unknown.
        WrongUsage: When the units measure different things.
    """
    units = [find_unit(name) for name in (source, target)]
    for name, unit in zip((source, target), units, strict=True):
        if unit is None:
            raise NotFound(f"unit {name}", what="unit", name=name)
    first, second = (unit.code for unit in units if unit is not None)
    if first == second:
        return 1.0, 0.0
    direct = _CONVERSIONS.get(first, {}).get(second)
    if direct is not None:
        return direct[0], direct[1]
    inverse = _CONVERSIONS.get(second, {}).get(first)
    if inverse is not None:
        return 1.0 / inverse[0], -inverse[1] / inverse[0]
    raise WrongUsage(f"no conversion from {first} to {second}", source=first, target=second)


def to_metric_unit(values: pa.Array, unit: str, metric: str) -> pa.DoubleArray:
    """Return values in the unit the metric is stored in; nulls stay null.

    Raises:
        NotFound: When the unit or the metric is unknown.
        WrongUsage: When the unit does not measure what the metric does.
    """
    factor, offset = conversion(unit, get_metric(metric).unit)
    as_float = pc.cast(values, pa.float64())
    if (factor, offset) == (1.0, 0.0):
        return as_float
    return pc.add(pc.multiply(as_float, factor), offset)


def plausible_mask(values: pa.Array, metric: str) -> pa.BooleanArray:
    """Say of each value whether it is finite and within the metric's plausible bounds.

    A null is not plausible. The answer has no nulls.

    Raises:
        NotFound: When the metric is unknown.
    """
    known = get_metric(metric)
    as_float = pc.cast(values, pa.float64())
    inside = pc.and_(pc.greater_equal(as_float, known.low), pc.less_equal(as_float, known.high))
    return pc.fill_null(inside, False)
