"""Whatever the order, the repetitions and the crashes: the lake is as after one clean pass."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lake.samples import DAY_US, START_US, city_facts, complete, fact

from vigie.base.settings import LakeSettings
from vigie.lake import commit as commit_module
from vigie.lake import index as index_module
from vigie.lake.erasure import find_bytes
from vigie.lake.store import Lake

pytestmark = pytest.mark.usefixtures("forked_programs")
WORKER = Path(__file__).with_name("crash_worker.py")


def contents(lake: Lake) -> list[tuple[str, int, int, str]]:
    table = lake.scan("facts", columns=["fact_id", "revision", "earliest_us", "part"])
    return sorted(zip(*table.to_pydict().values(), strict=True))


messages = st.lists(
    st.tuples(
        st.integers(0, 12),  # which fact
        st.integers(0, 4),  # revision
        st.integers(0, 3),  # day it is said to have happened
    ),
    min_size=1,
    max_size=40,
)


@given(said=messages, cuts=st.lists(st.integers(0, 40), max_size=6), data=st.data())
@settings(max_examples=25)
def test_any_interleaving_equals_one_clean_pass(
    said: list[tuple[int, int, int]], cuts: list[int], data: st.DataObject
) -> None:
    """R-7: duplicates, amendments and disorder leave what one clean pass leaves."""
    truth: dict[int, tuple[int, int]] = {}
    said = [(ref, revision, (ref + revision) % 4) for ref, revision, _ in said]
    for ref, revision, day in said:
        if ref not in truth or revision > truth[ref][0]:
            truth[ref] = (revision, day)
    order = data.draw(st.permutations(said))
    again = data.draw(st.lists(st.sampled_from(said), max_size=10))
    stream = [*order, *again]
    bounds = [0, *sorted(min(c, len(stream)) for c in cuts), len(stream)]
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake.open(Path(folder) / "lake", LakeSettings(threads=1), create=True)
        with lake:
            rows = [fact(f"r{r}", START_US + d * DAY_US + r, revision=v) for r, v, d in stream]
            total = 0
            for low, high in itertools.pairwise(bounds):
                if low < high:
                    done = lake.commit("facts", complete("facts", rows[low:high]))
                    total += done.added
                    assert done.added + done.replaced + done.duplicates == high - low
                    assert done.kept.num_rows == done.added + done.replaced
                    assert lake.count("facts") == total
            expected = [fact(f"r{r}", START_US + d * DAY_US + r, revision=v)
                        for r, (v, d) in truth.items()]  # fmt: skip
            clean = complete("facts", expected).select(
                ["fact_id", "revision", "earliest_us", "part"]
            )
            assert contents(lake) == sorted(zip(*clean.to_pydict().values(), strict=True))
            assert lake.query("map_cube").equals(lake.query("map_cells", resolution=8))


def index_of(lake: Lake) -> list[tuple[str, int, int]]:
    with closing(sqlite3.connect(lake.folder / "index.db")) as base:
        return base.execute("SELECT * FROM ids_facts ORDER BY id").fetchall()


@pytest.mark.parametrize("together", [index_module.TOGETHER_ROWS, 30])
def test_a_lost_index_is_made_again_from_the_table(
    tmp_path: Path, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, or a range of ids after the other where they are many."""
    monkeypatch.setattr(index_module, "TOGETHER_ROWS", together)
    facts = city_facts(200)
    with Lake.open(tmp_path / "lake", LakeSettings(), create=True) as lake:
        lake.commit("facts", facts)
        before = index_of(lake)
    for path in (tmp_path / "lake").glob("index.db*"):
        path.unlink()
    with Lake.open(tmp_path / "lake", LakeSettings()) as lake:
        assert lake.commit("facts", facts).duplicates == 200
        assert lake.count("facts") == 200
        assert index_of(lake) == before


