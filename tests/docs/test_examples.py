"""The code that the how-to pages show is run as it stands there."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import vigie.connectors
from vigie.cli.main import run
from vigie.cli.terminal import EXIT_QUARANTINED
from vigie.intake.connector import Context, Payload
from vigie.model.contracts import FACTS
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.home import init_home, open_home

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
BLOCK = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


def _blocks(page: str) -> dict[str, str]:
    return dict(BLOCK.findall((HOW_TO / page).read_text("utf-8")))


def _load(folder: Path, name: str, text: str):
    path = folder / name
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def shown():
    return _blocks("add-a-connector.md")


@pytest.fixture
def connector(shown, tmp_path):
    return _load(tmp_path, "lamp_faults.py", shown["lamp_faults.py"]).CONNECTOR


def _context() -> Context:
    return Context("lamps", "Europe/Paris", datetime(2026, 3, 4, tzinfo=UTC))


def _payload(content: bytes) -> Payload:
    return Payload("sample.json", io.BytesIO(content), size=len(content))


def test_the_connector_gives_what_a_contract_takes(connector, shown):
    (parsed,) = connector.parse(_payload(shown["sample.json"].encode()), _context())

    conformed = FACTS.conform(parsed.table, only=parsed.table.column_names)
    assert conformed.num_rows == 2
    assert len(parsed.rows) == 2
    assert {TAXONOMY.get(code).code for code in parsed.table["kind"].to_pylist()} == {
        "space.equipment.light_fault"
    }


def test_the_tests_of_the_page_pass(connector, shown, tmp_path):
    tests = _load(tmp_path, "shown_tests.py", shown["test_lamp_faults.py"])
    tests.CONNECTOR = connector
    tests.payload = lambda name: _payload(shown[name].encode())
    tests.context = _context
    functions = [value for name, value in vars(tests).items() if name.startswith("test_")]

    assert len(functions) == 2
    for function in functions:
        function()


def test_the_command_of_the_page_reads_a_file(shown, tmp_path, monkeypatch):
    written, export, home = (tmp_path / name for name in ("mine", "export.json", "city"))
    written.mkdir()
    (written / "lamp_faults.py").write_text(shown["lamp_faults.py"], "utf-8")
    export.write_text(shown["sample.json"], "utf-8")
    monkeypatch.setattr(vigie.connectors, "__path__", [*vigie.connectors.__path__, str(written)])
    init_home(home)
    try:
        assert run(["ingest", "lamp_faults", str(export), "--home", str(home)]) == EXIT_QUARANTINED
        with open_home(home) as opened:
            refs = opened.lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist()
    finally:
        sys.modules.pop("vigie.connectors.lamp_faults", None)
    assert sorted(refs) == ["L-1", "L-2"]


def test_what_it_refuses_can_be_tried_again(connector, shown):
    (parsed,) = connector.parse(_payload(shown["sample.json"].encode()), _context())
    repaired = json.loads(parsed.rejects[0].raw)
    repaired[0]["signale_le"] = "2026-03-03T22:00:00"

    (again,) = connector.parse(_payload(json.dumps(repaired).encode()), _context())

    assert again.table["source_ref"].to_pylist() == ["L-3"]
    assert again.rejects == []


@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe", b'[{"numero": 1'])
def test_a_broken_file_is_refused_and_nothing_is_raised(connector, content):
    (parsed,) = connector.parse(_payload(content), _context())

    assert [reject.code for reject in parsed.rejects] == ["unreadable"]
    assert isinstance(parsed.table, pa.Table)


def test_the_mapping_of_the_page_does_what_the_page_says():
    from vigie.connectors.table import CONNECTOR
    from vigie.intake.tabular.mapping import parse_mapping

    shown = _blocks("map-a-file.md")
    content = shown["reports.csv"].encode()
    mapping = parse_mapping(shown["reports.toml"].encode())
    context = Context("reports", "Europe/Paris", datetime(2026, 3, 4, tzinfo=UTC), mapping=mapping)

    found = list(CONNECTOR.parse(Payload("reports.csv", io.BytesIO(content)), context))

    refs = [ref for parsed in found for ref in parsed.table["source_ref"].to_pylist()]
    rejected = {reject.row: reject.code for parsed in found for reject in parsed.rejects}
    assert refs == ["R-1", "R-2"]
    assert rejected == {3: "unknown_kind", 4: "bad_time"}
    assert all("telephone" not in parsed.table.column_names for parsed in found)
