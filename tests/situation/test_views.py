"""Views over facts: two ways of reading agree, limits hold, days are those of the city."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.base.errors import Forbidden, NotFound, PartnerUnknown, TooLarge, WrongUsage
from vigie.geo.cells import resolution_of
from vigie.geo.distance import haversine_m
from vigie.geo.zonings import Zoning
from vigie.model.times import day_bounds, local_columns
from vigie.situation import mapview, reading
from vigie.situation.alerts import watch
from vigie.situation.caller import Caller
from vigie.situation.counts import count
from vigie.situation.facts import list_facts
from vigie.situation.filters import Filters, filter_facts, make_filters, query_params, zone_mask
from vigie.situation.freshness import freshness
from vigie.situation.histogram import SECONDS, _step, auto_bucket, histogram
from vigie.situation.home import Home
from vigie.situation.mapview import view_map
from vigie.situation.means import list_means
from vigie.situation.measures import measure_series
from vigie.situation.near import near
from vigie.situation.summary import WEEK_US, summarise

OPERATOR = Caller("o", "operator")
ELECTED = Caller("e", "elected")
NOBODY = Caller("n", "no-such-role")
EVERYWHERE = Zoning(
    name="all",
    title={"fr": "Tout", "en": "All"},
    ids=("all",),
    labels=("All",),
    polygons=(shapely.box(-179, -89, 179, 89),),
)
DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000


def filters_strategy() -> st.SearchStrategy[Filters]:
    times = st.integers(1_773_000_000, 1_774_900_000).map(lambda s: s * 1_000_000)
    lon = st.floats(5.30, 5.45).map(lambda x: round(x, 5))
    lat = st.floats(43.24, 43.36).map(lambda x: round(x, 5))
    boxes = st.tuples(lon, lat, lon, lat).map(
        lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
    )
    return st.builds(
        Filters,
        from_us=st.none() | times,
        to_us=st.none() | times,
        bbox=boxes,
        kinds=st.sampled_from([(), ("offence",), ("offence.property.theft", "road"), ("rescue",)]),
        sources=st.sampled_from([(), ("police",), ("police", "reports")]),
        severity_min=st.none() | st.integers(1, 5),
        statuses=st.sampled_from([(), ("open",), ("open", "closed")]),
    )


def rows(table: pa.Table) -> list[tuple]:
    return sorted(map(repr, table.to_pylist()))


@settings(max_examples=25)
@given(filters=filters_strategy())
def test_queries_and_polygons_agree(seen_home: Home, filters: Filters) -> None:
    """A zone that holds everything gives what the lake's queries give without a zone."""
    zoned = replace(filters, zoning=EVERYWHERE, zone_index=0)
    for read in (
        lambda f: mapview._whole_cells(seen_home, f, 10).select(["cell", "n", "severity_max"]),
        lambda f: mapview._clusters(seen_home, f).select(["cell", "n", "lon", "lat"]),
        lambda f: reading.bucket_counts(seen_home, f, 3_600_000_000, 0),
        lambda f: reading.combined_counts(seen_home, f),
        lambda f: reading.newest_points(seen_home, f, 50),
        lambda f: reading.facts_page(seen_home, f, 20, None).select(["fact_id", "earliest_us"]),
    ):
        assert rows(read(filters)) == rows(read(zoned))


@given(filters=filters_strategy())
def test_the_cube_agrees_with_the_facts(seen_home: Home, filters: Filters) -> None:
    """Whole large cells, and hours: from the cube when it can, and the same from the facts."""
    plain = replace(filters, severity_min=None, statuses=())
    by_cube = mapview._whole_cells(seen_home, plain, 8)
    everything = seen_home.lake.query("map_cells", resolution=8, **query_params(plain.over(None)))
    wanted = everything.filter(mapview._touching(everything, plain.bbox, mapview._REACH_M[8]))
    assert rows(by_cube) == rows(wanted)
    everywhere = plain.over(None)
    hours = reading.bucket_counts(seen_home, everywhere, HOUR_US, 0)
    given_ = query_params(everywhere)
    assert rows(hours) == rows(seen_home.lake.query("histogram", bucket_us=HOUR_US, **given_))


