"""Bulk answers, made piece by piece: CSV, GeoParquet, Arrow stream, GeoJSON.

An export reads one pinned snapshot window by window, so memory does not grow with its length. CSV
cells that a spreadsheet would run are neutralised. The source's own references stay inside.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from vigie.base.clock import to_rfc3339
from vigie.base.errors import TooLarge
from vigie.base.spreadsheet import neutralise
from vigie.geo.cells import cell_text
from vigie.model.contracts import FACTS
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.facts import instant
from vigie.situation.filters import Filters, select_facts
from vigie.situation.home import Home
from vigie.situation.reading import combined_counts
from vigie.situation.rights import View

Format = Literal["csv", "parquet", "arrow", "geojson"]
MEDIA: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "geojson": "application/geo+json",
}
MAX_ROWS = 2_000_000
WINDOW_US = 7 * 86_400 * 1_000_000
_HIDDEN = {"source_ref", "earliest_us", "latest_us", "part"}
COLUMNS = tuple(column.name for column in FACTS.columns if column.name not in _HIDDEN)
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}


class _Pipe(io.RawIOBase):
    """A file that only grows, whose content is taken away as it comes."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any) -> int:
        """Keep a piece."""
        piece = bytes(data)
        self._pieces.append(piece)
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Return how much was written."""
        return self._written

    def take(self) -> bytes:
        """Return what came since last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def count_rows(home: Home, filters: Filters) -> int:
    """Return how many facts an export would hold."""
    return int(sum(combined_counts(home, filters)["n"].to_pylist()))


def tables(home: Home, view: View, filters: Filters) -> Iterator[pa.Table]:
    """Yield the facts that pass the filters, a week at a time, from one snapshot, in time order."""
    snapshot = home.lake.snapshot()
    extent = snapshot.extent("facts")
    if extent is None:
        return
    start = extent[0] if filters.from_us is None else max(filters.from_us, extent[0])
    end = extent[1] + 1 if filters.to_us is None else min(filters.to_us, extent[1] + 1)
    while start < end:
        until = min(start + WINDOW_US, end)
        table = select_facts(snapshot, filters.within(start, until), COLUMNS)
        if table.num_rows:
            yield view.rows(table)
        start = until


def open_export(
    home: Home, caller: Caller, asked: Filters, form: Format
) -> tuple[View, Iterator[bytes]]:
    """Return the view that an export is cut by, and its pieces.

    Raises:
        Forbidden: When the role may not export.
        TooLarge: When it would hold more than two million facts.
    """
    view = home.rights.ask(
        caller, "facts", Verb.DISCLOSE, subject={**asked.subject(), "format": form}
    )
    filters = view.narrow(asked)
    if count_rows(home, filters) > MAX_ROWS:
        raise TooLarge(limit=MAX_ROWS)
    return view, _WRITERS[form](tables(home, view, filters))


def _csv(chunks: Iterator[pa.Table]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)  # RFC 4180: comma, CRLF
    writer.writerow(COLUMNS)
    for table in chunks:
        for row in table.to_pylist():
            writer.writerow([_cell(name, row[name]) for name in COLUMNS])
        yield text.getvalue().encode("utf-8")
        text.seek(0)
        text.truncate()
    if text.tell():
        yield text.getvalue().encode("utf-8")


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and name in {"cell", "cell8"}:
        return cell_text(value)
    if isinstance(value, bool | int | float):
        return repr(value)
    return neutralise(str(_plain(name, value)))


def _plain(name: str, value: Any) -> Any:
    """Return a value as JSON and CSV say it."""
    if name == "attributes":
        return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)
    if name.endswith("_at"):
        return instant(value)
    if name in {"cell", "cell8"}:
        return cell_text(value)
    return value.isoformat() if name == "local_day" else value


def _geojson(chunks: Iterator[pa.Table]) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    first = True
    for table in chunks:
        lines = [json.dumps(_feature(row), ensure_ascii=False) for row in table.to_pylist()]
        yield (("" if first else ",\n") + ",\n".join(lines)).encode("utf-8")
        first = False
    yield b"]}\n"


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    properties = {
        name: (dict(value) if name == "attributes" else _plain(name, value))
        for name, value in row.items()
        if value is not None
    }
    point = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {
        "type": "Feature",
        "id": row["fact_id"],
        "geometry": point,
        "properties": properties,
    }


def with_geometry(table: pa.Table) -> pa.Table:
    """Return a table with its points as WKB, as GeoParquet 1.1 describes them."""
    lon = table["lon"].to_numpy(zero_copy_only=False).astype(np.float64)
    lat = table["lat"].to_numpy(zero_copy_only=False).astype(np.float64)
    placed = ~(np.isnan(lon) | np.isnan(lat))
    shapes = np.full(len(lon), None, dtype=object)
    shapes[placed] = shapely.to_wkb(shapely.points(lon[placed], lat[placed]))
    geometry = pa.array(shapes, pa.binary())
    return table.append_column("geometry", geometry).replace_schema_metadata(
        {"geo": json.dumps(_GEO)}
    )


def _empty() -> pa.Table:
    return FACTS.empty().select(list(COLUMNS))


def _parquet(chunks: Iterator[pa.Table]) -> Iterator[bytes]:
    pipe = _Pipe()
    schema = with_geometry(_empty()).schema
    with pq.ParquetWriter(pipe, schema, compression="zstd") as writer:
        for table in chunks:
            writer.write_table(with_geometry(table).cast(schema))
            yield pipe.take()
    yield pipe.take()


def _arrow(chunks: Iterator[pa.Table]) -> Iterator[bytes]:
    pipe = _Pipe()
    schema = _empty().schema
    with pa.ipc.new_stream(pipe, schema) as writer:
        for table in chunks:
            writer.write_table(table.cast(schema), max_chunksize=65_536)
            yield pipe.take()
    yield pipe.take()


_WRITERS = {"csv": _csv, "parquet": _parquet, "arrow": _arrow, "geojson": _geojson}


def file_name(form: Format, at_us: int) -> str:
    """Return the name under which an export is saved."""
    return f"vigie-facts-{to_rfc3339(at_us)[:10]}.{form}"
