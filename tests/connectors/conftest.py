"""Running a connector on bytes, as the kit would, and saying what came out."""

from __future__ import annotations

import importlib.util
import io
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

import vigie.connectors
from vigie.intake.connector import CHUNK_ROWS, Connector, Context, Parsed, Payload, discover
from vigie.model.contracts import CONTRACTS
from vigie.model.notices import Notice, Reject

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples"
CONNECTORS = discover(vigie.connectors)


@dataclass
class Outcome:
    """Everything a connector said about one payload."""

    chunks: list[Parsed]
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0

    def table(self, kind: str) -> pa.Table:
        """Return all records of a kind as Arrow holds them."""
        return pa.concat_tables([chunk.table for chunk in self.chunks if chunk.kind == kind])

    @property
    def rejected(self) -> dict[str, int]:
        return dict(sorted(Counter(reject.code for reject in self.rejects).items()))

    @property
    def noticed(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for notice in self.notices:
            counts[notice.code] += notice.count
        return dict(sorted(counts.items()))

    @property
    def counts(self) -> dict[str, int]:
        return {kind: len(rows) for kind, rows in self.records.items() if rows}

    @property
    def texts(self) -> list[str | None]:
        return [
            text
            for chunk in self.chunks
            if chunk.narratives is not None
            for text in chunk.narratives.to_pylist()
        ]


def check_chunk(chunk: Parsed) -> None:
    """The shape that the kit relies on."""
    contract = CONTRACTS[chunk.kind]
    assert isinstance(chunk, Parsed)
    assert chunk.table.column_names == contract.names("given")
    for name in chunk.table.column_names:
        assert chunk.table.schema.field(name).type == contract.column(name).type
    assert chunk.table.num_rows <= CHUNK_ROWS
    assert len(chunk.rows) == chunk.table.num_rows
    assert chunk.rows.null_count == 0
    for beside in (chunk.narratives, chunk.address, chunk.place_name):
        assert beside is None or len(beside) == chunk.table.num_rows
    assert chunk.table["revision"].null_count == 0
    assert all(reject.row is None or reject.row > 0 for reject in chunk.rejects)


def run(
    connector: Connector, content: bytes, name: str = "sample", *, rows: bool = True, **context: Any
) -> Outcome:
    """Return what a connector says about some bytes; without ``rows``, as tables only."""
    given = {"source": connector.name, "timezone": "Europe/Paris", "now": NOW} | context
    payload = Payload(name, io.BytesIO(content), size=len(content))
    outcome = Outcome(chunks=[])
    for chunk in connector.parse(payload, Context(**given)):
        check_chunk(chunk)
        outcome.chunks.append(chunk)
        if rows:
            outcome.records.setdefault(chunk.kind, []).extend(chunk.table.to_pylist())
        outcome.notices += chunk.notices
        outcome.rejects += chunk.rejects
        outcome.read += chunk.read
    return outcome


def expectations(connector: str) -> dict[str, dict[str, Any]]:
    """Return what `expected.toml` says of each sample of a connector."""
    text = (SAMPLES / connector / "expected.toml").read_text("utf-8")
    return tomllib.loads(text)


def context_of(connector: str, expected: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context that a sample asks for: its mapping, its caps."""
    given = dict(expected.get("context", {}))
    if "mapping" in expected:
        path = SAMPLES / connector / "mappings" / expected["mapping"]
        given["mapping"] = tomllib.loads(path.read_text("utf-8"))
    return given


class Lab:
    """What the tests of connectors share."""

    connectors = CONNECTORS
    samples = SAMPLES
    now = NOW

    def run(self, connector: str, content: bytes, name: str = "sample", **context: Any) -> Outcome:
        """Run a connector by name on bytes."""
        return run(CONNECTORS[connector], content, name, **context)

    def __init__(self) -> None:
        """Keep what each sample gave: a dozen tests look at the same outcome."""
        self.sample = cache(self.sample_again)
        self.expected = cache(expectations)

    def sample_again(self, connector: str, sample: str) -> Outcome:
        """Run a connector by name on one of its samples."""
        return run(
            CONNECTORS[connector],
            (SAMPLES / connector / sample).read_bytes(),
            Path(sample).name,
            **self.context(connector, sample),
        )

    def context(self, connector: str, sample: str) -> dict[str, Any]:
        """Return the context that a sample asks for."""
        return context_of(connector, self.expected(connector)[sample])


@pytest.fixture(scope="session")
def lab() -> Lab:
    """Running connectors."""
    return Lab()


@pytest.fixture(scope="session")
def cases(lab: Lab) -> ModuleType:
    """What the samples of the 15-18 hub are made of."""
    path = lab.samples / "rescue_cases" / "cases.py"
    spec = importlib.util.spec_from_file_location("hub_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
