"""From blocks of any table to records, by a mapping."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from vigie.geo.projection import projection_of
from vigie.intake.connector import Context, Parsed
from vigie.intake.tabular.block import Block, FileRefused
from vigie.intake.tabular.cells import as_text, is_text, join_texts, looks_like_formula
from vigie.intake.tabular.instants import Instants, as_timestamps, end_of_local_day
from vigie.intake.tabular.mapping import TableMapping, target_types
from vigie.intake.tabular.maps import map_column
from vigie.intake.tabular.problems import Problems
from vigie.intake.tabular.readings import Reader, points_of
from vigie.intake.tabular.recipes import UNKNOWN, Recipe
from vigie.intake.tabular.references import References
from vigie.model.contracts import CONTRACTS, RecordKind
from vigie.model.notices import Notice
from vigie.model.times import Prefer
from vigie.model.units import METRICS

ROUND_TRIP_M = 1.0
"""A point that does not come back from degrees within this is outside its projection."""
_CONSTANTS: dict[str, dict[str, object]] = {
    "facts": {"basis": "reported"},
    "plans": {"state": "declared", "declared": True},
}
_SHOWN_TEXTS = ("title", "label", "owner", "closes", "unit_ref")
_FIXED_COLUMNS = {"csv", "xlsx", "parquet"}
_BESIDE = ("address", "place_name")
_FILLED = {"basis", "state", "declared", "revision", "unit", "latest_at"}

Columns = dict[str, pa.Array]


def empty_parsed(kind: RecordKind, block: Block | None = None) -> Parsed:
    """Return a chunk without records, which may carry a block's remarks."""
    contract = CONTRACTS[kind]
    nothing = pa.table({"source_ref": pa.array([], pa.string())})
    return Parsed(
        kind=kind,
        table=contract.conform(nothing, only=contract.names("given")),
        rows=pa.array([], pa.int64()),
        notices=[] if block is None else block.notices,
        rejects=[] if block is None else block.rejects,
        read=0 if block is None else block.read,
    )


def take_rows(parsed: Parsed, problems: Problems, raw_of: pa.Array | None = None) -> Parsed:
    """Return a chunk without the rows that its problems refuse, with the rest aligned.

    Args:
        parsed: Chunk with all rows of the block.
        problems: Refusals and remarks; ``problems.raw`` gives the rows of the block.
        raw_of: Row of the block behind each row of the chunk, when they are not the same.
    """
    index = np.flatnonzero(problems.good)
    chosen = index if raw_of is None else np.asarray(raw_of)[index]
    if len(index) < problems.size:
        take = pa.array(index)
        parsed.table = parsed.table.take(take)
        parsed.rows = parsed.rows.take(take)
        for name in ("narratives", "address", "place_name"):
            values = getattr(parsed, name)
            setattr(parsed, name, None if values is None else values.take(take))
    parsed.raw = lambda position: problems.raw(int(chosen[position]))
    parsed.notices = problems.notices
    parsed.rejects = problems.rejects
    return parsed


