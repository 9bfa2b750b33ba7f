"""Places told less exactly: an attacker who narrows every filter learns a segment, no less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import resources
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vigie.privacy
from vigie.base.clock import to_us
from vigie.civic.attacking import Unread
from vigie.door import Door
from vigie.geo.cells import cell_columns, cell_text
from vigie.geo.distance import grow_box, haversine_m
from vigie.privacy.charter import read_charter
from vigie.situation.caller import Caller
from vigie.situation.facts import get_fact, list_facts
from vigie.situation.filters import Filters
from vigie.situation.histogram import histogram
from vigie.situation.home import Home, open_home
from vigie.situation.mapview import ZOOM_CELLS10, view_map
from vigie.situation.means import list_means
from vigie.situation.near import near
from vigie.situation.precision import Masking, tells_place
from vigie.situation.rights import Rights
from vigie.situation.summary import summarise
from vigie.web.export import open_export

ANALYST = Caller("a", "analyst")
OPERATOR = Caller("o", "operator")
PRECISIONS = ("street", "public")
PAIRS = 15
SOUTH, NORTH, WEST, EAST = 43.285, 43.305, 5.355, 5.385
STREETS = [
    *([[WEST, y], [EAST, y]] for y in np.arange(SOUTH, NORTH - 0.006, 0.0016).tolist()),
    *([[x, SOUTH], [x, NORTH - 0.006]] for x in np.arange(WEST, EAST, 0.0031).tolist()),
]
"""Streets in the south; in the north none is known, and cells stand for places."""


@dataclass(frozen=True)
class Twins:
    """Two facts that differ in nothing but their place, which is shown at the same point."""

    precision: str
    source: str
    places: tuple[tuple[float, float], tuple[float, float]]


def find_twins(masking: Masking, seed: int) -> list[Twins]:
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(WEST, EAST, 3_000), rng.uniform(SOUTH, NORTH, 3_000)
    shown = masking.show(lon, lat)
    groups: dict[tuple[float, float], list[int]] = {}
    for at, point in enumerate(zip(shown.lon.tolist(), shown.lat.tolist(), strict=True)):
        groups.setdefault(point, []).append(at)
    pairs = [
        (left, right)
        for group in groups.values()
        for left, right in pairwise(group)
        if haversine_m(lon[left], lat[left], lon[right], lat[right]) > 30
    ]
    chosen = [pairs[at] for at in rng.permutation(len(pairs))[:PAIRS]]
    return [
        Twins(
            masking.precision,
            f"{masking.precision}-{number}",
            tuple((float(lon[at]), float(lat[at])) for at in pair),  # type: ignore[arg-type]
        )
        for number, pair in enumerate(chosen)
    ]


def plant(home: Home, sample: ModuleType, twins: list[Twins]) -> None:
    places = [(one, place) for one in twins for place in one.places]
    at = np.full(len(places), to_us(sample.NOW) - 7_200_000_000)
    given_ = {
        "kind": ["rescue"] * len(places),
        "earliest_at": sample.instants(at),
        "latest_at": sample.instants(at),
        "earliest_us": at,
        "latest_us": at,
        "lon": [lon for _, (lon, _) in places],
        "lat": [lat for _, (_, lat) in places],
        "accuracy_m": [5.0] * len(places),
        "severity": pa.array([3] * len(places), pa.int8()),
        "status": ["open"] * len(places),
        "basis": ["reported"] * len(places),
        "attributes": pa.array(
            [[("outcome", "PV"), ("address_id", str(at))] for at in range(len(places))],
            pa.map_(pa.string(), pa.string()),
        ),
    }
    refs = [f"T{number}" for number in range(len(places))]
    table = sample.complete("facts", given_, refs, [one.source for one, _ in places])
    home.lake.commit("facts", table)


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, sample: ModuleType
) -> Iterator[tuple[Home, list[Twins]]]:
    """A home with streets, and pairs of facts that only their true place tells apart."""
    folder = tmp_path_factory.mktemp("precision") / "home"
    home, clock = sample.build(folder)
    home.close()
    records = [
        {"name": f"Rue {at}", "line": line, "numbers": [1, 200]} for at, line in enumerate(STREETS)
    ]
    (folder / "frame" / "gazetteer.json").write_text(json.dumps(records), encoding="utf-8")
    with open_home(folder, clock=clock) as opened:
        twins = [
            one
            for seed, precision in enumerate(PRECISIONS)
            for one in find_twins(opened.frame.maskings[precision], seed)
        ]
        plant(opened, sample, twins)
        yield opened, twins


def at_precision(home: Home, precision: str) -> Home:
    """The same home under the shipped charter, street segments replaced by another precision."""
    text = (resources.files(vigie.privacy) / "charter.toml").read_text(encoding="utf-8")
    charter = read_charter(text.replace('precision = "street"', f'precision = "{precision}"'))
    return replace(home, rights=Rights(charter, home.desk, home.clock, Unread(), home.frame))


degrees = st.one_of(st.floats(-1e-5, 1e-5), st.floats(-0.004, 0.004))


@settings(max_examples=25, deadline=None)
@given(
    number=st.integers(0, 2 * PAIRS - 1),
    around=st.integers(0, 2),
    moves=st.tuples(degrees, degrees, degrees, degrees),
    boxed=st.booleans(),
    zone=st.sampled_from([-1, -1, 0, 1]),
    radius_m=st.floats(0.1, 600),
    zoom=st.floats(ZOOM_CELLS10, 20),
)
def test_no_filter_tells_two_places_apart_that_are_shown_alike(
    city: tuple[Home, list[Twins]],
    number: int,
    around: int,
    moves: tuple[float, float, float, float],
    boxed: bool,
    zone: int,
    radius_m: float,
    zoom: float,
) -> None:
    """Whatever box, circle or zoom is asked, both twins come or neither, and they look the same.

    So the answers to any questions leave a place's whole segment (or cell) possible.
    Requirement: MIN-1.
    """
    twins = city[1][number]
    home = at_precision(city[0], twins.precision)
    shown = home.frame.maskings[twins.precision].show(*twins.places[0])
    lon, lat = (*twins.places, (float(shown.lon[0]), float(shown.lat[0])))[around]
    x, y = sorted((lon + moves[0], lon + moves[1])), sorted((lat + moves[2], lat + moves[3]))
    filters = Filters(
        bbox=(x[0], y[0], x[1], y[1]) if boxed else None,
        sources=(twins.source,),
        zoning=None if zone < 0 else home.frame.zonings["arrondissement"],
        zone_index=zone,
    )
    counts = {
        "list": len(list_facts(home, ANALYST, filters).items),
        "near": look_around(home, filters, lon, lat, radius_m),
        "map": view_map(home, ANALYST, filters, zoom).total,
        "histogram": sum(histogram(home, ANALYST, filters).counts),
        "summary": summarise(home, ANALYST, filters).total.now.n,
        "export": len(exported(home, filters)),
    }
    assert set(counts.values()) <= {0, 2}, counts
    del counts["near"], counts["map"]  # a circle, and cells that touch the box, are wider
    assert len(set(counts.values())) == 1, counts


def look_around(home: Home, filters: Filters, lon: float, lat: float, radius_m: float) -> int:
    found = near(home, ANALYST, filters, lon=lon, lat=lat, radius_m=radius_m)["facts"]
    assert len({one["distance_m"] for one in found}) <= 1
    return len(found)


def exported(home: Home, filters: Filters) -> list[dict[str, Any]]:
    _, pieces = open_export(home, ANALYST, filters, "geojson")
    found: list[dict[str, Any]] = json.loads(b"".join(pieces))["features"]
    return found


@pytest.mark.parametrize("precision", PRECISIONS)
def test_twins_look_the_same_wherever_they_are_shown(
    city: tuple[Home, list[Twins]], precision: str
) -> None:
    """In no answer does anything but the id tell which of two places a fact is at.

    Requirement: MIN-1.
    """
    home, all_twins = city
    home = at_precision(home, precision)
    for twins in (one for one in all_twins if one.precision == precision):
        filters = Filters(sources=(twins.source,))
        answers = [list_facts(home, ANALYST, filters).items]
        answers += [
            view_map(home, ANALYST, replace(filters, bbox=near_box(twins)), 18).rows,
            [one["properties"] | {"at": one["geometry"]} for one in exported(home, filters)],
            Door(home, ANALYST).facts(source=twins.source).to_arrow().to_pylist(),
            [
                {**found.fact, "attributes": found.attributes, "zones": tuple(found.zones)}
                for found in (get_fact(home, ANALYST, row["fact_id"]) for row in answers[0])
            ],
        ]
        for rows in answers:
            left, right = (
                {k: v for k, v in row.items() if k not in {"fact_id", "row"}} for row in rows
            )
            assert left == right
            assert "address_id" not in str(left)


def near_box(twins: Twins) -> tuple[float, float, float, float]:
    lon, lat = twins.places[0]
    return grow_box((lon, lat, lon, lat), 10_000)


def test_the_control_room_tells_the_twins_apart(city: tuple[Home, list[Twins]]) -> None:
    """What the attack compares would be seen: exact views do tell the two places.

    Requirement: MIN-1.
    """
    home, all_twins = city
    for twins in all_twins:
        rows = list_facts(home, OPERATOR, Filters(sources=(twins.source,))).items
        assert {(row["lon"], row["lat"]) for row in rows} == set(twins.places)
        lon, lat = twins.places[0]
        tight = grow_box((lon, lat, lon, lat), 1.0)
        found = list_facts(home, OPERATOR, Filters(bbox=tight, sources=(twins.source,))).items
        assert len(found) == 1


def test_a_page_of_shown_places_is_full_and_the_pages_are_whole(
    city: tuple[Home, list[Twins]],
) -> None:
    home, _ = city
    filters = Filters(bbox=(5.36, 43.286, 5.372, 43.297))
    before, seen = None, []
    while True:
        page = list_facts(home, ANALYST, filters, limit=97, before=before)
        seen += page.items
        before = page.after
        if before is None:
            break
        assert len(page.items) == 97
    told = home.frame.maskings["street"].tell(home.lake.scan("facts")).to_pylist()
    inside = {
        row["fact_id"]
        for row in told
        if row["lon"] and 5.36 <= row["lon"] <= 5.372 and 43.286 <= row["lat"] <= 43.297
    }
    assert len(seen) == len(inside) > 20
    assert {row["fact_id"] for row in seen} == inside
    assert summarise(
        home, ANALYST, replace(filters, from_us=0, to_us=to_us(home.clock.now()))
    ).total.now.n == len(inside)


def test_nearest_first_is_by_what_is_shown(city: tuple[Home, list[Twins]]) -> None:
    home, _ = city
    lately = Filters(from_us=to_us(home.clock.now()) - 30 * 86_400_000_000)
    found = near(home, ANALYST, lately, lon=5.37, lat=43.29, radius_m=5_000)
    distances = [one["distance_m"] for one in found["facts"]]
    assert len(distances) == 500
    assert distances == sorted(distances)
    told = home.frame.maskings["street"].tell(home.lake.scan("facts"))
    x, y = (np.asarray(told[name].to_numpy(), np.float64) for name in ("lon", "lat"))
    every = np.sort(haversine_m(x, y, 5.37, 43.29))
    assert distances == pytest.approx(every[:500], abs=0.006)


def test_means_are_shown_at_the_segment_too(city: tuple[Home, list[Twins]]) -> None:
    """Requirement: MIN-1."""
    home, _ = city
    exact = {row["means_id"]: (row["lon"], row["lat"]) for row in list_means(home, OPERATOR)}
    shown = {row["means_id"]: (row["lon"], row["lat"]) for row in list_means(home, ANALYST)}
    assert exact.keys() == shown.keys() != set()
    assert not set(exact.values()) & set(shown.values())


def test_far_away_the_map_is_the_fixed_grid_and_a_crowd_too(
    city: tuple[Home, list[Twins]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = city
    box = (5.36, 43.28, 5.38, 43.30)
    far = view_map(home, ANALYST, Filters(bbox=box), 11)
    assert (far.mode, far.resolution) == ("cells", 8)
    assert view_map(home, ANALYST, Filters(bbox=box), 15).resolution != 8
    monkeypatch.setattr("vigie.situation.mapview.MOST_MASKED", 10)
    crowd = view_map(home, ANALYST, Filters(bbox=box), 15)
    assert (crowd.mode, crowd.resolution, crowd.rows) == ("cells", 8, far.rows)
    assert view_map(home, OPERATOR, Filters(bbox=box), 15).resolution != 8


@settings(max_examples=60, deadline=None)
@given(
    places=st.lists(st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH)), max_size=30),
    box=st.tuples(
        st.floats(WEST, EAST), st.floats(SOUTH, NORTH), st.floats(0, 0.01), st.floats(0, 0.01)
    ),
    precision=st.sampled_from(PRECISIONS),
)
def test_within_is_what_showing_every_place_would_say(
    city: tuple[Home, list[Twins]],
    places: list[tuple[float, float]],
    box: tuple[float, float, float, float],
    precision: str,
) -> None:
    masking = city[0].frame.maskings[precision]
    lon, lat = np.array(places, np.float64).reshape(-1, 2).T
    west, south, east, north = box[0], box[1], box[0] + box[2], box[1] + box[3]
    shown = masking.show(lon, lat)
    wanted = (shown.lon >= west) & (shown.lon <= east) & (shown.lat >= south) & (shown.lat <= north)
    assert (masking.within((west, south, east, north), lon, lat) == wanted).all()
    assert (haversine_m(lon, lat, shown.lon, shown.lat) <= masking.farthest_m).all()


def test_records_are_told_alike_as_rows_and_one_by_one(city: tuple[Home, list[Twins]]) -> None:
    masking = city[0].frame.maskings["street"]
    table = pa.table(
        {
            "lon": [5.3701, None],
            "lat": [43.2901, None],
            "accuracy_m": pa.array([5.0, 900.0], pa.float32()),
            "cell": pa.array([1, None], pa.int64()),
            "geometry": pa.array([b"x", None], pa.binary()),
            "attributes": pa.array(
                [[("outcome", "PV"), ("lat_brut", "43.29"), ("camera", "C1")], None],
                pa.map_(pa.string(), pa.string()),
            ),
        }
    )
    told = masking.tell(table).to_pylist()
    shown = masking.show([5.3701], [43.2901])
    cell = cell_columns(shown.lon, shown.lat).cell[0].as_py()
    assert told[0] == {
        "lon": shown.lon[0],
        "lat": shown.lat[0],
        "accuracy_m": 200.0,
        "cell": cell,
        "geometry": None,
        "attributes": [("outcome", "PV")],
    }
    assert told[1] == dict.fromkeys(table.column_names)
    one = table.to_pylist()[0] | {"cell": "8a3968000007fff"}
    assert masking.tell_record(one) == told[0] | {
        "cell": cell_text(cell),
        "attributes": {"outcome": "PV"},
    }
    assert masking.tell_record({"lon": None, "lat": None}) == {"lon": None, "lat": None}
    assert masking.tell(pa.table({"n": [1]})).to_pylist() == [{"n": 1}]


def test_a_coarse_record_is_told_coarse_but_not_how_coarse(
    city: tuple[Home, list[Twins]],
) -> None:
    """An accuracy as recorded would name the street it was read from."""
    masking = city[0].frame.maskings["street"]
    radii = [
        masking.tell_record({"lon": 5.37, "lat": 43.29, "accuracy_m": own})["accuracy_m"]
        for own in (None, 3.0, 200.0, 201.0, 317.0, 399.0, 401.0)
    ]
    assert radii == [200.0, 200.0, 200.0, 400.0, 400.0, 400.0, 800.0]


def test_a_name_says_whether_a_value_tells_a_place() -> None:
    assert all(map(tells_place, ("address_id", "camera", "Latitude", "stop", "num_voie", "x")))
    assert not any(map(tells_place, ("outcome", "code", "quartier", "natinf", "latest", "state")))


def test_memory_is_bounded_and_changes_no_answer(
    city: tuple[Home, list[Twins]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.situation.precision.MOST_REMEMBERED", 5)
    masking = Masking(city[0].frame.snaps, "street")
    rng = np.random.default_rng(3)
    for _ in range(5):
        lon, lat = rng.uniform(WEST, EAST, 4), rng.uniform(SOUTH, NORTH, 4)
        again = city[0].frame.snaps.show(lon, lat, "street")
        assert all((a == b).all() for a, b in zip(masking.show(lon, lat), again, strict=True))
        assert len(masking._known) <= 5
