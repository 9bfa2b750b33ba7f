"""On the synthetic city: what is planted is found, and where nothing is nothing is told.

The large version, 200 null cities, is ``python3 run.py bench null_cities``.
"""

import pytest
from tests.benchmarks._cities import NOW, even_facts, facts_of, frame_of, null_facts

from vigie.analyses import hot_spots, near_repeat, space_time_scan
from vigie.city.truth import Truth, make_truth
from vigie.geo.distance import haversine_m

DAYS = 56
THEFT = "offence.property.theft.from_vehicle"
FRAME = frame_of(DAYS)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return make_truth(seed=1, days=DAYS, scale=0.8, now=NOW)


def test_the_cluster_that_goes_on_at_merlan_is_the_first_told(truth: Truth) -> None:
    """Planted: thefts from vehicles, 220 m around, for the last fortnight."""
    params = space_time_scan.ScanParameters(draws=99, most=3)
    rows = space_time_scan.run(facts_of(truth, THEFT, DAYS), params, FRAME).table.to_pylist()
    spot = truth.hot_spots[0]

    assert rows[0]["p"] == 0.01
    assert haversine_m(rows[0]["lon"], rows[0]["lat"], spot.lon, spot.lat) < 600
    assert 8 <= (rows[0]["to_day"] - rows[0]["from_day"]).days <= 18
    assert rows[0]["ratio_low"] > 1


def test_what_begets_its_like_is_told_as_near_repeats(truth: Truth) -> None:
    """Planted: 35 % of thefts from vehicles beget another, within days and some 180 m."""
    params = near_repeat.NearRepeatParameters(draws=399, step_m=200)
    found = near_repeat.run(facts_of(truth, THEFT, DAYS), params, FRAME)
    bands = {(row["to_m"], row["to_days"]): row for row in found.table.to_pylist()}

    assert bands[200.0, 6]["q"] < 0.05
    assert bands[200.0, 6]["pairs"] > bands[200.0, 6]["high"]
    assert bands[200.0, 6]["ratio"] > bands[800.0, 6]["ratio"]


def test_null_cities_are_told_nothing() -> None:
    """Of five null cities, each asked three ways at 5 %, at most three are told something.

    More would come up by chance less than once in a hundred.
    """
    told = 0
    scan = space_time_scan.ScanParameters(
        draws=99, most=1, step_days=7, longest=4, resolution=8, radius_m=2_000
    )
    knox = near_repeat.NearRepeatParameters(draws=99, steps=1, times=1, step_m=300)
    for seed in range(5):
        facts = null_facts(seed, 400, DAYS)
        told += space_time_scan.run(facts, scan, FRAME).table["p"][0].as_py() <= 0.05
        told += near_repeat.run(facts, knox, FRAME).table["p"][1].as_py() <= 0.05
        even = even_facts(seed, 400, DAYS, FRAME)
        kinds = hot_spots.run(even, hot_spots.HotSpotParameters(), FRAME).table["kind_of_spot"]
        told += set(kinds.to_pylist()) != {"none"}

    assert told <= 3
