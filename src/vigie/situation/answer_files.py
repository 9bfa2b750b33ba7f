"""An answer as a file: Parquet, Arrow, safe CSV, JSON, GeoJSON, HTML, PDF, PNG."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pyarrow.parquet as pq
from pyarrow import feather

from vigie.analyse.map_layer import CELL, COURSE, feature_collection
from vigie.base.errors import WrongUsage
from vigie.base.spreadsheet import neutralise
from vigie.reports.setting import set_pdf, set_png
from vigie.situation.answer_paper import Paper, page_of, report_of
from vigie.situation.frame import DISTRICTS
from vigie.situation.home import Home

MEDIA: Final = {
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
}
"""Forms by their ending, with their media types."""


def file_of(home: Home, paper: Paper, params: Mapping[str, Any], form: str) -> bytes:
    """Return an answer in a form; PDF and PNG are set by typst, without a browser.

    Raises:
        WrongUsage: When the form is not known, or there is no place for GeoJSON.
    """
    plain: dict[str, Callable[[Paper], bytes]] = {
        "parquet": _parquet,
        "arrow": _arrow,
        "csv": _csv,
        "json": lambda one: _json(one.answer.table.to_pylist()),
        "html": lambda one: page_of(one).encode("utf-8"),
        "pdf": lambda one: set_pdf(report_of(one)),
        "png": lambda one: set_png(report_of(one, brief=True)),
    }
    if form == "geojson":
        return _geojson(home, paper, params)
    if form not in plain:
        raise WrongUsage(reason=f".{form}: {' '.join('.' + one for one in MEDIA)}", field="form")
    return plain[form](paper)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")


def _parquet(paper: Paper) -> bytes:
    file = io.BytesIO()
    pq.write_table(paper.answer.table, file)
    return file.getvalue()


def _arrow(paper: Paper) -> bytes:
    file = io.BytesIO()
    feather.write_feather(paper.answer.table, file, compression="uncompressed")
    return file.getvalue()


def _csv(paper: Paper) -> bytes:
    """Return the rows as CSV (RFC 4180) that no spreadsheet runs; texts may come from sources."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(paper.answer.table.column_names)
    for row in paper.answer.table.to_pylist():
        cells = ("" if value is None else value for value in row.values())
        writer.writerow([neutralise(c) if isinstance(c, str) else c for c in cells])
    return file.getvalue().encode("utf-8")


def _geojson(home: Home, paper: Paper, params: Mapping[str, Any]) -> bytes:
    """Return one feature for each zone, cell or stretch of street of the answer."""
    column = paper.analysis.geo_column
    if column is None:
        raise WrongUsage(reason=f"{paper.analysis.name}: no place, no GeoJSON", field="form")
    zoning = None
    if column not in {CELL, COURSE}:
        zoning = home.frame.zoning(str(params.get("zoning", DISTRICTS)))
    return _json(feature_collection(paper.answer.table, column, zoning))
