"""The lake as others use it: put records in, get them out, and nothing else."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from tests.lake import samples
from tests.lake.samples import DAY_US, START_US, city_facts, complete, fact

from vigie.base.errors import Conflict, HomeInvalid, NotFound, StoreBroken, WrongUsage
from vigie.base.settings import LakeSettings
from vigie.lake.commit import MAX_FILES, MERGED_ROWS, choose_small
from vigie.lake.layout import DataFile, part_code, part_name
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS, FACTS, NARRATIVES


def by_id(table: pa.Table) -> pa.Table:
    return table.sort_by("fact_id").combine_chunks()


def test_opening_what_is_not_there_is_refused_and_creating_is_not(tmp_path: Path) -> None:
    with pytest.raises(HomeInvalid):
        Lake.open(tmp_path / "none", LakeSettings())
    with Lake.open(tmp_path / "new", LakeSettings(), create=True) as lake:
        assert {kind: lake.count(kind) for kind in CONTRACTS} == dict.fromkeys(CONTRACTS, 0)
        assert lake.extent("facts") is None
        assert lake.scan("facts").num_rows == 0
    with Lake.open(tmp_path / "new", LakeSettings()) as again:
        assert again.parts("facts") == []


def test_tables_are_of_the_protocol_that_has_no_deletion_vectors(lake: Lake) -> None:
    for kind in CONTRACTS:
        protocol = DeltaTable(str(lake.folder / kind)).protocol()
        assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)


def test_a_table_of_another_protocol_is_refused(tmp_path: Path) -> None:
    with Lake.open(tmp_path / "lake", LakeSettings(), create=True) as lake:
        folder = lake.folder / "facts"
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    write_deltalake(
        str(folder),
        FACTS.empty(),
        partition_by=["part"],
        configuration={"delta.enableDeletionVectors": "true"},
    )
    with pytest.raises(StoreBroken):
        Lake.open(tmp_path / "lake", LakeSettings())
    still_open = _open_files()
    assert [name for name in still_open if name.startswith(str(tmp_path))] == []


def _open_files() -> list[str]:
    """Return the names of the files that this process holds; none where the system tells none."""
    names = []
    for handle in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(FileNotFoundError):  # the folder's own handle, gone meanwhile
            names.append(str(handle.readlink()))
    return names


def test_what_goes_in_comes_out_unchanged(lake: Lake) -> None:
    facts = city_facts(400)
    done = lake.commit("facts", facts)
    assert (done.added, done.replaced, done.duplicates) == (400, 0, 0)
    assert done.kept.equals(facts)
    assert list(done.parts) == lake.parts("facts") == sorted(set(facts["part"].to_pylist()))
    assert by_id(lake.scan("facts")).equals(by_id(facts))
    assert lake.count("facts") == 400
    assert lake.extent("facts") == tuple(pc.min_max(facts["earliest_us"]).as_py().values())


@pytest.mark.parametrize("kind", sorted(CONTRACTS))
def test_every_kind_keeps_its_contract(lake: Lake, kind: str) -> None:
    contract = CONTRACTS[kind]
    lake.commit(kind, contract.empty())
    assert lake.count(kind) == 0
    scanned = lake.scan(kind)
    assert scanned.schema.names == contract.names()
    assert [f.type for f in scanned.schema] == [c.type for c in contract.columns]


def test_the_same_batch_twice_adds_nothing_and_makes_no_version(lake: Lake) -> None:
    facts = city_facts(50)
    first = lake.commit("facts", facts)
    second = lake.commit("facts", facts)
    assert (second.added, second.replaced, second.duplicates) == (0, 0, 50)
    assert second.version == first.version
    assert second.kept.num_rows == 0


def test_within_a_batch_the_highest_revision_wins_and_the_first_of_equals(lake: Lake) -> None:
    rows = [
        fact("a", START_US, revision=1, severity=1),
        fact("b", START_US, revision=5, severity=1),
        fact("a", START_US, revision=2, severity=2),
        fact("a", START_US, revision=2, severity=3),
        fact("b", START_US, revision=4, severity=4),
    ]
    done = lake.commit("facts", complete("facts", rows))
    assert (done.added, done.duplicates) == (2, 3)
    assert done.kept["severity"].to_pylist() == [1, 2]
    assert sorted(lake.scan("facts")["severity"].to_pylist()) == [1, 2]


def test_a_higher_revision_replaces_and_a_lower_one_does_not(lake: Lake) -> None:
    lake.commit("facts", complete("facts", [fact("a", START_US, revision=3, severity=3)]))
    for revision, severity, expected in ((2, 1, 3), (3, 1, 3), (4, 5, 5)):
        row = fact("a", START_US, revision=revision, severity=severity)
        done = lake.commit("facts", complete("facts", [row]))
        assert done.replaced == (revision == 4)
        assert lake.scan("facts")["severity"].to_pylist() == [expected]


def test_an_amended_time_moves_the_fact_to_another_part(lake: Lake) -> None:
    others = [fact(f"o{i}", START_US + i) for i in range(5)]
    lake.commit("facts", complete("facts", [fact("a", START_US), *others]))
    moved = fact("a", START_US + 3 * DAY_US, revision=1)
    done = lake.commit("facts", complete("facts", [moved]))
    assert done.parts == ("2026-03-01", "2026-03-04")
    assert lake.parts("facts") == ["2026-03-01", "2026-03-04"]
    assert lake.count("facts") == 6
    assert lake.scan("facts", ids=[moved["fact_id"]])["part"].to_pylist() == ["2026-03-04"]


def test_a_part_that_loses_its_last_fact_is_gone(lake: Lake) -> None:
    lake.commit("facts", complete("facts", [fact("a", START_US)]))
    lake.commit("facts", complete("facts", [fact("a", START_US + DAY_US, revision=1)]))
    assert lake.parts("facts") == ["2026-03-02"]


def test_an_incomplete_batch_is_refused_by_name(lake: Lake) -> None:
    facts = city_facts(3)
    with pytest.raises(WrongUsage) as missing:
        lake.commit("facts", facts.drop_columns(["cell"]))
    assert "cell" in missing.value.params["reason"]
    nulls = facts.set_column(0, "fact_id", pa.array([None] * 3, pa.string()))
    with pytest.raises(WrongUsage):
        lake.commit("facts", nulls)
    position = facts.column_names.index("part")
    with pytest.raises(WrongUsage):
        lake.commit("facts", facts.set_column(position, "part", pa.array(["../x"] * 3)))
    with pytest.raises(NotFound):
        lake.commit("rumours", facts)
    assert lake.count("facts") == 0


def test_scan_filters_by_window_cells_ids_and_columns(lake: Lake) -> None:
    facts = city_facts(500)
    lake.commit("facts", facts)
    start, end = START_US + DAY_US + 12_345, START_US + 3 * DAY_US + 777
    window = lake.scan("facts", from_us=start, to_us=end)
    times = facts["earliest_us"]
    expected = facts.filter(pc.and_(pc.greater_equal(times, start), pc.less(times, end)))
    assert by_id(window).equals(by_id(expected))
    assert window["earliest_us"].to_pylist() == sorted(window["earliest_us"].to_pylist())

    cells = sorted(c for c in facts["cell"].to_pylist() if c is not None)
    low, high = cells[100], cells[300]
    found = lake.scan("facts", cells=(low, high), columns=["cell"])
    assert found.column_names == ["cell"]
    assert sorted(found["cell"].to_pylist()) == [c for c in cells if low <= c <= high]

    ids = facts["fact_id"].to_pylist()[::50]
    assert sorted(lake.scan("facts", ids=ids)["fact_id"].to_pylist()) == sorted(ids)
    assert lake.scan("facts", ids=[]).num_rows == 0
    assert lake.scan("facts", ids=["nobody"]).num_rows == 0


def test_ids_are_found_even_where_the_index_is_behind(lake: Lake) -> None:
    facts = city_facts(60)
    lake.commit("facts", facts)
    snapshot = lake.snapshot()
    amended = facts.set_column(
        facts.column_names.index("revision"), "revision", pa.array([1] * 60, pa.int64())
    )
    lake.commit("facts", amended)
    wanted = facts["fact_id"].to_pylist()[:5]
    assert snapshot.scan("facts", ids=wanted)["revision"].to_pylist() == [0] * 5
    assert lake.scan("facts", ids=wanted)["revision"].to_pylist() == [1] * 5


def test_a_snapshot_repeats_exactly_while_writers_go_on(lake: Lake) -> None:
    lake.commit("facts", city_facts(300))
    snapshot = lake.snapshot()
    before = snapshot.query("summary_counts"), snapshot.scan("facts"), snapshot.count("facts")
    for turn in range(15):
        lake.commit("facts", city_facts(40, seed=turn, prefix=f"t{turn}-"))
    revised = city_facts(300)
    revised = revised.set_column(
        revised.column_names.index("revision"), "revision", pa.array([9] * 300, pa.int64())
    )
    lake.commit("facts", revised)
    lake.compact()
    after = snapshot.query("summary_counts"), snapshot.scan("facts"), snapshot.count("facts")
    assert before == after
    assert lake.count("facts") == 300 + 15 * 40


def test_an_erasure_ends_older_snapshots_by_name(lake: Lake) -> None:
    facts = city_facts(20)
    lake.commit("facts", facts)
    snapshot = lake.snapshot()
    lake.erase("facts", [facts["fact_id"][0].as_py()])
    with pytest.raises(Conflict):
        snapshot.scan("facts")


def test_two_handles_on_one_lake_see_each_other(lake: Lake) -> None:
    with Lake.open(lake.folder, LakeSettings()) as other:
        lake.commit("facts", city_facts(30))
        assert other.count("facts") == 30
        other.commit("facts", city_facts(30, prefix="g"))
        assert lake.count("facts") == 60
        other.erase("facts", city_facts(1)["fact_id"].to_pylist())
        assert lake.count("facts") == 59
        assert lake.scan("facts").num_rows == 59


def test_many_small_commits_keep_few_files(lake: Lake) -> None:
    for turn in range(60):
        rows = [fact(f"{turn}-{i}", START_US + turn * 60_000_000 + i) for i in range(3)]
        lake.commit("facts", complete("facts", rows))
    snapshot = lake.snapshot()
    assert snapshot.count("facts") == 180
    assert len(snapshot.versions["facts"].files) <= 16


def test_a_live_commit_merges_small_files_and_leaves_large_ones() -> None:
    small = [DataFile(f"s{n}", "2026-03-01", 40, 1, None, None) for n in range(MAX_FILES)]
    large = [DataFile(f"l{n}", "2026-03-01", MERGED_ROWS, 1, None, None) for n in range(30)]
    assert set(choose_small([*large, *small], 10)) == set(small)
    assert choose_small([*large, *small[1:]], 10) == []
    middling = [DataFile(f"m{n}", "2026-03-01", 100_000, 1, None, None) for n in range(MAX_FILES)]
    assert len(choose_small(middling, 100_000)) == 2


def test_compaction_changes_files_and_no_row(lake: Lake) -> None:
    for turn in range(8):
        lake.commit("facts", city_facts(50, seed=turn, days=3, prefix=f"c{turn}-"))
    before = by_id(lake.scan("facts"))
    closed = lake.compact("facts", before="2026-03-03")
    assert closed.parts == 2
    assert closed.files_after == 2
    files = lake.snapshot().versions["facts"].files
    assert {p: sum(f.part == p for f in files) for p in lake.parts("facts")}["2026-03-01"] == 1
    assert len([f for f in files if f.part == "2026-03-03"]) > 1
    lake.compact()
    assert len(lake.snapshot().versions["facts"].files) == len(lake.parts("facts"))
    assert by_id(lake.scan("facts")).equals(before)
    assert lake.compact().parts == 0
    assert lake.commit("facts", city_facts(50, seed=0, days=3, prefix="c0-")).duplicates == 50


def test_files_are_sorted_as_the_contract_says(lake: Lake) -> None:
    lake.commit("facts", city_facts(2_000, days=1))
    lake.compact()
    for file in lake.snapshot().versions["facts"].files:
        table = pq.ParquetFile(lake.folder / "facts" / file.path).read(["cell", "earliest_us"])
        rows = [(c is None, c, t) for c, t in zip(*table.to_pydict().values(), strict=True)]
        assert rows == sorted(rows, key=lambda r: (r[0], r[1] or 0, r[2]))


def test_the_log_knows_no_identifying_value(lake: Lake) -> None:
    """Statistics stand in the log for ever: only widened ranges of cells may."""
    lake.commit("facts", complete("facts", [fact("secret-ref", START_US + 123_456)]))
    text = "".join(p.read_text() for p in (lake.folder / "facts" / "_delta_log").glob("*.json"))
    row = lake.scan("facts").to_pylist()[0]
    for name in ("fact_id", "source_ref", "cell", "earliest_us", "lon", "lat", "kind"):
        assert str(row[name]) not in text, name
    file = lake.snapshot().versions["facts"].files[0]
    assert file.low is not None
    assert file.high is not None
    assert file.low < row["cell"] < file.high


def narrative(fact_id: str, text: str, revision: int = 0) -> dict[str, object]:
    return {
        "fact_id": fact_id, "source": "log", "text": text, "redactions": 0,
        "revision": revision, "part": "2026-03-01",
    }  # fmt: skip


def test_texts_live_apart_and_the_highest_revision_wins(lake: Lake) -> None:
    def put(*rows: dict[str, object]) -> int:
        return lake.commit_narratives(pa.Table.from_pylist(list(rows), schema=NARRATIVES))

    assert put(narrative("a", "un"), narrative("b", "deux")) == 2
    assert put(narrative("a", "plus tard", 2)) == 1
    assert put(narrative("a", "plus tôt", 1)) == 0
    assert lake.narrative("a") == "plus tard"
    assert lake.narrative("c") is None
    assert (lake.folder / "live" / "narratives.db").is_file()
    with pytest.raises(NotFound):
        lake.scan("narratives")
    with pytest.raises(WrongUsage):
        lake.commit_narratives(pa.table({"fact_id": ["x"]}))


def test_wrong_questions_are_refused_by_name(lake: Lake) -> None:
    with pytest.raises(NotFound):
        lake.query("no_such_query")
    with pytest.raises(WrongUsage):
        lake.query("histogram")
    with pytest.raises(WrongUsage):
        lake.query("histogram", bucket_us="an hour")
    with pytest.raises(WrongUsage):
        lake.query("map_cells", colour="red")
    with pytest.raises(WrongUsage):
        lake.query("map_cells", engine="abacus")
    with pytest.raises(WrongUsage):
        lake.query("zone_counts")
    with pytest.raises(WrongUsage):
        lake.query("map_cells", kinds=["offence|.*"])
    with pytest.raises(NotFound):
        lake.count("rumours")


def test_samples_are_what_intake_would_hand_over() -> None:
    table = samples.city_facts(50)
    assert table.schema.names == FACTS.names()
    assert pc.any(pc.is_null(table["lon"])).as_py() or table.num_rows < 20
    assert any(us % 1_000_000 for us in table["earliest_us"].to_pylist())


@pytest.mark.parametrize("part", ["2026-01-05", "2026-12", "1970-01"])
def test_part_codes_go_both_ways(part: str) -> None:
    assert part_name(part_code(part)) == part


@pytest.mark.parametrize("part", ["2026", "2026-1-5", "2026-01-05/..", "", "2026-01-05 "])
def test_a_part_is_a_day_or_a_month(part: str) -> None:
    with pytest.raises(WrongUsage):
        part_code(part)


def test_readers_never_see_half_a_commit(lake: Lake) -> None:
    """Ten facts over several days per commit: every reader counts in tens, whatever the engine."""
    stop = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        last = 0
        while not stop.is_set():
            snapshot = lake.snapshot()
            n = snapshot.query("extent")["n"][0].as_py()
            cells = sum(snapshot.query("map_cube")["n"].to_pylist())
            if n % 10 or n < last or n != snapshot.count("facts") or cells != n:
                wrong.append((n, last, cells))
            last = n

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(25):
        rows = [fact(f"{turn}-{i}", START_US + i * DAY_US // 2) for i in range(10)]
        lake.commit("facts", complete("facts", rows))
        if turn % 10 == 9:
            lake.compact()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert lake.count("facts") == 250


def test_replaced_files_go_after_an_hour_and_not_before(lake: Lake) -> None:
    for turn in range(6):
        lake.commit("facts", city_facts(20, days=1, seed=turn, prefix=f"v{turn}-"))
    lake.compact()
    folder = lake.folder / "facts"
    assert len(list(folder.glob("part=*/*"))) > len(lake.snapshot().versions["facts"].files)
    hours_ago = time.time() - 7_300
    for path in folder.glob("part=*/*"):
        os.utime(path, (hours_ago, hours_ago))
    assert lake._tables["facts"].vacuum(0) > 0
    assert len(list(folder.glob("part=*/*"))) == len(lake.snapshot().versions["facts"].files)
    assert lake.count("facts") == lake.scan("facts").num_rows == 120
    assert lake.commit("facts", city_facts(20, days=1, seed=0, prefix="v0-")).duplicates == 20
