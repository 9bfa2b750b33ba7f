"""The lake in a bucket of a real S3-compatible server: as in a folder, from several machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError
from tests.lake.samples import DAY_US, START_US, city_facts, complete, fact
from tests.seaweed import Seaweed

from vigie.base.errors import Conflict, SettingsInvalid, Unavailable
from vigie.base.settings import LakeSettings
from vigie.base.settings_bucket import BucketSettings
from vigie.lake import bucket_files
from vigie.lake.expiry import Window
from vigie.lake.store import Lake

pytestmark = pytest.mark.usefixtures("forked_programs")
WORKER = Path(__file__).parent / "crash_worker.py"
REF = "canary-of-the-old-port"
Opened = Callable[..., Lake]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Opened]:
    """Open a lake's bucket as a machine does: with a folder of its own."""
    with ExitStack() as all_:

        def opened(place: BucketSettings, name: str = "one") -> Lake:
            settings = LakeSettings(threads=1, bucket=place)
            return all_.enter_context(Lake.open(tmp_path / name, settings, create=True))

        yield opened


def canary(**more: Any) -> dict[str, Any]:
    return fact(REF, START_US + 43_217_654_321, lon=5.3712345678, lat=43.2987654321, **more)


def copies(lake: Lake, kind: str = "facts") -> set[str]:
    folder = lake.folder / kind
    return {path.relative_to(folder).as_posix() for path in folder.glob("part=*/*")}


def held(lake: Lake, kind: str = "facts") -> set[str]:
    return {file.path for file in lake.snapshot().versions[kind].files}


def contents(lake: Lake) -> pa.Table:
    return lake.scan("facts").sort_by("fact_id")


def test_a_life_in_a_bucket_is_the_one_in_a_folder(
    seaweed: Seaweed, machine: Opened, tmp_path: Path
) -> None:
    lake = machine(seaweed.settings())
    beside = Lake.open(tmp_path / "beside", LakeSettings(threads=1), create=True)
    base = city_facts(300, days=3)
    gone = base["fact_id"].to_pylist()[:3]
    after = START_US + DAY_US
    for one in (lake, beside):
        assert one.commit("facts", base).added == 300
        assert one.commit("facts", complete("facts", [canary()])).added == 1
        assert one.commit("facts", complete("facts", [canary(revision=1, severity=5)])).replaced
        for turn in range(13):
            one.commit("facts", city_facts(5, seed=turn, days=1, prefix=f"m{turn}-"))
        assert one.commit("facts", base).duplicates == 300
        assert one.refresh_cubes() == len(one.parts("facts"))
        assert one.compact("facts").parts > 0
        assert one.erase("facts", gone).erased == 3
        step = Window("latest_us", after, only=frozenset({"rescue"}))
        assert one.expire_step("facts", step, lambda _: None) > 0
        one.forget_expired("facts")
    assert contents(lake).equals(contents(beside))
    assert lake.query("map_cube").equals(beside.query("map_cube"))
    assert lake.query("map_cube").equals(lake.query("map_cells", resolution=8))
    names = {path.name for path in lake.folder.rglob("_delta_log")}
    assert not names, "the log stands in the bucket alone"
    beside.close()


def test_erased_bytes_leave_the_bucket_and_the_copies_of_every_machine(
    seaweed: Seaweed, machine: Opened
) -> None:
    """The proof of an erasure covers bucket and copies, here at once and elsewhere when it looks.

    Requirement: P-SHR-3.
    """
    place = seaweed.settings()
    lake, other = machine(place), machine(place, "other")
    row = canary()
    lake.commit("facts", city_facts(60, days=1))
    lake.commit("facts", complete("facts", [row]))
    before = other.snapshot()
    assert before.scan("facts").num_rows == 61
    lake.refresh_cubes()
    assert {trace.path.name for trace in lake.find_bytes([REF])} & {
        path.rsplit("/", 1)[1] for path in held(lake)
    }
    assert copies(other) == held(lake)

    assert lake.erase("facts", [str(row["fact_id"])]).erased == 1

    assert lake.find_bytes([REF, str(row["fact_id"])]) == []
    assert copies(lake) <= held(lake)
    assert any(trace.where != "bytes" for trace in other.find_bytes([REF]))
    other.tidy()
    assert [t for t in other.find_bytes([REF]) if t.path.suffix == ".parquet"] == []
    with pytest.raises(Conflict):
        before.scan("facts")
    assert contents(other).equals(contents(lake))


