"""A day that is still fed: its larger files are counted once, and every answer is that of facts."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lake.samples import city_facts, complete
from tests.lake.test_sums import agrees, moved

from vigie.lake import making as making_module
from vigie.lake import store as store_module
from vigie.lake.commit import MAX_FILES
from vigie.lake.cubes import CUBE, HOUR_US, split_fresh
from vigie.lake.making import LASTING_ROWS
from vigie.lake.store import RENEW_ROWS, Lake
from vigie.lake.sums import SUMS, standing

LASTING = 40
NUMBERS: defaultdict[Path, count[int]] = defaultdict(count)
"""Seeds of a lake, from nought: what one test fed does not change what another feeds."""


@pytest.fixture
def fed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake where a file of 40 facts is large, and 60 of them are worth counting beforehand."""
    monkeypatch.setattr(making_module, "LASTING_ROWS", LASTING)
    monkeypatch.setattr(store_module, "RENEW_ROWS", 60)
    return lake


def feed(lake: Lake, n: int) -> list[str]:
    """Commit so many facts of one day; return their ids."""
    seed = next(NUMBERS[lake.folder])
    rows = city_facts(n, seed=seed, days=1, prefix=f"h{seed}-").to_pylist()
    lake.commit("facts", complete("facts", [moved(row) for row in rows]))
    return [row["fact_id"] for row in rows]


def counted_on_the_spot(lake: Lake) -> int:
    """Return how many facts are in no cube."""
    versions = lake.snapshot().versions
    stale = split_fresh(versions["facts"], versions[CUBE])[1]
    return sum(file.rows for files in stale.values() for file in files)


def alone(lake: Lake) -> int:
    versions = lake.snapshot().versions
    return len(standing(versions["facts"], versions[SUMS]).alone)


def ask(lake: Lake, **wanted: Any) -> None:
    """Ask for cells and hours, and see that both are those of the facts."""
    agrees(lake, **wanted)
    hours = {"bucket_us": HOUR_US, "origin_us": 0}
    by_hour = lake.query("histogram_cube", **hours, **wanted)
    assert by_hour.equals(lake.query("histogram", **hours, **wanted))


def test_what_is_in_no_cube_of_a_fed_day_stays_below_what_is_worth_counting() -> None:
    assert MAX_FILES * LASTING_ROWS < RENEW_ROWS


def test_what_follows_a_large_file_does_not_have_it_counted_again(fed: Lake) -> None:
    feed(fed, 100)
    ask(fed)
    assert counted_on_the_spot(fed) == 0
    made = fed.snapshot().versions[CUBE].files
    for _ in range(3):
        feed(fed, 15)
        ask(fed)
    assert fed.snapshot().versions[CUBE].files == made
    assert alone(fed) == 1
    assert counted_on_the_spot(fed) == 45
    feed(fed, 70)
    ask(fed)
    assert alone(fed) == 2
    assert counted_on_the_spot(fed) == 45
    assert len(fed.snapshot().versions[CUBE].files) == len(made) + 1


def test_what_is_erased_leaves_nothing_in_what_was_counted(fed: Lake) -> None:
    feed(fed, 100)
    ask(fed)
    second = feed(fed, 80)
    ask(fed)
    assert alone(fed) == 2
    fed.erase("facts", second)  # a whole file goes, the other keeps what was counted of it
    ask(fed)
    for kind in (CUBE, SUMS):
        on_disk = {path.name for path in (fed.folder / kind).rglob("part=*/*")}
        assert on_disk == {f.path.split("/")[-1] for f in fed.snapshot().versions[kind].files}
    assert sum(fed.query("map_cube")["n"].to_pylist()) <= 100


def test_the_night_makes_one_of_a_day_that_was_fed(fed: Lake) -> None:
    for n in (100, 15, 70, 20):
        feed(fed, n)
        ask(fed)
    fed.compact()
    assert alone(fed) == 0
    assert counted_on_the_spot(fed) == 0
    assert len(fed.snapshot().versions[CUBE].files) == len(fed.parts("facts"))
    ask(fed)


STEPS = st.lists(
    st.one_of(
        st.integers(1, 130),
        st.sampled_from(["ask", "erase", "revise", "refresh", "compact", "window"]),
    ),
    max_size=9,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_comes_every_answer_is_that_of_the_facts(fed: Lake, steps: list[Any]) -> None:
    ids = fed.ids("facts")
    for step in [50, *steps]:
        if isinstance(step, int):
            ids += feed(fed, step)
        elif step == "erase":
            fed.erase("facts", ids[::7])
        elif step == "revise":
            rows = fed.scan("facts", ids=ids[::5]).to_pylist()
            again = [{**row, "severity": 5, "revision": row["revision"] + 1} for row in rows]
            fed.commit("facts", complete("facts", [moved(row) for row in again]))
        elif step == "refresh":
            fed.refresh_cubes()
        elif step == "compact":
            fed.compact()
        elif step == "window":
            low, high = fed.extent("facts") or (0, 1)
            ask(fed, from_us=low + (high - low) // 3 + 7, to_us=high - (high - low) // 4)
        else:
            ask(fed)
    ask(fed)
