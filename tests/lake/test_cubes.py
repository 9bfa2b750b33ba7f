"""A cube cannot disagree with the facts: it is used only where it was made from the same files."""

from __future__ import annotations

import pytest
from tests.lake.samples import START_US, city_facts, complete, fact

from vigie.lake import store as store_module
from vigie.lake.cubes import split_fresh
from vigie.lake.store import Lake


def agrees(lake: Lake) -> bool:
    return lake.query("map_cube").equals(lake.query("map_cells", resolution=8))


def fresh_parts(lake: Lake) -> tuple[int, int]:
    """Return how many parts have a true cube, and how many have none."""
    versions = lake.snapshot().versions
    fresh, stale = split_fresh(versions["facts"], versions["cube"])
    return len({file.part for file in fresh}), len(stale)


def test_only_changed_parts_are_made_anew(lake: Lake) -> None:
    lake.commit("facts", city_facts(300, days=5))
    parts = len(lake.parts("facts"))
    assert fresh_parts(lake) == (0, parts)
    assert agrees(lake)
    assert lake.refresh_cubes() == parts
    assert fresh_parts(lake) == (parts, 0)
    lake.commit("facts", complete("facts", [fact("one-more", START_US)]))
    assert fresh_parts(lake) == (parts - 1, 1)
    assert agrees(lake)
    assert lake.refresh_cubes() == 1
    assert agrees(lake)


def test_an_amendment_makes_the_cube_of_its_part_untrue(lake: Lake) -> None:
    lake.commit("facts", complete("facts", [fact("a", START_US, severity=1)]))
    lake.refresh_cubes()
    lake.commit("facts", complete("facts", [fact("a", START_US, severity=5, revision=1)]))
    assert lake.query("map_cube").to_pylist()[0]["severity_max"] == 5
    assert fresh_parts(lake) == (0, 1)


def test_a_cube_newer_than_a_snapshot_does_not_leak_into_it(lake: Lake) -> None:
    lake.commit("facts", city_facts(100, days=2))
    lake.refresh_cubes()
    pinned = lake.snapshot()
    before = pinned.query("map_cube")
    lake.commit("facts", city_facts(100, days=2, prefix="later"))
    lake.refresh_cubes()
    assert pinned.query("map_cube").equals(before)
    mixed = lake.snapshot()
    mixed.versions["facts"] = pinned.versions["facts"]
    assert mixed.query("map_cube").equals(before)


def test_a_part_that_vanishes_takes_its_cube_along(lake: Lake) -> None:
    lake.commit("facts", complete("facts", [fact("a", START_US)]))
    lake.refresh_cubes()
    lake.erase("facts", [fact("a", START_US)["fact_id"]])
    assert lake.snapshot().versions["cube"].files == ()
    assert lake.query("map_cube").num_rows == 0


def test_a_query_renews_what_would_be_felt(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.commit("facts", city_facts(100, days=2))
    lake.query("map_cube")
    assert fresh_parts(lake)[0] == 0
    monkeypatch.setattr(store_module, "RENEW_ROWS", 50)
    lake.query("map_cube")
    assert fresh_parts(lake)[1] == 0


def test_a_cube_being_renewed_elsewhere_stops_no_query(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.commit("facts", city_facts(100, days=2))
    monkeypatch.setattr(store_module, "RENEW_ROWS", 50)
    with lake._tables.lock("cube"):
        assert sum(lake.query("map_cube")["n"].to_pylist()) > 0
        assert fresh_parts(lake)[0] == 0


def test_compaction_renews_the_cubes(lake: Lake) -> None:
    for turn in range(3):
        lake.commit("facts", city_facts(50, days=2, seed=turn, prefix=f"t{turn}-"))
    done = lake.compact()
    assert done.cubes == len(lake.parts("facts"))
    assert fresh_parts(lake)[1] == 0
    assert agrees(lake)
