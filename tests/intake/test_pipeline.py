"""From message to lake: everything good gets in, everything else is named, neighbours untouched."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from vigie.base.errors import NotFound, Unavailable, WrongUsage
from vigie.base.ids import record_id
from vigie.intake.service import Intake
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


def refs(lake: Lake, kind: str = "facts") -> list[str]:
    return sorted(lake.scan(kind, columns=["source_ref"])["source_ref"].to_pylist())


def quarantined(intake: Intake) -> list[tuple[str, int | None]]:
    return sorted(
        ((q.code, q.row) for q in intake.quarantine_list()),
        key=lambda pair: (pair[0], pair[1] or 0),
    )


def test_a_message_becomes_complete_records(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "a.jsonl", lines(fact("1"), fact("2", lon=None, lat=None)))
    assert intake.drain() == 1
    row, other = sorted(lake.scan("facts").to_pylist(), key=lambda r: r["source_ref"])
    assert row["fact_id"] == record_id("log", "1")
    assert row["source"] == "log"
    assert row["earliest_us"] == 1_780_135_200_000_000
    assert (row["local_hour"], row["weekday"], row["part"]) == (12, 5, "2026-05-30")
    assert row["cell"] is not None
    assert row["cell8"] is not None
    assert row["row"] == 1
    assert row["received_at"].isoformat() == "2026-06-01T12:00:00+00:00"
    assert other["cell"] is None
    assert other["row"] == 2
    assert intake.batch(row["batch_id"]).accepted == 2
    message = intake.message_of(row["batch_id"], 1_780_315_200_000_000)
    assert message is not None
    assert message.name == "a.jsonl"
    assert intake.health(0)[0].notices == {"unplaced": 1}


def test_every_kind_of_record(intake: Intake, lake: Lake, lines: Lines) -> None:
    at = {"lon": 5.37, "lat": 43.3}
    intake.accept("log", "m", lines(
        {"record": "places", "source_ref": "p", "kind": "place.venue", "label": "Stade", **at},
        {"record": "measures", "source_ref": "m", "metric": "noise.laeq", "value": 60.0,
         "unit": "dB", "from_at": "2026-05-30T10:00:00+00:00",
         "to_at": "2026-05-30T11:00:00+00:00", **at},
        {"record": "plans", "source_ref": "q", "kind": "event.sport.match", "title": "Match",
         "starts_at": "2026-07-01T19:00:00+00:00", "ends_at": "2026-07-01T21:00:00+00:00",
         "state": "declared", **at},
        {"record": "means", "source_ref": "v@10", "unit_ref": "v", "kind": "means.patrol.foot",
         "at": "2026-05-30T10:00:00+00:00", **at},
    ))  # fmt: skip
    intake.drain()
    assert {kind: lake.count(kind) for kind in ("places", "measures", "plans", "means")} == {
        "places": 1, "measures": 1, "plans": 1, "means": 1,
    }  # fmt: skip
    assert lake.parts("plans") == ["2026-07"]
    assert lake.parts("places") == ["1970-01"]
    assert not intake.quarantine_list()


def test_a_poison_row_takes_nothing_with_it(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "m", lines(
        fact("1"), b"{broken\n", fact("2", lon=0.0, lat=0.0), fact("3"),
        fact("4", kind="offence.flying"), fact("5", earliest_at="2099-01-01T00:00:00+00:00"),
        fact("6", lon=43.3, lat=5.37), {**fact("7"), "naive": True}, fact("8"),
    ))  # fmt: skip
    intake.drain()
    assert refs(lake) == ["1", "3", "8"]
    assert quarantined(intake) == [
        ("bad_row", 2), ("naive_time", 8), ("null_island", 3), ("swapped_coordinates", 7),
        ("time_in_future", 6), ("unknown_kind", 5),
    ]  # fmt: skip
    health = intake.health(0)[0]
    assert (health.read, health.records, health.quarantined) == (9, 3, 6)


def test_a_bug_in_a_connector_is_quarantined_and_told_without_the_data(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "good", lines(fact("1")))
    intake.accept("log", "bad", lines(fact("2"), {"boom": True}, fact("3")))
    intake.accept("log", "fine", lines(fact("4")))
    with capture_logs() as logs:
        assert intake.drain() == 3
    assert refs(lake) == ["1", "2", "4"]
    (refused,) = intake.quarantine_list()
    assert (refused.code, refused.row, refused.file) == ("internal_failure", None, "bad")
    told = [entry for entry in logs if entry.get("reference") == refused.params["reference"]]
    assert told
    assert any("parse_probe" in frame for frame in told[0]["frames"])
    assert "Dupont" not in str(logs)
    assert intake.drain() == 0


def test_messages_are_read_together_and_keep_their_rows(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    for i in range(40):
        intake.accept("log", f"m{i}", lines(fact(f"{i}-a"), fact(f"{i}-b")))
    intake.accept("log", "odd", lines(fact("odd"), fact("bad", lon=0.0, lat=0.0)))
    assert intake.drain() == 41
    table = lake.scan("facts").to_pylist()
    assert len({row["batch_id"] for row in table}) == 1
    for row in table:
        message = intake.message_of(row["batch_id"], _us(row["received_at"]))
        assert message is not None
        expected = f"m{row['source_ref'].split('-')[0]}" if "-" in row["source_ref"] else "odd"
        assert message.name == expected
        assert row["row"] == (2 if row["source_ref"].endswith("-b") else 1)
    (refused,) = intake.quarantine_list()
    assert (refused.file, refused.row) == ("odd", 2)


def test_a_load_knows_its_files_when_the_journal_has_forgotten_them(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    """A record older than the journal still leads to its file and the hash of what was in it."""
    contents = {f"m{i}": lines(fact(str(i))) for i in range(3)}
    for name, content in contents.items():
        intake.accept("log", name, content)
    assert intake.drain() == 3
    intake._journal.prune(before_us=2**62)
    for row in lake.scan("facts").to_pylist():
        at = _us(row["received_at"])
        assert intake.message_of(row["batch_id"], at) is None
        name, sha256 = intake.batch(row["batch_id"]).origins[at]
        assert name == f"m{row['source_ref']}"
        assert sha256 == hashlib.sha256(contents[name]).hexdigest()


def _us(at: Any) -> int:
    return round(at.timestamp() * 1_000_000)


def test_headed_messages_with_one_of_another_shape(intake: Intake, lake: Lake) -> None:
    intake.register("csv", "headed")
    for i in range(20):
        header = b"autre\n" if i == 7 else b"ref;at\n"
        intake.accept("csv", f"m{i}", header + f"{i};2026-05-30T10:00:00+00:00\n".encode())
    intake.drain()
    assert len(refs(lake)) == 19
    (refused,) = intake.quarantine_list()
    assert (refused.code, refused.file, refused.row) == ("missing_column", "m7", None)


def test_the_same_record_twice_counts_once_and_a_revision_replaces(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "a", lines(fact("1", severity=1, revision=5)))
    intake.accept("log", "b", lines(fact("1", severity=2, revision=7)))
    intake.accept("log", "c", lines(fact("1", severity=3, revision=6), fact("1", revision=7)))
    intake.drain()
    intake.accept("log", "d", lines(fact("1", severity=4, revision=8)))
    intake.drain()
    (row,) = lake.scan("facts").to_pylist()
    assert (row["severity"], row["revision"]) == (4, 8)
    health = intake.health(0)[0]
    assert (health.records, health.duplicates) == (2, 3)


def test_free_text_is_scrubbed_and_kept_apart(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    text = "Appel de Mme Jeanne Dupont, 06 12 34 56 78, chien errant."
    intake.accept("log", "m", lines(fact("1", text=text), fact("2", text="  "), fact("3")))
    intake.drain()
    kept = lake.narrative(record_id("log", "1"))
    assert kept is not None
    assert "chien errant" in kept
    assert "Dupont" not in kept
    assert "06 12" not in kept
    assert lake.narrative(record_id("log", "2")) is None
    assert "text" not in lake.scan("facts").column_names
    assert intake.health(0)[0].notices["redacted_text"] == 1


def test_what_is_sensitive_leaves_the_text_and_is_counted_by_class(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    """Requirement: PM-4."""
    text = "Malaise d'un homme de type africain, séropositif, VSAV sur place."
    intake.accept("log", "m", lines(fact("1", text=text), fact("2", text="Malaise, VSAV engagé.")))
    intake.drain()
    assert lake.narrative(record_id("log", "1")) == (
        "Malaise d'un homme [sensible], [sensible], VSAV sur place."
    )
    assert lake.narrative(record_id("log", "2")) == "Malaise, VSAV engagé."
    assert intake.health(0)[0].notices["sensitive_words"] == 2


@dataclass
class Point:
    lon: float
    lat: float
    accuracy_m: float = 25.0


class Atlas:
    """Knows one street."""

    asked = 0

    def locate(self, address: str | None, place_name: str | None) -> Point | None:
        self.asked += 1
        return Point(5.4, 43.31) if address == "10 rue Paradis" else None


def test_rows_without_coordinates_are_located_once_per_address(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    atlas = Atlas()
    intake = open_intake(gazetteer=atlas)
    intake.register("log", "probe")
    nowhere = {"lon": None, "lat": None}
    intake.accept("log", "m", lines(
        fact("1", address="10 rue Paradis", **nowhere),
        fact("2", address="10 rue Paradis", **nowhere),
        fact("3", address="nulle part", **nowhere),
        fact("4", address="10 rue Paradis"),
        fact("5", **nowhere),
    ))  # fmt: skip
    intake.drain()
    where = {r["source_ref"]: (r["lon"], r["accuracy_m"]) for r in lake.scan("facts").to_pylist()}
    assert where == {
        "1": (5.4, 25.0), "2": (5.4, 25.0), "3": (None, None), "4": (5.37, None), "5": (None, None),
    }  # fmt: skip
    assert atlas.asked == 2
    assert intake.health(0)[0].notices == {"geocoded": 2, "unplaced": 2}


def test_large_and_compressed_payloads_go_through_the_spool(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    content = lines(*(fact(str(i)) for i in range(3000)))
    assert len(content) > 300_000
    intake.accept("log", "big", content)
    intake.accept(
        "log",
        "packed.jsonl.gz",
        gzip.compress(content.replace(b'"source_ref": "', b'"source_ref": "z')),
    )
    intake.drain()
    assert lake.count("facts") == 6000


def test_a_bulk_message_is_committed_in_batches(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake = open_intake(batch_rows=100)
    intake.register("log", "probe", options={"chunk": 40})
    rows = [fact(str(i)) for i in range(950)]
    rows[300]["lon"] = rows[300]["lat"] = 0.0
    intake.accept("log", "big", lines(*rows))
    intake.drain()
    assert lake.count("facts") == 949
    health = intake.health(0)[0]
    assert (health.read, health.records, health.quarantined, health.messages) == (950, 949, 1, 1)
    assert len(health.last_batches) == 8


def test_a_bulk_load_is_announced_as_a_whole_and_a_live_message_one_by_one(
    intake: Intake, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "live", lines(fact("1"), fact("2")))
    intake.drain()
    types = [event.type.split(".")[2] for event in intake.events.since(0)]
    assert types == ["batch", "fact", "fact"]
    last = intake.events.latest_id
    intake.accept("log", "bulk", lines(*(fact(f"b{i}") for i in range(600))))
    intake.drain()
    event, facts = intake.events.since(last)
    assert event.data["n"] == facts.data["n"] == 600
    assert event.data["from"] == "2026-05-30T10:00:00Z"


def test_feeds_take_turns_and_one_that_fails_does_not_stop_the_others(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines,
    connectors: dict[str, Any],
) -> None:  # fmt: skip
    intake = open_intake()
    intake.register("alive", "probe")
    intake.register("orphan", "headed")
    intake.accept("orphan", "m", b"ref;at\n1;2026-05-30T10:00:00+00:00\n")
    intake.accept("alive", "m", lines(fact("1")))
    gone = connectors.pop("headed")
    assert intake.drain() == 1
    alive, orphan = intake.health(0)
    assert (alive.last_error, orphan.last_error, orphan.backlog) == ("", "not_found", 1)
    connectors["headed"] = gone
    assert intake.drain() == 1
    assert [one.last_error for one in intake.health(0)] == ["", ""]
    assert lake.count("facts") == 2


def test_a_lake_that_is_away_keeps_messages_waiting(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.accept("log", "m", lines(fact("1")))
    with monkeypatch.context() as patch:

        def away(*_: Any) -> None:
            raise Unavailable(what="lake")

        patch.setattr(lake, "commit", away)
        for _ in range(12):  # however often: this is not the message's fault
            assert intake.drain() == 0
        assert intake.health(0)[0].last_error == "unavailable"
    assert intake.drain() == 1
    assert refs(lake) == ["1"]
    assert not intake.quarantine_list()


def test_what_cannot_be_accepted_is_refused_aloud(
    open_intake: Callable[..., Intake], fact: Fact, lines: Lines
) -> None:
    intake = open_intake()
    with pytest.raises(NotFound):
        intake.accept("nobody", "m", b"x")
    with pytest.raises(NotFound):
        intake.register("log", "no-such-connector")
    with pytest.raises(WrongUsage):
        intake.register("Bad Name/..", "probe")
    intake.register("log", "probe")
    with pytest.raises(WrongUsage):
        intake.register("log", "headed")


def test_a_name_that_leaves_its_folder_is_made_harmless_and_counted(
    intake: Intake, fact: Fact, lines: Lines, lake: Lake
) -> None:
    intake.accept("log", "../../etc/passwd", lines(fact("1", lon=0.0, lat=0.0), fact("2")))
    intake.drain()
    (refused,) = intake.quarantine_list()
    assert refused.file == "passwd"
    assert intake.health(0)[0].notices == {"path_traversal": 1}
    assert refs(lake) == ["2"]
