"""Sums cannot disagree with the facts, whatever changed: days, months and years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lake.samples import DAY_US, HOUR_US, START_US, city_facts, complete, fact

from vigie.base.clock import from_us
from vigie.base.settings import LakeSettings
from vigie.geo.cells import bbox_ranges
from vigie.lake import spots as spots_module
from vigie.lake import store as store_module
from vigie.lake.expiry import Window
from vigie.lake.spots import SPOTS, true_spots
from vigie.lake.statements import get_statement
from vigie.lake.store import Lake
from vigie.lake.sums import SUMS, standing

YEAR_US = 365 * DAY_US
FIRST_US = START_US - YEAR_US
"""Two calendar years and a bit of a third one."""
KINDS = [(), ("offence",), ("offence.property.theft", "rescue"), ("traffic.parking",), ("none",)]
SOURCES = [(), ("log",), ("rescue", "reports")]


def spread(n: int, seed: int, prefix: str = "s") -> list[dict[str, Any]]:
    """Return facts over three calendar years, some without a place."""
    rows = city_facts(n, seed=seed, days=1, prefix=prefix).to_pylist()
    for number, row in enumerate(rows):
        at = FIRST_US + number % 100 * (7 * DAY_US + 8 * HOUR_US) + number * 1_234_567
        row["earliest_us"], row["latest_us"] = at, at + 60_000_000
    return rows


def put(lake: Lake, rows: Sequence[dict[str, Any]]) -> None:
    lake.commit("facts", complete("facts", [moved(row) for row in rows]))


def moved(row: dict[str, Any]) -> dict[str, Any]:
    """Return a fact as it is given to ``complete``: what is derived is derived there."""
    derived = ("local_day", "local_hour", "weekday", "part", "cell", "cell8", "received_at")
    kept = {name: value for name, value in row.items() if name not in derived}
    times = {f"{name}_at": from_us(row[f"{name}_us"]) for name in ("earliest", "latest")}
    return {**kept, **times}


def spans(lake: Lake) -> dict[int, int]:
    """Return how many days, months and years have true sums, by the length of their name."""
    versions = lake.snapshot().versions
    held = {span for span, _ in standing(versions["facts"], versions[SUMS]).held}
    return {length: sum(len(span) == length for span in held) for length in (10, 7, 4)}


def agrees(lake: Lake, box: tuple[float, ...] | None = None, **wanted: Any) -> None:
    """Ask sums and facts for the same, all three ways."""
    ranges = () if box is None else tuple(bbox_ranges(*box))

    def inside(table: Any) -> list[Any]:
        rows = table.to_pylist()
        return [r for r in rows if not ranges or any(a <= r["cell"] <= b for a, b in ranges)]

    fine = lake.query("map_fine", ranges=ranges, **wanted)
    assert fine.to_pylist() == inside(lake.query("map_cells", resolution=10, **wanted))
    clusters = lake.query("map_fine_clusters", ranges=ranges, **wanted)
    assert clusters.to_pylist() == inside(lake.query("map_clusters", resolution=10, **wanted))
    large = lake.query("map_cube", **wanted)
    assert large.equals(lake.query("map_cells", resolution=8, **wanted))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake of 600 facts over two years, with sums and spots of all levels."""
    folder = tmp_path_factory.mktemp("made") / "lake"
    with Lake.open(folder, LakeSettings(threads=2), create=True) as lake:
        put(lake, spread(600, 1))
        lake.refresh_cubes()
    return folder


@pytest.fixture(scope="module")
def read_only(made: Path) -> Iterator[Lake]:
    """That lake, for who changes nothing."""
    with Lake.open(made, LakeSettings(threads=2)) as lake:
        yield lake


@pytest.fixture
def long(made: Path, tmp_path: Path) -> Iterator[Lake]:
    """A copy of that lake."""
    copytree(made, tmp_path / "lake")
    with Lake.open(tmp_path / "lake", LakeSettings(threads=2)) as lake:
        yield lake


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_box_window_kind_and_source_agree(read_only: Lake, data: st.DataObject) -> None:
    """Windows begin and end on hours, on facts, and beside them."""
    times = st.one_of(
        st.integers(0, 2 * 365 * 24).map(lambda h: FIRST_US + h * HOUR_US),
        st.sampled_from(sorted(r["earliest_us"] for r in spread(600, 1))[::17]).flatmap(
            lambda us: st.sampled_from([us - 1, us, us + 1])
        ),
    )
    first, last = sorted((data.draw(times), data.draw(times)))
    lon = sorted(data.draw(st.tuples(st.floats(5.30, 5.45), st.floats(5.30, 5.45))))
    lat = sorted(data.draw(st.tuples(st.floats(43.24, 43.36), st.floats(43.24, 43.36))))
    box = data.draw(st.sampled_from([None, (lon[0], lat[0], lon[1], lat[1])]))
    wanted: dict[str, Any] = {
        "kinds": data.draw(st.sampled_from(KINDS)),
        "sources": data.draw(st.sampled_from(SOURCES)),
    }
    if data.draw(st.booleans()):
        wanted["from_us"] = first
    if data.draw(st.booleans()):
        wanted["to_us"] = last
    agrees(read_only, box, **wanted)


