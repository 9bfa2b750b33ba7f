from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from vigie.base.errors import WrongUsage
from vigie.city import geography
from vigie.city.kinds import hour_profile, kind_index, kinds
from vigie.city.sites import sites
from vigie.city.situations import EVENT_EFFECTS, within
from vigie.city.span import DAY_US, HOUR_US, local_parts
from vigie.city.truth import CAUSES, Truth, make_truth
from vigie.model.taxonomy import TAXONOMY

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return make_truth(seed=3, days=90, scale=0.5, now=NOW)


def local_hours(truth: Truth, chosen: np.ndarray) -> np.ndarray:
    return local_parts(truth.incidents.at_us[chosen]) // HOUR_US % 24


def test_the_same_arguments_give_the_same_truth() -> None:
    one, two = (make_truth(seed=5, days=6, scale=0.1, now=NOW) for _ in range(2))
    for name in ("kind", "at_us", "lon", "lat", "site", "severity", "cause", "parent", "plan"):
        assert np.array_equal(getattr(one.incidents, name), getattr(two.incidents, name))
    assert one.plans == two.plans


def test_another_seed_gives_another_truth() -> None:
    one, two = (make_truth(seed=s, days=6, scale=0.1, now=NOW) for s in (5, 6))
    assert not np.array_equal(one.incidents.at_us[:50], two.incidents.at_us[:50])


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"scale": 0.0}, {"scale": float("nan")}, {"seed": -1}]
)
def test_arguments_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(WrongUsage):
        make_truth(**({"seed": 1, "days": 3, "scale": 0.1, "now": NOW} | wrong))


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        make_truth(seed=1, days=3, scale=0.1, now=datetime(2026, 1, 1))


def test_volumes_scale(truth: Truth) -> None:
    half = make_truth(seed=3, days=90, scale=0.25, now=NOW)
    assert len(half.incidents) / len(truth.incidents) == pytest.approx(0.5, rel=0.03)


def test_the_log_has_the_order_of_marseille() -> None:
    yearly = sum(k.yearly * k.tells.get("main_courante", ("", 0.0))[1] for k in kinds())
    assert yearly == pytest.approx(300_000, rel=0.05)
    assert all(k.code in TAXONOMY for k in kinds())
    assert all(sum(part.weight for part in k.mix) == pytest.approx(1.0) for k in kinds())


def test_columns_make_sense(truth: Truth) -> None:
    them = truth.incidents
    assert (np.diff(them.at_us) >= 0).all()
    assert them.at_us[0] >= truth.span.start_us
    assert them.at_us[-1] < truth.span.end_us
    assert set(np.unique(them.severity)) <= {1, 2, 3, 4, 5}
    assert (them.at_us > truth.now_us).any()


def test_incidents_lie_at_their_site(truth: Truth) -> None:
    them = truth.incidents
    x, y = geography.to_metres(them.lon, them.lat)
    sx, sy = geography.to_metres(sites().lon[them.site], sites().lat[them.site])
    assert np.hypot(x - sx, y - sy).max() < 120


def test_a_child_comes_after_its_parent_and_is_of_its_kind(truth: Truth) -> None:
    them = truth.incidents
    children = np.flatnonzero(them.parent >= 0)
    parents = them.parent[children]
    assert (them.cause[children] == CAUSES.index("excited")).all()
    assert (them.at_us[children] > them.at_us[parents]).all()
    assert (them.kind[children] == them.kind[parents]).all()


def test_the_share_of_excited_incidents_is_the_branching_ratio(truth: Truth) -> None:
    them, code = truth.incidents, kind_index()["space.cleanliness.dumping"]
    burnt_in = (them.kind == code) & (them.at_us > truth.span.start_us + 30 * DAY_US)
    share = (them.cause[burnt_in] == CAUSES.index("excited")).mean()
    assert share == pytest.approx(kinds()[code].branching, abs=0.04)