def test_an_index_ahead_of_a_restored_table_is_made_again(tmp_path: Path) -> None:
    """A table put back from an older copy: the index knows ids that are not there."""
    with Lake.open(tmp_path / "lake", LakeSettings(), create=True) as lake:
        lake.commit("facts", city_facts(20))
        lake.commit("facts", city_facts(20, prefix="later"))
        log = lake.folder / "facts" / "_delta_log" / "00000000000000000002.json"
    log.unlink()
    with Lake.open(tmp_path / "lake", LakeSettings()) as lake:
        assert lake.count("facts") == 20
        assert lake.commit("facts", city_facts(20, prefix="later")).added == 20
        assert lake.commit("facts", city_facts(20)).duplicates == 20


def run_worker(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("point", ["written", "committed", "indexed", "half-indexed"])
@pytest.mark.parametrize("amending", ["new", "amended"])
def test_kill_9_between_the_steps_neither_loses_nor_doubles(
    tmp_path: Path, point: str, amending: str
) -> None:
    folder = tmp_path / "lake"
    base = city_facts(120, days=3)
    with Lake.open(folder, LakeSettings(), create=True) as lake:
        lake.commit("facts", base)
    worker = run_worker(str(folder), point, amending)
    out, err = worker.communicate(timeout=120)
    assert worker.returncode == -9, (out, err)
    with Lake.open(folder, LakeSettings()) as lake:
        survived = lake.count("facts")
        landed = point != "written"
        assert survived == (120 if amending == "amended" or not landed else 180)
        batch = city_facts(60, days=3, prefix="f" if amending == "amended" else "crash")
        if amending == "amended":
            position = batch.column_names.index("revision")
            batch = batch.set_column(position, "revision", pa.array([7] * 60, pa.int64()))
        done = lake.commit("facts", batch)  # the message comes again, as after any crash
        if landed:
            assert done.duplicates == 60
        elif amending == "amended":
            assert done.replaced == 60
        else:
            assert done.added == 60
        ids = lake.scan("facts", columns=["fact_id"])["fact_id"].to_pylist()
        assert len(ids) == len(set(ids)) == (120 if amending == "amended" else 180)
        assert lake.commit("facts", base).duplicates == 120


def test_processes_writing_at_the_same_time_agree(tmp_path: Path) -> None:
    """Three writers with overlapping facts and amendments: one lake, each fact once."""
    folder = tmp_path / "lake"
    with Lake.open(folder, LakeSettings(), create=True) as lake:
        workers = [run_worker(str(folder), "together", str(n)) for n in range(3)]
        answers = [worker.communicate(timeout=240) for worker in workers]
        assert [w.returncode for w in workers] == [0, 0, 0], answers
        added = sum(int(out.split()[0]) for out, _ in answers)
        assert lake.count("facts") == added == 150
        rows = lake.scan("facts", columns=["fact_id", "revision"])
        assert rows["revision"].to_pylist() == [2] * 150
        assert len(set(rows["fact_id"].to_pylist())) == 150


def test_a_commit_that_fails_midway_leaves_the_lake_as_it_was(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.commit("facts", city_facts(30))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(commit_module, "write_sorted", full)
        with pytest.raises(OSError, match="No space"):
            lake.commit("facts", city_facts(30, prefix="more"))
    assert lake.count("facts") == 30
    assert lake.commit("facts", city_facts(30, prefix="more")).added == 30


def test_a_compaction_cut_off_before_the_index_changes_nothing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turn in range(4):
        lake.commit("facts", city_facts(30, days=2, seed=turn, prefix=f"c{turn}-"))
    before = contents(lake)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lake._index, "record", cut)
        with pytest.raises(KeyboardInterrupt):
            lake.compact("facts")
    assert contents(lake) == before
    assert lake.commit("facts", city_facts(30, days=2, seed=1, prefix="c1-")).duplicates == 30
    assert contents(lake) == before


def test_an_erasure_cut_off_before_the_index_is_finished_by_the_next(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = city_facts(40, days=2)
    lake.commit("facts", facts)
    ids = facts["fact_id"].to_pylist()[:4]

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lake._index, "record", cut)
        with pytest.raises(KeyboardInterrupt):
            lake.erase("facts", ids)
    assert lake.count("facts") == 36
    lake.erase("facts", ids)
    assert find_bytes(lake.folder, ids) == []
    assert lake.commit("facts", facts).added == 4
