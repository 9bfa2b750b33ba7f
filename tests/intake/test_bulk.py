"""``vigie ingest``: the report adds up, a folder is walked, a bad file costs only itself."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.base.clock import FixedClock
from vigie.base.errors import MappingInvalid, NotFound, WrongUsage
from vigie.intake.mappings import read_mapping
from vigie.intake.service import Intake
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    one = tmp_path / "files"
    one.mkdir()
    return one


def test_a_folder_with_good_and_hostile_files(
    intake: Intake, lake: Lake, folder: Path, fact: Fact, lines: Lines
) -> None:
    (folder / "a.jsonl").write_bytes(lines(fact("1"), fact("2", lon=0.0, lat=0.0), fact("3")))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(lines(fact("4"), fact("1"))))
    (folder / "c.jsonl").write_bytes(b"")
    (folder / "d.jsonl").symlink_to("/etc/passwd")
    (folder / "e.jsonl").write_bytes(lines(fact("5"), {"boom": True}, fact("6")))
    (folder / "f.jsonl.gz").write_bytes(gzip.compress(bytes(50 * 2**20)))
    (folder / "g.jsonl").write_bytes(lines(*(fact(f"g{i}") for i in range(2000))))
    (folder / "readme.txt").write_bytes(b"x")
    steps: list[tuple[float, float, str]] = []
    report = intake.ingest_paths(
        "probe", [folder], source="log", progress=lambda *step: steps.append(step)
    )
    answer = report.as_json()
    assert {name: answer[name] for name in ("read", "accepted", "duplicates", "quarantined")} == {
        "read": 2006, "accepted": 2004, "duplicates": 1, "quarantined": 5,
    }  # fmt: skip
    assert answer["ignored"] == 1
    by_name = {one["name"]: one for one in answer["files"]}
    assert list(by_name) == sorted(by_name)
    assert by_name["b.jsonl.gz"]["duplicates"] == 1
    assert by_name["e.jsonl"]["accepted"] == 1
    assert sorted((q.file, q.code) for q in intake.quarantine_list()) == [
        ("a.jsonl", "null_island"), ("c.jsonl", "empty_file"), ("d.jsonl", "symbolic_link"),
        ("e.jsonl", "internal_failure"), ("f.jsonl.gz", "archive_bomb"),
    ]  # fmt: skip
    assert lake.count("facts") == 2004
    assert steps[-1][0] <= steps[-1][1]
    again = intake.ingest_paths("probe", [folder], source="log")
    assert (again.accepted, again.duplicates, again.quarantined) == (0, 2005, 5)
    assert len(intake.quarantine_list()) == 5


def test_a_file_named_twice_or_without_permission(
    intake: Intake, folder: Path, fact: Fact, lines: Lines
) -> None:
    path = folder / "a.jsonl"
    path.write_bytes(lines(fact("1")))
    report = intake.ingest_paths("probe", [path, path], source="log")
    assert (report.accepted, report.duplicates) == (1, 1)
    path.chmod(0)
    if os.geteuid() != 0:  # root reads everything
        report = intake.ingest_paths("probe", [path], source="log")
        assert report.quarantined == 1


def test_what_is_wrong_with_the_request_is_raised_before_anything_is_read(
    intake: Intake, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        intake.ingest_paths("probe", [folder / "missing.jsonl"])
    with pytest.raises(NotFound):
        intake.ingest_paths("nothing", [folder])
    with pytest.raises(WrongUsage):
        intake.ingest_paths("headed", [folder], source="log")
    mapping = tmp_path / "m.toml"
    for text in (b"= broken", b"\xff\xfe"):
        mapping.write_bytes(text)
        with pytest.raises(MappingInvalid):
            intake.ingest_paths("probe", [folder], mapping=mapping)
    with pytest.raises(MappingInvalid):
        read_mapping(tmp_path / "missing.toml")


def test_the_feed_is_named_by_the_mapping_or_the_connector(
    intake: Intake, folder: Path, tmp_path: Path, fact: Fact, lines: Lines
) -> None:
    (folder / "a.jsonl").write_bytes(lines(fact("1")))
    assert intake.ingest_paths("probe", [folder]).source == "probe"
    mapping = tmp_path / "m.toml"
    mapping.write_text('source = "named"\nperiod_s = 60\n')
    assert intake.ingest_paths("probe", [folder], mapping=mapping).source == "named"
    assert intake.source("named").period_s == 60


def test_options_are_renewed_where_they_are_said_and_nothing_else_is(
    intake: Intake, folder: Path, tmp_path: Path, fact: Fact, lines: Lines
) -> None:
    (folder / "a.jsonl").write_bytes(lines(fact("1")))
    named = {"fr": "Journal", "en": "Log"}
    intake.register("log", "probe", options={"a": 1}, period_s=77, title=named)
    mapping = tmp_path / "m.toml"
    mapping.write_text("period_s = 60\n")
    for options, kept in ((None, {"a": 1}), ({"b": 2}, {"b": 2}), (None, {"b": 2})):
        intake.ingest_paths("probe", [folder], source="log", options=options)
        held = intake.source("log")
        assert (held.options, held.period_s, held.title) == (kept, 77, named)
    intake.ingest_paths("probe", [folder], source="log", mapping=mapping)
    assert (intake.source("log").options, intake.source("log").period_s) == ({"b": 2}, 60)


def test_many_small_files_share_commits(
    intake: Intake, lake: Lake, folder: Path, fact: Fact, lines: Lines
) -> None:
    for i in range(700):
        (folder / f"{i:04}.jsonl").write_bytes(lines(fact(str(i))))
    assert intake.ingest_paths("probe", [folder], source="log").accepted == 700
    assert len(intake.health(0)[0].last_batches) <= 4
    assert lake.count("facts") == 700


WIDE = """
import resource, sys
from datetime import datetime
from pathlib import Path
import pyarrow as pa
from vigie.base.clock import SystemClock
from vigie.base.settings import Settings
from vigie.intake.connector import Connector, Parsed
from vigie.intake.service import Intake
from vigie.lake.store import Lake
from vigie.model.contracts import TIMESTAMP

