"""Answers over lasting and over fed files make the one over all; lasting ones are read once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lake.samples import DAY_US, START_US
from tests.lake.test_fed_day import feed
from tests.lake.test_parity import ASKED
from tests.rows import for_each

from vigie.base.errors import WrongUsage
from vigie.lake import duck as duck_module
from vigie.lake import making as making_module
from vigie.lake import merging as merging_module
from vigie.lake import windows as windows_module
from vigie.lake.merging import Asked, Merge, apart
from vigie.lake.statements import statements
from vigie.lake.store import Lake
from vigie.lake.windows import Bound

MERGED = sorted(name for name, one in statements().items() if one.merge is not None)
LASTING = 40
HOUR_US = 3_600_000_000


@pytest.fixture
def fed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake where a file of 40 facts lasts, and 30 facts in such files are worth a question."""
    monkeypatch.setattr(making_module, "LASTING_ROWS", LASTING)
    monkeypatch.setattr(merging_module, "LEAST_ROWS", 30)
    return lake


def read_at_once(lake: Lake, name: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return an answer over all files together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duck_module, "apart", lambda sources, _, values: [Asked(sources, values, "")])
        forget(lake)
        found: list[dict[str, Any]] = lake.query(name, **wanted).to_pylist()
    forget(lake)
    return found


def forget(lake: Lake) -> None:
    engine = lake.engine("duckdb")
    assert isinstance(engine, duck_module.DuckEngine)
    engine.answered.__init__()  # type: ignore[misc]  # as new