def test_the_copies_stay_under_their_bound(
    seaweed: Seaweed, machine: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_files, "IN_USE_US", 0)
    writer = machine(seaweed.settings())
    writer.commit("facts", city_facts(400, days=8))
    paths = sorted(held(writer))
    size = sum((writer.folder / "facts" / path).stat().st_size for path in paths)
    place = writer.settings.bucket.model_copy(update={"cache_bytes": size // 2})
    reader = machine(place, "reader")
    for _ in range(2):  # the second time, what had to go is fetched again
        for day in range(9):
            window = {"from_us": START_US + day * DAY_US, "to_us": START_US + (day + 1) * DAY_US}
            assert reader.scan("facts", **window).equals(writer.scan("facts", **window))
            kept = [(reader.folder / "facts" / path).stat().st_size for path in copies(reader)]
            assert 0 < sum(kept) <= size // 2
    with pytest.raises(Unavailable, match="cache_bytes"):  # said, where one query needs more
        contents(reader)


def test_machines_that_commit_at_once_lose_and_double_nothing(
    seaweed: Seaweed, machine: Opened, tmp_path: Path
) -> None:
    """Each has locks and an index of its own: only the bucket's conditional put is between them."""
    place = seaweed.settings()
    lake = machine(place)
    workers = [_worker(place, tmp_path / f"m{n}", "together", str(n)) for n in range(2)]
    answers = [worker.communicate(timeout=240) for worker in workers]
    assert [w.returncode for w in workers] == [0, 0], answers
    assert lake.count("facts") == sum(int(out.split()[0]) for out, _ in answers) == 150
    rows = lake.scan("facts", columns=["fact_id", "revision"])
    assert rows["revision"].to_pylist() == [2] * 150
    assert len(set(rows["fact_id"].to_pylist())) == 150


def test_machines_killed_in_the_middle_lose_and_double_nothing(
    seaweed: Seaweed, machine: Opened, tmp_path: Path
) -> None:
    place = seaweed.settings()
    lake = machine(place)
    lake.commit("facts", city_facts(120, days=3))
    for point in ("kept", "committed"):
        worker = _worker(place, tmp_path / point, point, "new")
        out, err = worker.communicate(timeout=240)
        assert worker.returncode == -9, (out, err)
    assert lake.count("facts") == 180  # what was put before its version is in none
    assert lake.commit("facts", city_facts(60, days=3, prefix="crash")).duplicates == 60
    assert list((tmp_path / "kept").rglob("drafts/part=*/*.parquet"))
    again = machine(place, "kept")
    assert not list((tmp_path / "kept").rglob("drafts"))
    assert contents(again).equals(contents(lake))
    assert again.commit("facts", city_facts(60, days=3, prefix="crash")).duplicates == 60


def _worker(place: BucketSettings, folder: Path, point: str, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(folder), point, what, place.model_dump_json()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def test_a_version_whose_answer_was_lost_is_ours(
    seaweed: Seaweed, machine: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = machine(seaweed.settings())
    real = DeltaTable.create_write_transaction

    def answer_lost(self: DeltaTable, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        raise CommitFailedError("version exists")  # what a repeated conditional put is told

    monkeypatch.setattr(DeltaTable, "create_write_transaction", answer_lost)
    assert lake.commit("facts", city_facts(20)).added == 20
    monkeypatch.undo()
    assert lake.commit("facts", city_facts(20)).duplicates == 20
    assert lake.count("facts") == 20


def test_keys_come_from_files_or_the_environment_and_are_never_shown(
    seaweed: Seaweed, machine: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = seaweed.settings()
    bare = place.model_copy(update={"access_key_file": "", "secret_key_file": ""})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsInvalid, match=r"lake\.bucket\.access_key_file"):
        machine(bare)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", Path(place.access_key_file).read_text())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", Path(place.secret_key_file).read_text())
    assert machine(bare).count("facts") == 0
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret-altogether")
    with pytest.raises(Unavailable) as refused:
        machine(bare, "wrong")
    assert "another-secret" not in f"{refused.value!r} {refused.value.params}"
    assert "another-secret" not in json.dumps(bare.model_dump())