def parse(payload, context):
    first, rows = 1, []
    for line in payload.content:
        rows.append(line.split(b";", 1)[0].decode())
        if len(rows) == 10_000:
            yield chunk(first, rows)
            first, rows = first + len(rows), []
    yield chunk(first, rows)

def chunk(first, rows):
    at = pa.array([datetime.fromisoformat("2026-05-30T10:00:00+00:00")], TIMESTAMP)
    return Parsed("facts", pa.table({
        "source_ref": pa.array(rows, pa.string()),
        "kind": pa.repeat("offence.property.theft", len(rows)),
        "earliest_at": pa.repeat(at[0], len(rows)),
    }), rows=pa.array(range(first, first + len(rows)), pa.int64()), read=len(rows))

home, path = Path(sys.argv[1]), Path(sys.argv[2])
settings = Settings()
lake = Lake.open(home / "lake", settings.lake, create=True)
wide = Connector("wide", {"fr": "x", "en": "x"}, ("facts",), (".csv",), parse)
intake = Intake.open(home / "intake", settings=settings, lake=lake, create=True,
                     connectors={"wide": wide}, clock=SystemClock())
small = path.with_name("small.csv")
small.write_bytes(b"s;x\\n" * 10)
intake.ingest_paths("wide", [small])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
report = intake.ingest_paths("wide", [path])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
intake.close()
print("result", report.read, (after - before) * 1024)
"""


def test_memory_is_bounded_by_the_batch_not_by_the_file(tmp_path: Path) -> None:
    """A 200 MB file, most of it text that is read and left out, in less than its own size."""
    path = tmp_path / "big.csv"
    filler = b";" + b"x" * 1990 + b"\n"
    with path.open("wb") as out:
        for i in range(100_000):
            out.write(b"%07d" % i + filler)
    assert path.stat().st_size > 190 * 2**20
    done = subprocess.run(
        [sys.executable, "-c", WIDE, str(tmp_path), str(path)],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    read, grown = next(
        line.split()[1:] for line in done.stdout.splitlines() if line.startswith("result")
    )
    assert int(read) == 100_000
    assert int(grown) < 150 * 2**20


def test_a_home_that_is_never_served_forgets_on_time(
    intake: Intake, folder: Path, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    (folder / "a.jsonl").write_bytes(lines(fact("1"), fact("2", lon=0.0, lat=0.0)))
    intake.ingest_paths("probe", [folder], source="log")
    clock.advance(timedelta(days=8))
    (folder / "a.jsonl").write_bytes(lines(fact("3")))
    intake.ingest_paths("probe", [folder], source="log")
    assert [q.state for q in intake.quarantine_list()] == ["expired"]
    assert intake.replay().messages == 1