@given(st.lists(st.tuples(st.sampled_from([5.2, 5.37, 5.5, 5.6]), st.floats(43.1, 43.5))))
def test_a_point_on_a_border_stands_in_one_zone(
    seen_home: Home, points: list[tuple[float, float]]
) -> None:
    zoning = seen_home.frame.zonings["arrondissement"]
    lon = pa.chunked_array([pa.array([x for x, _ in points], pa.float64())])
    lat = pa.chunked_array([pa.array([y for _, y in points], pa.float64())])
    assigned = zoning.assign(lon.to_numpy(), lat.to_numpy())
    for index in range(len(zoning.ids)):
        mask = zone_mask(Filters(zoning=zoning, zone_index=index), lon, lat)
        assert mask.to_pylist() == [zone == index for zone in assigned]


@settings(max_examples=30)
@given(filters=filters_strategy(), zoom=st.floats(0, 22))
def test_a_view_never_shows_more_than_it_needs(
    seen_home: Home, filters: Filters, zoom: float
) -> None:
    view = view_map(seen_home, OPERATOR, filters, zoom)
    assert len(view.rows) <= (mapview.MAX_POINTS if view.mode == "points" else mapview.MAX_CELLS)
    assert view.shown <= view.total
    exact = list_all(seen_home, filters)
    placed = [row for row in exact if row["lon"] is not None]
    if view.mode == "points":
        assert sorted(row["fact_id"] for row in view.rows) == sorted(
            row["fact_id"] for row in placed
        )
    else:
        assert view.total >= len(placed)
        assert sum(row["n"] for row in view.rows) == view.shown == view.total
        assert {resolution_of(int(row["cell"], 16)) for row in view.rows} <= {view.resolution}


def list_all(home: Home, filters: Filters) -> list[dict]:
    return filter_facts(home.lake.scan("facts"), filters).to_pylist()


def test_limits_turn_points_to_clusters_and_cells_to_larger_ones(
    seen_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapview, "MAX_POINTS", 100)
    assert view_map(seen_home, OPERATOR, Filters(), 18).mode == "clusters"
    monkeypatch.setattr(mapview, "MAX_CELLS", 50)
    view = view_map(seen_home, OPERATOR, Filters(), 18)
    assert (view.mode, view.resolution) == ("cells", 8)
    assert len(view.rows) == 50
    assert view.as_json()["truncated"] is True


def test_a_cell_keeps_its_number_while_the_map_moves(seen_home: Home) -> None:
    numbers: dict[str, int] = {}
    for step in range(12):
        west = 5.30 + step * 0.003
        view = view_map(seen_home, OPERATOR, Filters(bbox=(west, 43.27, west + 0.06, 43.33)), 13.0)
        for row in view.rows:
            assert numbers.setdefault(row["cell"], row["n"]) == row["n"]


def test_permission_stands_inside(seen_home: Home) -> None:
    for ask in (
        lambda: view_map(seen_home, NOBODY, Filters(), 10),
        lambda: histogram(seen_home, NOBODY, Filters()),
        lambda: summarise(seen_home, NOBODY, Filters()),
        lambda: list_facts(seen_home, ELECTED, Filters()),
        lambda: list_means(seen_home, ELECTED),
        lambda: near(seen_home, ELECTED, Filters(), lon=5.37, lat=43.3, radius_m=100),
        lambda: measure_series(seen_home, NOBODY, "noise.laeq", from_us=0, to_us=1),
    ):
        with pytest.raises(Forbidden):
            ask()
    assert view_map(seen_home, ELECTED, Filters(bbox=(5.36, 43.29, 5.37, 43.3)), 20).mode == "cells"


# --- Histogram ----------------------------------------------------------------------------------