def files_read(lake: Lake, name: str, monkeypatch: pytest.MonkeyPatch, **wanted: Any) -> list[int]:
    """Return the rows of the files that a question read."""
    read: list[int] = []
    once = duck_module.DuckEngine._read

    def noting(self: Any, sql: str, sources: Any, *rest: Any) -> Any:
        read.extend(file.rows for one in sources.values() for file in one.files)
        return once(self, sql, sources, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(duck_module.DuckEngine, "_read", noting)
        lake.query(name, **wanted)
    return sorted(read)


@for_each("name", MERGED)
def test_what_is_merged_is_what_is_read_at_once(fed: Lake, name: str) -> None:
    for n in (100, 15, 60, 7):
        feed(fed, n)
    sources, _ = fed.snapshot()._sources(statements()[name], statements()[name].bind(_some(name)))
    assert len(apart(sources, (), {})) == 2, "both are asked"
    for wanted in ASKED[name]:
        assert fed.query(name, **wanted).to_pylist() == read_at_once(fed, name, **wanted)


def _some(name: str) -> dict[str, Any]:
    return {key: value for key, value in ASKED[name][0].items() if key not in {"from_us", "to_us"}}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_window_limit_and_filter_agree(fed: Lake, data: st.DataObject) -> None:
    feed(fed, data.draw(st.integers(1, 90)))
    first, last = sorted(data.draw(st.tuples(*[st.integers(-3_600, 2 * 86_400)] * 2)))
    window = {"from_us": START_US + first * 1_000_000, "to_us": START_US + last * 1_000_000}
    limit = {"limit_rows": data.draw(st.integers(0, 60))}
    least = {"severity_min": data.draw(st.integers(0, 4))}
    here = {"lon": 5.37, "lat": 43.30, "radius_m": data.draw(st.floats(1, 20_000))}
    for name, wanted in {
        "facts_page": {**window, **limit, **least},
        "near_facts": {**window, **limit, **least, **here},
        "around_facts": {**window, **limit, **here, "since_us": window["from_us"]},
        "map_points": {**window, **limit},
        "summary_counts": {**window, **least},
        "day_counts": window,
        "map_cells": {**window, **least, "resolution": data.draw(st.integers(0, 10))},
        "map_fine": window,
        "map_cube": window,
        "histogram_cube": {**window, "bucket_us": HOUR_US},
    }.items():
        assert fed.query(name, **wanted).to_pylist() == read_at_once(fed, name, **wanted)


def test_after_a_commit_the_lasting_files_are_not_read_again(
    fed: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(fed, 100)
    feed(fed, 9)
    assert sum(files_read(fed, "summary_counts", monkeypatch)) == 109
    assert files_read(fed, "summary_counts", monkeypatch) == []
    feed(fed, 8)
    again = files_read(fed, "summary_counts", monkeypatch)
    assert again
    assert max(again) < LASTING, "the fed ones alone"
    assert fed.count("facts") == 117
    assert sum(fed.query("summary_counts")["n"].to_pylist()) == 117
    assert fed.extent("facts") == _extent(fed)


def test_another_window_over_the_same_files_is_the_same_question(
    fed: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that ends now is another one every few seconds; what lies in it stays."""
    feed(fed, 100)
    feed(fed, 9)
    first, last = _extent(fed)
    here = {"lon": 5.37, "lat": 43.30, "radius_m": 9_000.0}
    for name, more in (
        ("summary_counts", {}),
        ("map_fine", {}),
        ("map_cube", {}),
        ("around_facts", {**here, "since_us": first - 7}),
    ):
        wanted = {"from_us": first - 5, "to_us": last + 5, **more}
        assert max(files_read(fed, name, monkeypatch, **wanted)) >= LASTING
        moved = {key: at + 1 if key.endswith("_us") else at for key, at in wanted.items()}
        again = files_read(fed, name, monkeypatch, **moved)
        assert again
        assert max(again) < LASTING, "those alone that the window could bound"
        cut = {**moved, "from_us": first + 1}
        assert max(files_read(fed, name, monkeypatch, **cut)) >= LASTING
        assert fed.query(name, **cut).to_pylist() == read_at_once(fed, name, **cut)


def test_what_is_settled_is_asked_apart_from_what_merges(
    fed: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new file that lasts comes every few seconds: of the large ones nothing is asked anew."""
    monkeypatch.setattr(merging_module, "SETTLED_ROWS", 90)
    for n in (100, 50, 9):
        feed(fed, n)
    first, last = _extent(fed)
    wanted = {"from_us": first - 5, "to_us": last + 5}
    sources, _ = fed.snapshot()._sources(statements()["summary_counts"], wanted)
    asked = apart(sources, statements()["summary_counts"].window, wanted)
    assert [one.settled for one in asked] == [True, False, False]
    assert sum(files_read(fed, "summary_counts", monkeypatch, **wanted)) == 159
    feed(fed, 45)
    again = files_read(fed, "summary_counts", monkeypatch, **wanted)
    assert max(again) in range(LASTING, 90)
    assert sum(fed.query("summary_counts")["n"].to_pylist()) == 204


def test_a_file_that_cannot_tell_its_times_is_bounded(
    fed: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(fed, 100)
    feed(fed, 9)
    first, last = _extent(fed)
    monkeypatch.setattr(windows_module, "_ranges", lambda *_: None)
    wanted = {"from_us": first - 5, "to_us": last + 5}
    sources, _ = fed.snapshot()._sources(statements()["summary_counts"], wanted)
    bounds = statements()["summary_counts"].window
    assert [one.values for one in apart(sources, bounds, wanted)] == [wanted] * 2


def _extent(lake: Lake) -> tuple[int, int]:
    times = lake.scan("facts", columns=["earliest_us"])["earliest_us"].to_pylist()
    return min(times), max(times)


def test_what_is_erased_from_a_lasting_file_is_not_told(fed: Lake) -> None:
    gone = feed(fed, 100)[:30]
    feed(fed, 9)
    assert len(fed.query("facts_page", limit_rows=200)) == 109
    fed.erase("facts", gone)
    assert not set(gone) & set(fed.query("facts_page", limit_rows=200)["fact_id"].to_pylist())
    assert sum(fed.query("summary_counts")["n"].to_pylist()) == 79


def test_a_few_facts_are_one_question(lake: Lake) -> None:
    feed(lake, 100)
    sources, _ = lake.snapshot()._sources(statements()["summary_counts"], {})
    assert apart(sources, (), {}) == [Asked(sources, {}, "FED")]


def test_over_no_files_nothing_is_asked_twice(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    once = duck_module.DuckEngine._select_once

    def noting(self: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return once(self, sql, *rest)

    monkeypatch.setattr(duck_module.DuckEngine, "_select_once", noting)
    wanted = {"from_us": START_US, "to_us": START_US + DAY_US}
    empty = [lake.query("summary_counts", **wanted) for _ in range(3)]
    assert [one.num_rows for one in empty] == [0, 0, 0]
    assert empty[2].schema.equals(statements()["summary_counts"].returns)
    assert len(asked) == 1
    totals = [lake.query("extent").to_pylist() for _ in range(2)]
    assert totals == [[{"first_us": None, "last_us": None, "n": 0}]] * 2
    feed(lake, 5)
    assert sum(lake.query("summary_counts", **wanted)["n"].to_pylist()) > 0


@for_each("text", ["", "earliest_us", "earliest_us > from_us", "earliest_us >= from_us,"])
def test_what_a_window_says_wrongly_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        Bound.parse_all(text)


@for_each("text", ["", "n", "sum n", "mean(n) by cell", "first(limit_rows), sum(n) by cell"])
def test_what_a_header_says_wrongly_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        Merge.parse(text)
