"""Erasing means that no byte is left: the canary says so, with the log and the index included."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.lake.samples import START_US, city_facts, complete, fact

from vigie.lake.erasure import find_bytes
from vigie.lake.store import Lake
from vigie.model.contracts import NARRATIVES

REF = "canary-of-the-old-port"
TEXT = "Le canari du Vieux-Port chante devant le 12, quai fictif."
US = START_US + 43_217_654_321
LON, LAT = 5.371234567891, 43.298765432109


def canary(**more: object) -> dict[str, object]:
    return fact(REF, US, lon=LON, lat=LAT, attributes=[("station", "canary-station")], **more)


def needles(row: dict[str, object]) -> list[str | int]:
    return [str(row["fact_id"]), REF, "canary-station", US, str(LON), "canari du Vieux-Port"]


@pytest.mark.parametrize("compacted", [False, True])
def test_no_byte_of_an_erased_fact_is_left(lake: Lake, compacted: bool) -> None:
    row = canary()
    others = city_facts(400, days=2)
    lake.commit("facts", others)
    lake.commit("facts", complete("facts", [row]))
    lake.commit("facts", complete("facts", [canary(revision=1, severity=5)]))
    text = {
        "fact_id": row["fact_id"], "source": "log", "text": TEXT, "redactions": 0,
        "revision": 0, "part": "2026-03-01",
    }  # fmt: skip
    lake.commit_narratives(pa.Table.from_pylist([text], schema=NARRATIVES))
    for turn in range(14):
        lake.commit("facts", city_facts(20, seed=turn + 5, days=2, prefix=f"m{turn}-"))
    lake.refresh_cubes()
    if compacted:
        lake.compact()
    places = {trace.path.name for trace in find_bytes(lake.folder, needles(row))}
    assert {"index.db", "narratives.db"} <= {name.removesuffix("-wal") for name in places}
    assert any(name.endswith(".parquet") for name in places)

    done = lake.erase("facts", [str(row["fact_id"]), "nobody"])

    assert done.erased == 1
    assert done.narratives == 1
    assert done.parts == ("2026-03-01",)
    assert find_bytes(lake.folder, needles(row)) == []
    assert lake.narrative(str(row["fact_id"])) is None
    assert lake.count("facts") == 400 + 14 * 20
    assert lake.query("map_cube").equals(lake.query("map_cells", resolution=8))
    kept = {lake.folder / "facts" / f.path for f in lake.snapshot().versions["facts"].files}
    assert set((lake.folder / "facts").rglob("part=*/*")) == kept
    assert lake.commit("facts", others).duplicates == 400


def test_leftovers_of_a_crash_go_with_an_erasure(lake: Lake) -> None:
    facts = city_facts(10, days=1)
    lake.commit("facts", facts)
    orphan = lake.folder / "facts" / "part=2026-03-01" / "left-by-a-crash.parquet"
    pq.write_table(complete("facts", [canary()]), orphan)
    lake.erase("facts", facts["fact_id"].to_pylist()[:1])
    assert not orphan.exists()
    assert find_bytes(lake.folder, [REF]) == []


def test_erasing_everything_leaves_an_empty_lake_that_works(lake: Lake) -> None:
    facts = city_facts(100)
    lake.commit("facts", facts)
    assert lake.erase("facts", facts["fact_id"].to_pylist()).erased == 100
    assert lake.count("facts") == 0
    assert lake.parts("facts") == []
    assert lake.query("map_cells").num_rows == 0
    assert find_bytes(lake.folder, facts["fact_id"].to_pylist()) == []
    assert lake.commit("facts", facts).added == 100


def test_other_kinds_are_erased_as_well(lake: Lake) -> None:
    plan = {
        "plan_id": "planplanplanplanplanplan", "kind": "space.event", "title": "Concert",
        "starts_us": START_US, "ends_us": START_US + 1, "starts_at": 0, "ends_at": 0,
        "state": "declared", "declared": True, "source_ref": "concert-canary",
    }  # fmt: skip
    lake.commit("plans", complete("plans", [plan]))
    assert find_bytes(lake.folder, ["concert-canary"])
    lake.erase("plans", ["planplanplanplanplanplan"])
    assert find_bytes(lake.folder, ["concert-canary", "planplanplanplanplanplan"]) == []


def test_the_scan_sees_through_compression_and_blocks(tmp_path: Path) -> None:
    """A scan that could not find what is there would prove nothing."""
    column = pa.array([f"neighbour-{i}" for i in range(5_000)] + ["hidden-needle"])
    pq.write_table(
        pa.table({"c": column, "n": list(range(5_001))}),
        tmp_path / "a.parquet",
        compression="zstd",
        write_statistics=False,
    )
    assert b"hidden-needle" not in (tmp_path / "a.parquet").read_bytes()
    assert [t.where for t in find_bytes(tmp_path, ["hidden-needle"])] == ["column c"]
    (tmp_path / "b.bin").write_bytes(b"x" * ((1 << 24) - 3) + b"across" + b"y" * 10)
    assert [t.path.name for t in find_bytes(tmp_path, ["across"])] == ["b.bin"]
    (tmp_path / "c.bin").write_bytes((987_654_321_987).to_bytes(8, "little"))
    assert [t.path.name for t in find_bytes(tmp_path, [987_654_321_987])] == ["c.bin"]
