"""What may not be kept is not kept: not in the journal, the spool, quarantine or any log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock
from vigie.base.translations import codes
from vigie.lake.erasure import find_bytes
from vigie.model.notices import REASONS_OF_LAW, Reject
from vigie.situation.home import Home, init_home, open_home

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
CANARY = "208010123456789"
NAME = "Aristide Fictif-Canari"
SAMPLES = Path(__file__).parents[1] / "connectors" / "samples"
HEAD = "reference;nature;type;debut;fin;etat;adresse;maj"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home", clock=FixedClock(NOW)) as opened:
        yield opened


def phones(lines: int = 3) -> bytes:
    """A telecom file in which one row gives a subscriber's number."""
    sample = (SAMPLES / "telecom_presence" / "invalid" / "imsi.csv").read_text(encoding="utf-8")
    head, *rows = sample.splitlines()
    number = next(part for row in rows for part in row.split(";") if len(part) == 15)
    found = [head, *rows, *(rows[-1] for _ in range(lines))]
    return "\n".join(found).replace(number, CANARY).encode()


def only_reason(home: Home, code: str) -> str:
    """Check that a single refusal is left, without content; return its id."""
    (found,) = home.intake.quarantine_list()
    assert (found.code, found.state) == (code, "expired")
    assert home.intake.quarantine_get(found.id).raw == b""
    return found.id


@pytest.mark.parametrize("lines", [3, 3_000])
@pytest.mark.parametrize("way", ["pushed", "ingested"])
def test_a_file_with_identifiers_leaves_its_hash_its_size_and_the_reason(
    home: Home, tmp_path: Path, lines: int, way: str
) -> None:
    """Requirement: TEL-2."""
    content = phones(lines)
    if way == "pushed":
        home.intake.register("operateur", "telecom_presence")
        home.intake.accept("operateur", "presence.csv", content)
        home.intake.drain()
    else:
        path = tmp_path / "presence.csv"
        path.write_bytes(content)
        home.intake.ingest_paths("telecom_presence", [path], source="operateur")
    assert find_bytes(home.path, [CANARY]) == []
    only_reason(home, "identifier_column")
    database = home.intake.housekeeping._journal.database
    (message,) = database.rows("SELECT * FROM messages")
    assert message["payload"] is None
    assert message["spool"] is None
    assert message["size"] == len(content)
    assert len(message["sha256"]) == 64
    assert home.lake.count("measures") == 0


def test_it_may_come_again_and_again(home: Home) -> None:
    """Requirement: TEL-2."""
    home.intake.register("operateur", "telecom_presence")
    for _ in range(3):
        home.intake.accept("operateur", "presence.csv", phones())
        home.intake.drain()
        assert find_bytes(home.path, [CANARY]) == []
    only_reason(home, "identifier_column")
    assert home.intake.replay().read == 0
    assert home.intake.quarantine_retry(state="open").tried == 0


def test_a_demonstration_told_with_a_name_leaves_nothing_of_the_name(home: Home) -> None:
    """Requirement: DEM-1. The neighbours in the same file get in."""
    home.intake.register("prefecture", "public_space")
    sample = SAMPLES / "public_space" / "invalid" / "mixed_file.csv"
    content = sample.read_text(encoding="utf-8").replace("contre le gros radis", NAME)
    assert NAME in content
    home.intake.accept("prefecture", "declarations.csv", content.encode())
    home.intake.drain()
    assert home.lake.count("plans") == 2
    assert find_bytes(home.path, [NAME, "Fictif-Canari"]) == []
    only_reason(home, "forbidden_column")


def test_patients_at_a_citys_feed_leave_nothing(home: Home) -> None:
    """Requirement: HEA-1."""
    sample = next((SAMPLES / "hospital_edge" / "valid").glob("*.hl7"))
    content = sample.read_bytes() + f"\rPID|1||{CANARY}||{NAME}".encode()
    home.intake.register("hopital", "hospital_edge")
    home.intake.accept("hopital", "adt.hl7", content)
    home.intake.drain()
    assert find_bytes(home.path, [CANARY, NAME]) == []
    only_reason(home, "no_legal_grant")


def test_what_was_quarantined_and_is_now_against_the_law_is_wiped(home: Home) -> None:
    """A rule that is corrected later works on what waits, too."""
    journal, quarantine = home.intake.housekeeping._journal, home.intake.housekeeping._quarantine
    home.intake.register("prefecture", "public_space")
    home.intake.accept("prefecture", "x.csv", f"{HEAD}\nM-9;{NAME};;hier;;;;".encode())
    home.intake.drain()
    (row,) = home.intake.quarantine_list()
    refused = [(row.id, Reject("forbidden_column", row.row, {"column": "objet"}))]
    journal.database.write(lambda c: quarantine.settle_within(c, [], refused))
    only_reason(home, "forbidden_column")


def test_each_reason_of_law_has_a_text() -> None:
    assert set(codes()) >= REASONS_OF_LAW
    assert not Reject("bad_number").of_law