def test_children_are_near_their_parent(truth: Truth) -> None:
    them, code = truth.incidents, kind_index()["offence.drugs"]
    children = np.flatnonzero((them.parent >= 0) & (them.kind == code))
    x, y = geography.to_metres(them.lon, them.lat)
    away = np.hypot(x[children] - x[them.parent[children]], y[children] - y[them.parent[children]])
    assert np.median(away) == pytest.approx(1.18 * kinds()[code].excite_m, rel=0.25)


def test_the_hour_of_the_day_follows_the_profile(truth: Truth) -> None:
    them, code = truth.incidents, kind_index()["space.trade.market"]
    mine = np.flatnonzero((them.kind == code) & (them.cause == 0))
    seen = np.bincount(local_hours(truth, mine), minlength=24) / len(mine)
    assert np.abs(seen - hour_profile("morning")).max() < 0.03


def test_schools_are_secured_on_school_days_only(truth: Truth) -> None:
    them, code = truth.incidents, kind_index()["space.prevention.school"]
    slots = (them.at_us[them.kind == code] - truth.span.start_us) // HOUR_US
    assert truth.span.school[slots].all()


def test_events_bring_incidents_within_their_window(truth: Truth) -> None:
    them = truth.incidents
    brought = np.flatnonzero(them.plan >= 0)
    assert len(brought) > 100
    before = max(e.before_h for e in EVENT_EFFECTS) * HOUR_US
    after = max(e.after_h for e in EVENT_EFFECTS) * HOUR_US
    begin = np.array([truth.plans[p].starts_us for p in them.plan[brought]]) - before
    end = np.array([truth.plans[p].ends_us for p in them.plan[brought]]) + after
    assert (them.at_us[brought] >= begin).all()
    assert (them.at_us[brought] <= end).all()
    assert all(truth.plans[p].state != "cancelled" for p in set(them.plan[brought].tolist()))


def test_the_measure_that_works_removes_what_it_says_and_the_placebo_nothing() -> None:
    truth = make_truth(seed=11, days=120, scale=3.0, now=NOW)
    them = truth.incidents
    past = them.at_us < truth.now_us
    for measure in truth.measures:
        mine = (them.kind == kind_index()[measure.kind]) & past
        near = within(measure, np.full(len(them), 2**62), them.lon, them.lat)
        begun = them.at_us >= measure.from_us
        counts = [(mine & n & b).sum() for n in (near, ~near) for b in (begun, ~begun)]
        effect = np.log(counts[0] / counts[1]) - np.log(counts[2] / counts[3])
        spread = 1.4 * np.sqrt(sum(1 / c for c in counts))  # self-excitation widens Poisson
        assert spread < 0.12, measure.name
        assert abs(effect - np.log(measure.factor)) < 3.5 * spread, measure.name
        assert (effect < -0.3) == (measure.factor < 1.0), measure.name


def test_hot_spots_are_recent_and_tight(truth: Truth) -> None:
    them = truth.incidents
    clustered = np.flatnonzero(them.cause == CAUSES.index("cluster"))
    assert len(clustered) > 20
    assert them.at_us[clustered].min() >= truth.now_us - 14 * DAY_US
    x, y = geography.to_metres(them.lon, them.lat)
    for spot in truth.hot_spots:
        mine = clustered[them.kind[clustered] == kind_index()[spot.kind]]
        sx, sy = geography.to_metres(np.array(spot.lon), np.array(spot.lat))
        assert np.median(np.hypot(x[mine] - sx, y[mine] - sy)) < 2.0 * spot.sigma_m


def test_rain_floods_and_empties_the_streets() -> None:
    truth = make_truth(seed=2, days=150, scale=1.0, now=NOW + timedelta(days=90))
    them = truth.incidents
    wet = truth.weather.rain[(them.at_us - truth.span.start_us) // HOUR_US] > 0
    share = (truth.weather.rain > 0).mean()
    flood = wet[them.kind == kind_index()["rescue.operation.flood"]].mean()
    rodeo = wet[them.kind == kind_index()["road.offence.rodeo"]].mean()
    assert flood > 3 * share
    assert rodeo < 0.8 * share