class RecordMaker:
    """Makes records of the blocks of one file.

    Args:
        mapping: What becomes what.
        context: Zone of the city.
        file: Name, for notices.
    """

    def __init__(self, mapping: TableMapping, context: Context, file: str) -> None:
        self._mapping = mapping
        self._contract = CONTRACTS[mapping.kind]
        self._types = target_types(mapping.kind)
        self._tz = mapping.timezone or context.timezone
        self._file = file
        self._checked = False
        self._references = References(mapping)

    def make(self, blocks: Iterator[Block]) -> Iterator[Parsed]:
        """Yield the records of the blocks; a file refused on the way ends with the reason."""
        for block in blocks:
            try:
                self._check_columns(block)
            except FileRefused as refusal:
                block.rejects = [refusal.reject]
                yield empty_parsed(self._mapping.kind, block)
                return
            if len(block):
                yield from self._records(block)
            elif block.notices or block.rejects or block.read:
                yield empty_parsed(self._mapping.kind, block)

    def _check_columns(self, block: Block) -> None:
        """Refuse a table without a column that records cannot do without; remark on others."""
        if self._checked or not len(block) or self._mapping.file.format not in _FIXED_COLUMNS:
            return
        self._checked = True
        mapping = self._mapping
        recipes = list(mapping.recipes.values())
        for recipe in recipes:
            lost = [name for name in recipe.columns if name not in block.columns]
            if lost and recipe.default in {None, UNKNOWN} and self._is_needed(recipe.target):
                raise FileRefused("missing_column", column=lost[0])
        beside = [*mapping.attributes, *mapping.means, *(wide.value for wide in mapping.measures)]
        named = [name for recipe in (*recipes, *beside) for name in recipe.columns]
        for name in dict.fromkeys((*named, *mapping.free_text)):
            if name not in block.columns:
                self._remark_missing(block, name)

    def _is_needed(self, target: str) -> bool:
        """Say whether no record can be made without this column."""
        if target in _FILLED or target in _BESIDE or target == "point":
            return False
        return target == "source_ref" or not self._contract.column(target).nullable

    def _remark_missing(self, block: Block, name: str) -> None:
        block.notices.append(Notice("missing_column", file=self._file, params={"column": name}))

    def _records(self, block: Block) -> Iterator[Parsed]:
        mapping = self._mapping
        columns = {name: self._without_nulls(array) for name, array in block.columns.items()}
        problems = Problems(
            len(block),
            self._file,
            block.rows,
            block.raw,
            rejects=block.rejects,
            notices=block.notices,
        )
        reader = Reader(
            columns,
            problems,
            mapping.source,
            mapping.kind,
            self._tz,
            mapping.timezone is not None,
            mapping.file.decimal,
        )
        self._remark_columns(columns, problems)
        made = self._targets(reader, block)
        narratives = self._narratives(reader)
        for name in ("attributes", "means"):
            recipes: tuple[Recipe, ...] = getattr(mapping, name)
            if recipes:
                values = [reader.text(recipe) for recipe in recipes]
                for value in values:
                    problems.remark("formula_neutralised", looks_like_formula(value))
                made[name] = map_column([r.target for r in recipes], values, reader.size)
        for shown in _SHOWN_TEXTS:
            if shown in made:
                problems.remark("formula_neutralised", looks_like_formula(made[shown]))
        if not mapping.measures:
            made["source_ref"] = self._references.of(made, narratives)
            yield self._parsed(made, narratives, problems, block.read)
            return
        yield from self._wide(reader, made, problems, block.read)

    def _without_nulls(self, array: pa.Array) -> pa.Array:
        """Blank the texts that the mapping says mean nothing."""
        words = self._mapping.file.null
        if not words or not is_text(array):
            return array
        nothing = pc.is_in(array, value_set=pa.array(words, array.type))
        return pc.if_else(nothing, pa.scalar(None, array.type), array)

    def _remark_columns(self, columns: Columns, problems: Problems) -> None:
        """Count what is refused at the door and what nobody named."""
        for name, array in columns.items():
            if name in self._mapping.used:
                continue
            code = "dropped_personal" if name in self._mapping.drop else "unmapped_column"
            problems.remark(code, len(array) - array.null_count, column=name)

    def _targets(self, reader: Reader, block: Block) -> Columns:
        """Return the target columns that the mapping fills, with the contract's types."""
        made: Columns = {}
        times: dict[str, Instants] = {}
        for name, recipe in self._mapping.recipes.items():
            kind = recipe.type
            if kind == "time":
                times[name] = reader.instants(recipe, _preference(name))
            elif kind == "number":
                made[name] = reader.number(recipe)
            elif kind == "integer":
                made[name] = reader.integer(recipe, self._contract.column(name).type)
            elif kind == "boolean":
                made[name] = reader.boolean(recipe)
            elif kind == "geometry":
                made[name] = reader.geometry(recipe)
            elif kind == "point":
                made["lon"], made["lat"] = reader.point(recipe)
            else:
                made[name] = reader.vocabulary_text(recipe)
        self._times(reader, times, made)
        self._place(made, block)
        if self._mapping.file.crs:
            self._to_degrees(reader, made)
        self._constants(made, reader.size)
        return made

    def _times(self, reader: Reader, times: dict[str, Instants], made: Columns) -> None:
        """Fill times from one another, widen days to intervals, and shift what is to be shifted."""
        if self._mapping.kind == "facts" and "latest_at" not in times:
            times["latest_at"] = self._latest_of(reader, times["earliest_at"])
        values = {name: found.us for name, found in times.items()}
        for name, recipe in self._mapping.recipes.items():
            if recipe.type != "time":
                continue
            us = values[name]
            if recipe.default is not None:
                base = values[recipe.default]
                if (name, recipe.default) == ("latest_at", "earliest_at"):
                    base = self._latest_of(reader, times["earliest_at"]).us
                us = pc.coalesce(us, base)
            if recipe.end_of == "day":
                us = end_of_local_day(us, self._tz)
            if recipe.plus_s:
                us = pc.add(us, round(recipe.plus_s * 1_000_000))
            values[name] = us
        for name, us in values.items():
            made[name] = us if name == "revision" else as_timestamps(us)

    def _latest_of(self, reader: Reader, earliest: Instants) -> Instants:
        """Return the latest instants that the readings of ``earliest_at`` can mean."""
        latest = earliest
        if earliest.flags.any():
            recipe = self._mapping.recipes["earliest_at"]
            noted = list(reader.problems.notices)
            latest = reader.instants(recipe, "latest")
            reader.problems.notices[:] = noted
        if latest.date_only.any():
            ends = end_of_local_day(latest.us, self._tz)
            latest = latest._replace(us=pc.if_else(pa.array(latest.date_only), ends, latest.us))
        return latest

    def _place(self, made: Columns, block: Block) -> None:
        """Take lon and lat from the geometry where the mapping names no columns for them."""
        geometry = made.get("geometry", block.geometry)
        if geometry is None:
            return
        if "geometry" in self._types and "geometry" not in made:
            made["geometry"] = geometry
        if "lon" in self._types and "lon" not in made and "lat" not in made:
            made["lon"], made["lat"] = points_of(geometry)

    def _to_degrees(self, reader: Reader, made: Columns) -> None:
        """Bring coordinates of the file's reference system to WGS 84; refuse what is outside it."""
        projection = projection_of(self._mapping.file.crs)
        if "geometry" in made:
            shapes = shapely.from_wkb(np.asarray(made["geometry"].to_pylist(), object))
            moved = projection.geometries_to_degrees(shapes)
            made["geometry"] = pa.array(shapely.to_wkb(moved), pa.binary())
        if "lon" not in made or "lat" not in made:
            return
        x, y = (made[name].to_numpy(zero_copy_only=False).astype(float) for name in ("lon", "lat"))
        lon, lat = projection.to_degrees(x, y)
        there = np.isfinite(x) & np.isfinite(y)
        back_x, back_y = projection.to_metres(lon, lat)
        with np.errstate(invalid="ignore"):
            outside = there & ~(np.hypot(back_x - x, back_y - y) < ROUND_TRIP_M)
        reader.problems.refuse(
            outside, "bad_coordinates", lambda index: {"lon": x[index], "lat": y[index]}
        )
        missing = ~there | outside
        made["lon"], made["lat"] = pa.array(lon, mask=missing), pa.array(lat, mask=missing)

    def _constants(self, made: Columns, size: int) -> None:
        """Fill what the contract requires and a mapping may leave out."""
        for name, value in _CONSTANTS.get(self._mapping.kind, {}).items():
            made[name] = pc.fill_null(made[name], value) if name in made else pa.repeat(value, size)
        revision = made.get("revision")
        made["revision"] = (
            pa.repeat(pa.scalar(0, pa.int64()), size)
            if revision is None
            else pc.fill_null(revision, 0)
        )
        if "metric" in made and "unit" not in made:
            units = {code: metric.unit for code, metric in METRICS.items()}
            encoded = made["metric"].dictionary_encode()
            words = [units.get(code) for code in encoded.dictionary.to_pylist()]
            made["unit"] = pa.array(words, pa.string()).take(encoded.indices)

    def _narratives(self, reader: Reader) -> pa.StringArray | None:
        parts = [as_text(reader.column(name)) for name in self._mapping.free_text]
        if not parts:
            return None
        text = join_texts(parts, "\n")
        reader.problems.remark("formula_neutralised", looks_like_formula(text))
        return text

    def _parsed(
        self, made: Columns, narratives: pa.StringArray | None, problems: Problems, read: int
    ) -> Parsed:
        beside = {name: made.pop(name, None) for name in _BESIDE}
        parsed = Parsed(
            kind=self._mapping.kind,
            table=self._contract.conform(pa.table(made), only=self._contract.names("given")),
            rows=pa.array(problems.rows, pa.int64()),
            narratives=narratives,
            address=beside["address"],
            place_name=beside["place_name"],
            read=read,
        )
        return take_rows(parsed, problems)

    def _wide(
        self, reader: Reader, made: Columns, problems: Problems, read: int
    ) -> Iterator[Parsed]:
        """Yield one chunk for each wide measure; an empty cell is no record."""
        values = [reader.number(wide.value) for wide in self._mapping.measures]
        present = [pc.is_valid(value).to_numpy(zero_copy_only=False) for value in values]
        names = " | ".join(name for w in self._mapping.measures for name in w.value.columns)
        nothing = ~np.logical_or.reduce(present)
        problems.refuse(nothing, "missing_required", lambda _: {"column": names})
        for position, (wide, value) in enumerate(zip(self._mapping.measures, values, strict=True)):
            columns = dict(made)
            columns["value"] = value
            columns["metric"] = pa.repeat(pa.scalar(wide.metric), reader.size)
            columns["unit"] = pa.repeat(pa.scalar(wide.unit), reader.size)
            columns["source_ref"] = self._references.of(columns, None, suffix=wide.metric)
            first = position == 0
            part = Problems(
                problems.size,
                self._file,
                problems.rows,
                problems.raw,
                rejects=problems.rejects if first else [],
                notices=problems.notices if first else [],
            )
            part.good = problems.good & present[position]
            yield self._parsed(columns, None, part, read if first else 0)


def _preference(target: str) -> Prefer:
    return "latest" if target in {"latest_at", "to_at", "ends_at", "valid_to_at"} else "earliest"
