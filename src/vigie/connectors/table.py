"""Any table by a mapping file: CSV, XLSX, JSON Lines, JSON, GeoJSON, Parquet.

What becomes what is said in TOML (``docs/explanation/architecture-notes.md``);
``vigie ingest table --guess FILE`` proposes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vigie.base.errors import MappingInvalid
from vigie.intake.connector import Connector, Context, Joining, Parsed, Payload
from vigie.intake.tabular.mapping import compile_mapping
from vigie.intake.tabular.reading import read_blocks
from vigie.intake.tabular.records import RecordMaker


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one file into records of the mapping's kind.

    Raises:
        MappingInvalid: When the mapping cannot be used (no fault of the data).
    """
    mapping = compile_mapping(context.mapping)
    maker = RecordMaker(mapping, context, payload.name)
    yield from maker.make(read_blocks(payload, context, mapping))


def joins(mapping: Mapping[str, Any]) -> Joining:
    """Say how small payloads of a mapped feed may be read together."""
    try:
        form = compile_mapping(mapping).file
    except MappingInvalid:
        return ""
    if form.format == "jsonl":
        return "lines"
    return "headed" if form.format == "csv" and form.header and not form.skip else ""


CONNECTOR = Connector(
    name="table",
    title={
        "fr": "Tableau quelconque, par fichier de correspondance",
        "en": "Any table, by a mapping file",
    },
    emits=("facts", "measures", "plans", "places", "means"),
    suffixes=(
        ".csv",
        ".tsv",
        ".txt",
        ".xlsx",
        ".jsonl",
        ".ndjson",
        ".json",
        ".geojson",
        ".parquet",
    ),
    media=(
        "text/csv",
        "application/json",
        "application/x-ndjson",
        "application/geo+json",
        "application/vnd.apache.parquet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    parse=parse,
    revises=True,
    needs_mapping=True,
    joins=joins,
    reference="RFC 4180 (CSV), RFC 7946 (GeoJSON), ECMA-376 (XLSX), Apache Parquet",
)