def test_days_are_those_of_the_city_over_the_clock_change(seen_home: Home) -> None:
    found = histogram(seen_home, OPERATOR, Filters(), "day")
    table = seen_home.lake.scan("facts", columns=["local_day"])
    expected: dict[date, int] = {}
    for day in table["local_day"].to_pylist():
        expected[day] = expected.get(day, 0) + 1
    starts = {day_bounds(day, "Europe/Paris")[0]: n for day, n in expected.items()}
    assert dict(zip(found.starts_us, found.counts, strict=True)) == starts
    gaps = set(np.diff(found.starts_us) // 3_600_000_000)
    assert gaps == {23, 24}


@pytest.mark.parametrize("bucket", ["quarter", "hour", "day", "week", "month"])
@pytest.mark.parametrize("zone", [None, ("arrondissement", "east")])
def test_no_bucket_loses_a_fact(seen_home: Home, bucket: str, zone: tuple[str, str] | None) -> None:
    filters = make_filters(seen_home.frame, zone=zone)
    found = histogram(seen_home, OPERATOR, filters, bucket)
    assert sum(found.counts) == len(list_all(seen_home, filters))
    assert found.starts_us == sorted(set(found.starts_us))
    if bucket == "week":
        days = local_columns(np.array(found.starts_us, dtype=np.int64), "Europe/Paris")
        assert set(days.weekday.to_pylist()) == {0}
        assert set(days.local_hour.to_pylist()) == {0}


@pytest.mark.parametrize(
    ("timezone", "step"),
    [("Europe/Paris", "hour"), ("Asia/Kolkata", "quarter"), ("Australia/Lord_Howe", "quarter")],
)
def test_days_are_added_up_from_what_every_midnight_of_them_is(timezone: str, step: str) -> None:
    assert _step((1_700_000_000_000_000, 1_720_000_000_000_000), timezone) == step


@given(st.integers(1, 40 * 366 * DAY_US))
def test_auto_gives_a_readable_number_of_bars(span_us: int) -> None:
    bars = span_us / (SECONDS[auto_bucket(span_us)] * 1_000_000)
    assert bars <= 500


def test_too_many_bars_are_refused(seen_home: Home) -> None:
    with pytest.raises(TooLarge):
        histogram(seen_home, OPERATOR, Filters(from_us=0), "quarter")


# --- Summary ------------------------------------------------------------------------------------


def test_the_summary_counts_this_window_and_the_one_a_week_before(seen_home: Home) -> None:
    to_us_ = to_us(seen_home.clock.now())
    found = summarise(seen_home, OPERATOR, Filters())
    now = list_all(seen_home, Filters(from_us=to_us_ - DAY_US, to_us=to_us_))
    before = list_all(seen_home, Filters(from_us=to_us_ - DAY_US - WEEK_US, to_us=to_us_ - WEEK_US))
    assert (found.total.now.n, found.total.before.n) == (len(now), len(before))
    for name, lines in found.by.items():
        assert sum(line.now.n for line in lines) == len(now), name
        if name != "status":
            assert sum(line.before.n for line in lines) == len(before), name
    by_kind = {line.key: line.now.n for line in found.by["kind"]}
    assert by_kind.get("road", 0) == sum(row["kind"] == "road" for row in now)
    by_severity = {line.key: line.now.n for line in found.by["severity"]}
    assert by_severity.get("", 0) == sum(row["severity"] is None for row in now)
    for line in found.by["theme"]:
        assert line.now.low <= line.now.n <= line.now.high


def test_an_interval_holds_its_count() -> None:
    for n in (0, 1, 5, 50, 51, 1_000, 1_001, 10**6):
        found = count(n)
        assert found.low <= n <= found.high
        assert found.high > found.low


# --- Near ---------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(lon=st.floats(5.34, 5.41), lat=st.floats(43.26, 43.33), radius_m=st.floats(20, 900))
def test_near_is_all_within_the_radius_and_nothing_else(
    seen_home: Home, lon: float, lat: float, radius_m: float
) -> None:
    window = Filters(from_us=to_us(seen_home.clock.now()) - 10 * DAY_US)
    found = near(seen_home, OPERATOR, window, lon=lon, lat=lat, radius_m=radius_m)
    to_us_ = to_us(seen_home.clock.now())
    facts = [
        row for row in list_all(seen_home, window.within(window.from_us, to_us_)) if row["lon"]
    ]
    distances = haversine_m(
        np.array([row["lon"] for row in facts]), np.array([row["lat"] for row in facts]), lon, lat
    )
    inside = {
        row["fact_id"] for row, d in zip(facts, distances, strict=True) if d <= radius_m - 0.01
    }
    border = {
        row["fact_id"] for row, d in zip(facts, distances, strict=True) if d <= radius_m + 0.01
    }
    got = {row["fact_id"] for row in found["facts"]}
    assert got <= border
    if not found["truncated"]:
        assert inside <= got
    for name in ("facts", "places", "means", "measures", "plans"):
        shown = [row["distance_m"] for row in found[name]]
        assert shown == sorted(shown)
        assert all(d <= radius_m + 0.01 for d in shown)


def test_near_finds_each_kind_of_thing(seen_home: Home) -> None:
    found = near(seen_home, OPERATOR, Filters(), lon=5.3701, lat=43.2961, radius_m=300)
    assert found["places"][0]["label"] == "Caméra 1"
    assert found["means"]
    assert found["measures"]
    assert found["plans"] == []
    tomorrow = to_us(seen_home.clock.now()) + 2 * DAY_US
    later = near(
        seen_home,
        OPERATOR,
        Filters(from_us=tomorrow - DAY_US, to_us=tomorrow),
        lon=5.3701,
        lat=43.2961,
        radius_m=300,
    )
    assert {plan["title"] for plan in later["plans"]} == {"Plan 1", "Plan 2"}
    account = seen_home.desk.accounts.get("partner")
    partner = Caller("partner", "partner", account.account_id)
    around = near(seen_home, partner, Filters(), lon=5.3701, lat=43.2961, radius_m=5_000)
    assert around["means"] == []
    assert {one["source"] for one in around["facts"]} == {"rescue"}
    with pytest.raises(PartnerUnknown):
        near(seen_home, Caller("p", "partner"), Filters(), lon=5.3, lat=43.2, radius_m=300)


# --- Means, measures, freshness -----------------------------------------------------------------


def test_each_means_is_shown_once_at_its_latest_state(seen_home: Home) -> None:
    found = list_means(seen_home, OPERATOR)
    assert [one["unit_ref"] for one in found] == ["bus-0", "bus-1", "bus-2", "bus-3"]
    assert {one["age_s"] for one in found} == {30.0}
    assert not any(one["stale"] for one in found)
    earlier = list_means(seen_home, OPERATOR, to_us(seen_home.clock.now()) - 60_000_000)
    assert {one["age_s"] for one in earlier} == {540.0}


def test_a_silent_means_is_stale(seen_home: Home) -> None:
    later = to_us(seen_home.clock.now()) + 3 * 3_600 * 1_000_000
    assert all(one["stale"] for one in list_means(seen_home, OPERATOR, later))


def test_decibels_combine_by_energy_and_bad_values_are_left_out(seen_home: Home) -> None:
    now = to_us(seen_home.clock.now())
    found = measure_series(
        seen_home,
        OPERATOR,
        "noise.laeq",
        from_us=now - 10 * 3_600_000_000,
        to_us=now,
        place_id="sensor-1",
        bucket="day",
    )
    values = [60.0 + (i % 10) for i in range(10)]
    (item,) = found.items
    assert item["n"] == 10
    assert item["value"] == pytest.approx(
        10 * np.log10(np.mean([10 ** (value / 10) for value in values]))
    )
    assert (item["low"], item["high"]) == (60.0, 69.0)
    whole = measure_series(
        seen_home, OPERATOR, "noise.laeq", from_us=now - 3 * DAY_US, to_us=now, bucket="hour"
    )
    assert len(whole.items) == 47  # the 48th is of bad quality


def test_a_series_without_measures_is_empty(seen_home: Home) -> None:
    found = measure_series(seen_home, OPERATOR, "noise.laeq", from_us=0, to_us=DAY_US)
    assert found.items == []
    with pytest.raises(NotFound):
        measure_series(seen_home, OPERATOR, "unknown", from_us=0, to_us=1)
    with pytest.raises(WrongUsage):
        measure_series(seen_home, OPERATOR, "noise.laeq", from_us=1, to_us=1)


def test_a_view_is_as_old_as_its_sources(tmp_path: Path, sample: ModuleType) -> None:
    home, clock = sample.build(tmp_path / "home")
    with home:
        assert freshness(home).age_s == 30.0
        assert not freshness(home).stale
        clock.advance(timedelta(seconds=1_200))
        old = freshness(home)
        assert old.stale
        assert old.silent == ("log",)
        assert view_map(home, OPERATOR, Filters(), 9).as_json()["stale"] is True
        assert freshness(home, ("unknown",)).age_s is None


def test_an_alert_about_a_silent_source_ends_when_it_speaks_again(
    tmp_path: Path, sample: ModuleType
) -> None:
    home, clock = sample.build(tmp_path / "home")
    with home:
        clock.advance(timedelta(seconds=1_200))
        watch(home)
        (silent,) = [one for one in home.desk.alerts.list_all() if one.rule == "source_silent"]
        assert silent.state == "raised"
        watch(home)
        still = home.desk.alerts.list_all(state="raised")
        assert silent.alert_id in {one.alert_id for one in still}
        home.intake.accept("log", "again", b"")
        watch(home)
        raised = home.desk.alerts.list_all(state="raised")
        assert "source_silent" not in {one.rule for one in raised}


def test_a_status_is_not_compared_with_one_that_had_a_week_to_change(seen_home: Home) -> None:
    found = summarise(seen_home, OPERATOR, Filters()).as_json()
    assert {line["before"] for line in found["by_status"]} == {None}
    assert all(line["before"] is not None for line in found["by_theme"])
