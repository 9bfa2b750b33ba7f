"""One recipe applied to one block: the target column, and what went wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from vigie.base.ids import record_ids
from vigie.intake.tabular.cells import (
    as_boolean,
    as_number,
    as_text,
    at,
    join_texts,
    map_codes,
    to_integers,
)
from vigie.intake.tabular.instants import Instants, read_instants, report
from vigie.intake.tabular.problems import Problems
from vigie.intake.tabular.recipes import UNKNOWN, Recipe, vocabulary
from vigie.model.times import Prefer

_NO_TEXT = pa.nulls(1, pa.string())[0]
_REFUSED_CODES = {"kind": "unknown_kind", "metric": "unknown_metric", "unit": "unknown_code"}
_POINT = r"^[^0-9+.\-]*(?P<a>[+-]?[0-9.]+)\s*[,; ]\s*(?P<b>[+-]?[0-9.]+)[^0-9]*$"


class Points(NamedTuple):
    """Longitudes and latitudes."""

    lon: pa.DoubleArray
    lat: pa.DoubleArray


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the recipes of one mapping on one block.

    Attributes:
        columns: The block's columns, by the source's names.
        problems: Where refusals and remarks go.
        source: Name of the feed.
        kind: Record kind.
        tz: Zone of times without one.
        tz_stated: Whether the mapping states that zone.
        decimal: Decimal mark of the file.
    """

    columns: Mapping[str, pa.Array]
    problems: Problems
    source: str
    kind: str
    tz: str
    tz_stated: bool
    decimal: str

    @property
    def size(self) -> int:
        """Rows of the block."""
        return self.problems.size

    def column(self, name: str) -> pa.Array:
        """Return a source column; all null when the block has none of that name."""
        found = self.columns.get(name)
        return pa.nulls(self.size, pa.string()) if found is None else found

    def source_text(self, recipe: Recipe) -> pa.StringArray:
        """Return what the source says, before any code is mapped."""
        if not recipe.columns:
            value = None if recipe.value is None else _constant_text(recipe.value)
            return pa.repeat(pa.scalar(value, pa.string()), self.size)
        parts = [as_text(self.column(name)) for name in recipe.columns]
        return join_texts(parts, recipe.separator)

    def text(self, recipe: Recipe) -> pa.StringArray:
        """Return a text target, its codes mapped."""
        said = self.source_text(recipe)
        found = said if recipe.codes is None else self._mapped(recipe, said)
        if recipe.default is not None and recipe.default != UNKNOWN:
            found = pc.fill_null(found, _constant_text(recipe.default))
        if recipe.target == "place_id":
            return _place_ids(recipe.places or self.source, found)
        return found

    def _mapped(self, recipe: Recipe, said: pa.StringArray) -> pa.StringArray:
        found, unknown = map_codes(said, recipe.codes or {}, prefix=recipe.prefix)
        has_default = recipe.default is not None and recipe.default != UNKNOWN
        if has_default or not unknown.any():
            return found
        column = " + ".join(recipe.columns)
        refused = _REFUSED_CODES.get(recipe.target)
        if refused is not None:
            self.problems.refuse(
                unknown, refused, lambda index: {"value": at(said, index), "column": column}
            )
        else:
            first = int(np.flatnonzero(unknown)[0])
            self.problems.remark_mask(
                unknown, "unknown_code", severity="warning", value=at(said, first), column=column
            )
        return found

    def vocabulary_text(self, recipe: Recipe) -> pa.StringArray:
        """Return a text target that may hold only certain words; others are remarked, then null."""
        found = self.text(recipe)
        words = vocabulary(recipe.target, self.kind)
        if words is None:
            return found
        strange = pc.and_(pc.is_valid(found), pc.invert(pc.is_in(found, value_set=pa.array(words))))
        mask = strange.to_numpy(zero_copy_only=False)
        if mask.any():
            first = int(np.flatnonzero(mask)[0])
            column = " + ".join(recipe.columns)
            self.problems.remark_mask(
                mask, "unknown_code", severity="warning", value=at(found, first), column=column
            )
            found = pc.if_else(strange, _NO_TEXT, found)
        return found

    def number(self, recipe: Recipe) -> pa.DoubleArray:
        """Return a number target, scaled; an unreadable one refuses its row."""
        if not recipe.columns:
            constant = recipe.default if recipe.value is None else recipe.value
            return pa.repeat(pa.scalar(float(constant), pa.float64()), self.size)
        column = self.column(recipe.columns[0])
        numbers = as_number(column, recipe.decimal or self.decimal)
        self._refuse_numbers(recipe, column, numbers.bad)
        values = numbers.values
        if (recipe.scale, recipe.offset) != (1.0, 0.0):
            values = pc.add(pc.multiply(values, recipe.scale), recipe.offset)
        if recipe.default is not None:
            values = pc.fill_null(values, float(recipe.default))
        return values

    def integer(self, recipe: Recipe, kind: pa.DataType) -> pa.Array:
        """Return a whole-number target; a fraction or what does not fit refuses its row."""
        if not recipe.columns:
            constant = recipe.default if recipe.value is None else recipe.value
            return pa.repeat(pa.scalar(int(constant), kind), self.size)
        column = self.column(recipe.columns[0])
        numbers = as_number(column, recipe.decimal or self.decimal)
        if (recipe.scale, recipe.offset) != (1.0, 0.0):
            scaled = pc.add(pc.multiply(numbers.values, recipe.scale), recipe.offset)
            numbers = numbers._replace(values=pc.round(scaled))
        values, bad = to_integers(numbers, kind)
        self._refuse_numbers(recipe, column, bad)
        return values if recipe.default is None else pc.fill_null(values, int(recipe.default))

    def _refuse_numbers(self, recipe: Recipe, column: pa.Array, bad: npt.NDArray[np.bool_]) -> None:
        name = recipe.columns[0]
        self.problems.refuse(
            bad, "bad_number", lambda index: {"value": at(column, index), "column": name}
        )

    def boolean(self, recipe: Recipe) -> pa.BooleanArray:
        """Return a yes-or-no target; an unreadable one is remarked and null."""
        if not recipe.columns:
            constant = recipe.default if recipe.value is None else recipe.value
            return pa.repeat(pa.scalar(bool(constant), pa.bool_()), self.size)
        column = self.column(recipe.columns[0])
        values, bad = as_boolean(column)
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            self.problems.remark_mask(
                bad,
                "unknown_code",
                severity="warning",
                value=at(column, first),
                column=recipe.columns[0],
            )
        return values if recipe.default is None else pc.fill_null(values, bool(recipe.default))

    def instants(self, recipe: Recipe, prefer: Prefer = "earliest") -> Instants:
        """Return a time target; an unreadable one refuses its row."""
        if not recipe.columns:
            nothing = np.zeros(self.size, np.bool_)
            empty = pa.nulls(self.size, pa.int64())
            return Instants(empty, np.zeros(self.size, np.int8), nothing, nothing)
        single = len(recipe.columns) == 1
        column = self.column(recipe.columns[0]) if single else self.source_text(recipe)
        found = read_instants(column, recipe.formats, self.tz, prefer)
        name = " + ".join(recipe.columns)
        report(found, self.problems, name, column)
        if recipe.strict:
            self.problems.refuse(
                found.naive, "naive_time", lambda i: {"value": at(column, i), "column": name}
            )
        elif found.naive.any() and not self.tz_stated:
            first = int(np.flatnonzero(found.naive)[0])
            self.problems.remark_mask(
                found.naive, "naive_time", value=at(column, first), column=name
            )
        return found

    def geometry(self, recipe: Recipe) -> pa.BinaryArray:
        """Return a geometry target as WKB; an unreadable one refuses its row."""
        said = self.source_text(recipe)
        texts = np.asarray(said.to_pylist(), object)
        read = shapely.from_geojson if recipe.formats[0] == "geojson" else shapely.from_wkt
        shapes = read(texts, on_invalid="ignore")
        usable = shapely.is_valid_input(shapes) & ~shapely.is_empty(shapes)
        usable &= ~shapely.is_missing(shapes)
        bad = pc.is_valid(said).to_numpy(zero_copy_only=False) & ~usable
        self.problems.refuse(bad, "bad_geometry", lambda _: {"column": recipe.columns[0]})
        shapes[~usable] = None
        return pa.array(shapely.to_wkb(shapes), pa.binary())

    def point(self, recipe: Recipe) -> Points:
        """Return the longitudes and latitudes of a column such as ``43.29, 5.37``."""
        said = self.source_text(recipe)
        parts = pc.extract_regex(said, _POINT)
        bad = pc.and_(pc.is_valid(said), pc.is_null(parts)).to_numpy(zero_copy_only=False)
        first = as_number(pc.struct_field(parts, "a"))
        second = as_number(pc.struct_field(parts, "b"))
        self.problems.refuse(
            bad | first.bad | second.bad,
            "bad_number",
            lambda index: {"value": at(said, index), "column": recipe.columns[0]},
        )
        if recipe.formats[0] == "lon,lat":
            return Points(first.values, second.values)
        return Points(second.values, first.values)


def _constant_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place_ids(source: str, references: pa.StringArray) -> pa.StringArray:
    """Return the ids of the places that another feed calls so."""
    encoded = references.dictionary_encode()
    ids = record_ids(source, encoded.dictionary.to_pylist())
    return pa.array(ids, pa.string()).take(encoded.indices)


def points_of(geometry: pa.BinaryArray) -> Points:
    """Return a point on each shape (the point itself for points); null where there is no shape."""
    shapes = shapely.from_wkb(np.asarray(geometry.to_pylist(), object))
    inside = shapely.point_on_surface(shapes)
    missing = shapely.is_missing(inside) | shapely.is_empty(inside)
    x, y = shapely.get_x(inside), shapely.get_y(inside)
    return Points(pa.array(x, mask=missing), pa.array(y, mask=missing))