def test_a_long_window_is_made_of_years_and_months_and_days(long: Lake) -> None:
    held = spans(long)
    assert held[4] == 2
    assert 20 <= held[7] <= 24
    assert held[10] == len(long.parts("facts"))
    files = {file.part for file in read(long)}
    assert {len(part) for part in files} == {4, 7, 10} - ({10} if held[7] == 24 else set())
    assert len(files) < 20
    assert read(long, from_us=FIRST_US + DAY_US // 2 + 1)


def read(lake: Lake, **values: Any) -> tuple[Any, ...]:
    """Return the files of the sums that a question reads."""
    statement = get_statement("map_fine")
    sources, _ = lake.snapshot()._sources(statement, statement.bind(values))
    return sources[SUMS].files


def test_what_changes_makes_its_day_month_and_year_untrue(long: Lake) -> None:
    whole = spans(long)
    one = spread(600, 1)[100]
    put(long, [{**one, "severity": 5, "revision": one["revision"] + 1}])
    assert spans(long) == {10: whole[10] - 1, 7: whole[7] - 1, 4: whole[4] - 1}
    agrees(long)
    assert long.refresh_cubes() == 1
    assert spans(long) == whole
    agrees(long)


def test_late_facts_moved_ones_and_a_day_that_was_empty(long: Lake) -> None:
    rows = spread(600, 1)
    put(long, spread(40, 9, "late"))
    agrees(long)
    put(long, [{**rows[5], "earliest_us": rows[300]["earliest_us"] + DAY_US, "revision": 7,
                "latest_us": rows[300]["latest_us"] + DAY_US}])  # fmt: skip
    put(long, [{**rows[6], "kind": "rescue.fire", "lon": 5.37, "lat": 43.3, "revision": 7}])
    agrees(long)
    long.refresh_cubes()
    agrees(long)
    agrees(long, from_us=FIRST_US + 40 * DAY_US + 5, to_us=FIRST_US + 500 * DAY_US + 7)


def test_an_erasure_leaves_no_sum_of_what_it_erased(long: Lake) -> None:
    rows = spread(600, 1)
    before = long.snapshot().versions[SUMS].files
    long.erase("facts", [row["fact_id"] for row in rows[:3]])
    agrees(long)
    standing_now = {file.path for file in long.snapshot().versions[SUMS].files}
    on_disk = {str(path.relative_to(long.folder / SUMS))
               for path in (long.folder / SUMS).rglob("part=*/*")}  # fmt: skip
    assert on_disk == standing_now
    touched = {row["part"] for row in long.scan("facts").to_pylist()[:0]} | {
        complete("facts", [moved(row)])["part"][0].as_py() for row in rows[:3]
    }
    old = {file.path for file in before for part in touched if part.startswith(file.part)}
    assert old
    assert not old & standing_now


def test_what_ends_by_its_term_leaves_no_sum(long: Lake) -> None:
    end = FIRST_US + 400 * DAY_US
    while long.expire_step("facts", Window("latest_us", end), lambda _: None):
        pass
    long.forget_expired("facts")
    agrees(long)
    assert min(file.part for file in long.snapshot().versions[SUMS].files) >= "2026"
    long.erase("facts", long.ids("facts"))
    assert long.snapshot().versions[SUMS].files == ()
    assert long.query("map_fine").num_rows == 0


def test_rewriting_and_compaction_make_sums_anew(long: Lake) -> None:
    for turn in range(3):
        put(long, spread(30, turn + 20, f"t{turn}-"))
    agrees(long)
    long.compact()
    assert spans(long)[4] == 2
    agrees(long)


def test_sums_newer_than_a_snapshot_do_not_leak_into_it(long: Lake) -> None:
    pinned = long.snapshot()
    before = pinned.query("map_fine")
    put(long, spread(30, 5, "later"))
    long.refresh_cubes()
    assert pinned.query("map_fine").equals(before)
    mixed = long.snapshot()
    mixed.versions["facts"] = pinned.versions["facts"]
    assert mixed.query("map_fine").equals(before)


def test_a_question_renews_days_and_leaves_months_to_the_night(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(lake, spread(300, 1))
    monkeypatch.setattr(store_module, "RENEW_ROWS", 50)
    agrees(lake)
    assert spans(lake) == {10: len(lake.parts("facts")), 7: 0, 4: 0}
    lake.compact()
    assert spans(lake)[7] > 0


def test_the_newest_month_and_year_are_not_made(lake: Lake) -> None:
    put(lake, [fact(f"n{day}", START_US + day * DAY_US) for day in range(5)])
    lake.refresh_cubes()
    assert spans(lake) == {10: 5, 7: 0, 4: 0}
    agrees(lake)


def test_a_day_of_facts_without_a_place_has_sums_too(lake: Lake) -> None:
    put(lake, [fact("nowhere", START_US, lon=None, lat=None)])
    assert lake.refresh_cubes() == 1
    assert lake.refresh_cubes() == 0
    assert lake.query("map_fine").num_rows == 0


# --- Spots -------------------------------------------------------------------------------------


def points_agree(lake: Lake, **wanted: Any) -> None:
    """Ask for points, and count them by hand."""
    rows = [row for row in lake.scan("facts").to_pylist() if row["lon"] is not None]
    first, end = wanted.get("from_us", 0), wanted.get("to_us", 2**63 - 1)
    kept = [
        row
        for row in rows
        if first <= row["earliest_us"] < end
        and ("west" not in wanted or wanted["west"] <= row["lon"] <= wanted["east"])
        and ("west" not in wanted or wanted["south"] <= row["lat"] <= wanted["north"])
        and (row["severity"] or 0) >= wanted.get("severity_min", 0)
        and row["kind"].startswith(tuple(wanted.get("kinds", ("",))))
    ]
    kept.sort(key=lambda row: (row["earliest_us"], row["fact_id"]))
    names = lake.query("placed_facts", from_us=end - 1, to_us=end).column_names
    found = lake.query("placed_facts", **wanted).to_pylist()
    assert found == [{name: row[name] for name in names} for row in kept]
    newest = lake.query("map_points", limit_rows=7, **wanted)["fact_id"].to_pylist()
    assert newest == [row["fact_id"] for row in kept[::-1]][:7]


def spotted(lake: Lake) -> set[str]:
    """Return the months with true spots."""
    versions = lake.snapshot().versions
    return set(true_spots(versions["facts"], versions[SPOTS]))


@settings(max_examples=25, deadline=None)
@given(
    hours=st.tuples(st.integers(0, 17_520), st.integers(0, 17_520)).map(sorted),
    lon=st.tuples(st.floats(5.30, 5.45), st.floats(5.30, 5.45)).map(sorted),
    lat=st.tuples(st.floats(43.24, 43.36), st.floats(43.24, 43.36)).map(sorted),
    severity_min=st.integers(0, 4),
    boxed=st.booleans(),
)
def test_points_of_any_box_and_window_are_those_of_the_facts(
    read_only: Lake,
    hours: list[int],
    lon: list[float],
    lat: list[float],
    severity_min: int,
    boxed: bool,
) -> None:
    box = {"west": lon[0], "east": lon[1], "south": lat[0], "north": lat[1]} if boxed else {}
    first, end = (FIRST_US + hour * HOUR_US for hour in hours)
    points_agree(read_only, from_us=first, to_us=end, severity_min=severity_min, **box)


def test_spots_are_untrue_once_a_fact_of_their_month_changes(long: Lake) -> None:
    months = spotted(long)
    assert len(months) >= 20
    row = spread(600, 1)[100]
    put(long, [{**row, "status": "closed", "lon": 5.4, "lat": 43.31, "revision": 9}])
    assert len(spotted(long)) == len(months) - 1
    points_agree(long)
    long.compact()
    assert spotted(long) == months
    points_agree(long, kinds=["offence"])


def test_spots_of_much_in_one_place_stand_in_several_files(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spots_module, "FILE_ROWS", 20)
    monkeypatch.setattr(spots_module, "STRETCH_ROWS", 15)
    put(lake, spread(600, 1))
    lake.refresh_cubes()
    assert len(lake.snapshot().versions[SPOTS].files) > len(spotted(lake))
    points_agree(lake, west=5.36, east=5.38, south=43.29, north=43.31)
    points_agree(lake, west=5.38, east=5.36, south=43.29, north=43.31)


def test_no_spot_is_left_of_what_was_erased(long: Lake) -> None:
    gone = [row["fact_id"] for row in spread(600, 1)[:3]]
    assert any("spots" in str(trace.path) for trace in long.find_bytes(gone))
    long.erase("facts", gone)
    assert long.find_bytes(gone) == []
    points_agree(long)
