"""Partial revisions end at their own term, go with their fact, and leave no byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from tests.situation.retention.homes import DAY_US, NOW, facts, ids, make_home, texts, there

from vigie.base.clock import FixedClock, to_us
from vigie.lake.erasure import find_bytes
from vigie.lake.partial import SAID
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.inventory import stores_of, without_one_rule

DPO = Caller("dpo", "dpo")
CANARY = "canary-of-a-closure"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock) -> Iterator[Home]:
    with make_home(tmp_path / "home", clock) as one:
        yield one


def tell(home: Home, whole: pa.Table | None, clock: FixedClock, revision: int = 5) -> pa.Table:
    """Commit a fact, if any, and a closure of it; return the fact's table."""
    base = facts([to_us(NOW) - DAY_US], received_us=to_us(clock.now()))
    said = pa.array([["status", "attributes"]] * base.num_rows, pa.list_(pa.string()))
    closure = base
    for name, value in (
        ("revision", pa.array([revision], pa.int64())),
        ("status", pa.array(["closed"])),
        ("attributes", pa.array([[("note", CANARY)]], base["attributes"].type)),
    ):
        closure = closure.set_column(closure.column_names.index(name), name, value)
    empty = base.slice(0, 0)
    home.lake.commit("facts", empty if whole is None else whole, closure.append_column(SAID, said))
    return base


def state(home: Home) -> list[tuple[str, int]]:
    rows = home.lake.scan("facts", columns=["status", "revision"]).to_pydict()
    return list(zip(rows["status"], rows["revision"], strict=True))


def test_the_store_has_one_rule(home: Home, clock: FixedClock) -> None:
    """Requirement: LED-6."""
    base = facts([to_us(NOW) - DAY_US])
    tell(home, base, clock)
    home.lake.commit_narratives(texts(base))
    home.retention.run()
    assert {"lake/partial.db#partial", "lake/partial.db#base"} <= set(stores_of(home))
    assert without_one_rule(home) == {}


@pytest.mark.parametrize("waits", [False, True])
def test_a_partial_revision_ends_seven_days_after_its_receipt(
    home: Home, clock: FixedClock, waits: bool
) -> None:
    base = facts([to_us(NOW) - DAY_US])
    tell(home, None if waits else base, clock)
    clock.advance(timedelta(days=7, microseconds=-1))
    assert home.retention.look().erased.get("partial_revisions", 0) == 0
    home.retention.run()
    assert len(home.lake.partials("facts")) == 1
    clock.advance(timedelta(microseconds=1))
    assert home.retention.look().erased["partial_revisions"] == 1
    assert home.retention.run().erased["partial_revisions"] == 1
    assert home.lake.partials("facts") == []
    left = find_bytes(home.path / "lake", [*ids(base), CANARY])
    assert {trace.path.name for trace in left if trace.path.name.startswith("partial")} == set()
    assert (left == []) == waits
    assert state(home) == ([] if waits else [("closed", 5)])
    line = home.desk.retention.destructions()[0]
    assert (line.rule, line.n, line.done_us is not None) == ("partial_revisions", 1, True)


def test_what_was_said_stays_and_what_is_older_comes_too_late(
    home: Home, clock: FixedClock
) -> None:
    base = facts([to_us(NOW) - DAY_US])
    tell(home, base, clock)
    clock.advance(timedelta(days=4))
    tell(home, None, clock, revision=8)
    clock.advance(timedelta(days=4))
    assert home.retention.run().erased["partial_revisions"] == 1
    revised = base.set_column(
        base.column_names.index("revision"), "revision", pa.array([3], pa.int64())
    )
    assert home.lake.commit("facts", revised).duplicates == 1
    later = revised.set_column(
        base.column_names.index("revision"), "revision", pa.array([6], pa.int64())
    )
    assert home.lake.commit("facts", later).duplicates == 0
    assert state(home) == [("closed", 8)]


@pytest.mark.parametrize("waits", [False, True])
def test_an_erasure_by_name_takes_them_along(home: Home, clock: FixedClock, waits: bool) -> None:
    base = tell(home, None if waits else facts([to_us(NOW) - DAY_US]), clock)
    needles = [*ids(base), CANARY]
    assert find_bytes(home.path / "lake", needles) != []
    home.retention.erase("facts", ids(base), by=DPO, reason="demande de la personne")
    assert find_bytes(home.path / "lake", needles) == []
    assert there(home) == set()
    tell(home, base, clock)
    assert state(home) == [("closed", 5)]


def test_an_older_copy_that_waits_is_erased_again(home: Home, clock: FixedClock) -> None:
    """Requirement: P-SHR-3."""
    base = tell(home, None, clock)
    home.retention.erase("facts", ids(base), by=DPO, reason="demande de la personne")
    tell(home, None, clock)  # as a copy put back would hold it
    (home.lake.folder / "ERASED").unlink()
    home.retention.run()
    assert find_bytes(home.path / "lake", [*ids(base), CANARY]) == []


def test_facts_past_their_term_take_them_along(home: Home, clock: FixedClock) -> None:
    base = tell(home, facts([to_us(NOW) - DAY_US]), clock)
    clock.advance(timedelta(days=4 * 366))
    home.retention.run()
    assert find_bytes(home.path / "lake", [*ids(base), CANARY]) == []
