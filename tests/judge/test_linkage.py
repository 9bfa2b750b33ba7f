"""Linking reports: whichever comes first, nearer is never less probable, nothing is merged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.judge.linkage import (
    FALLING,
    GAP_US,
    MINUTE_US,
    NAMES,
    REACH_M,
    Links,
    Reports,
    candidates,
    clusters,
    link,
    probabilities,
    read_weights,
    relation,
    shipped_weights,
    strongest,
)
from vigie.judge.linkage_learning import Known, as_toml, fit

T0 = 1_795_000_000_000_000
KINDS = ("road.accident", "road.accident.injury", "offence.person.brawl", "rescue.fire", "road")
SOURCES = ("main_courante", "rescue", "reports", "unheard_of")


def reports(*rows: tuple[float, float, float, int, int, int, str, str]) -> Reports:
    """x, y, accuracy, start, length, told after (minutes), kind, source."""
    x, y, accuracy, start, length, told, kinds, sources = zip(*rows, strict=True)
    earliest = T0 + np.array(start, np.int64) * MINUTE_US
    latest = earliest + np.array(length, np.int64) * MINUTE_US
    reported = latest + np.array(told, np.int64) * MINUTE_US
    return Reports(
        np.array(x, float), np.array(y, float), np.array(accuracy, float),
        earliest, latest, reported, kinds, sources,
    )  # fmt: skip


one_report = st.tuples(
    st.floats(-300, 300),
    st.floats(-300, 300),
    st.sampled_from((float("nan"), 10.0, 60.0, 500.0)),
    st.integers(0, 300),
    st.sampled_from((0, 0, 30, 600)),
    st.integers(0, 60),
    st.sampled_from(KINDS),
    st.sampled_from(SOURCES),
)
BOTH = (np.array([0]), np.array([1]))


@given(one_report, one_report)
def test_a_pair_weighs_the_same_from_either_side(one: tuple, other: tuple) -> None:
    there = probabilities(reports(one, other), *BOTH)
    back = probabilities(reports(other, one), *BOTH)
    assert there == pytest.approx(back, abs=1e-9)
    assert 0 <= there[0] <= 1


@given(one_report, one_report, st.floats(0, 400), st.floats(0, 400))
def test_further_apart_is_never_more_probable(one: tuple, other: tuple, a: float, b: float) -> None:
    near, far = sorted((a, b))
    shown = [
        probabilities(reports((0.0, 0.0, *one[2:]), (away, 0.0, *other[2:])), *BOTH)[0]
        for away in (near, far)
    ]
    assert shown[0] >= shown[1] - 1e-12


@given(st.lists(one_report, min_size=2, max_size=14))
@settings(max_examples=60, deadline=None)
def test_only_pairs_within_reach_are_compared_each_once(rows: list[tuple]) -> None:
    them = reports(*rows)
    left, right = candidates(them)
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    expected = set()
    for a in range(len(rows)):
        for b in range(a + 1, len(rows)):
            gap = max(
                them.earliest_us[a] - them.latest_us[b], them.earliest_us[b] - them.latest_us[a]
            )
            if np.hypot(them.x[a] - them.x[b], them.y[a] - them.y[b]) <= REACH_M and gap <= GAP_US:
                expected.add((a, b))
    assert found == expected


def test_an_accident_told_twice_is_linked_and_a_far_one_is_not() -> None:
    them = reports(
        (0.0, 0.0, 30.0, 0, 0, 4, "road.accident", "rescue"),
        (15.0, 10.0, float("nan"), 1, 0, 6, "road.accident", "main_courante"),
        (350.0, 0.0, float("nan"), 200, 0, 6, "road.accident", "main_courante"),
    )
    found = link(them)
    assert (int(found.left[0]), int(found.right[0])) == (0, 1)
    assert found.probability[0] > 0.8
    assert all(p < 0.5 for p in found.probability[1:])


def test_a_chain_does_not_become_one_incident() -> None:
    links = Links(np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.9, 0.6, 0.9]))
    assert clusters(4, links) == [(0, 1), (2, 3)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(0, 1)), max_size=30))
def test_groups_share_no_report_and_hold_together(rows: list[tuple[int, int, float]]) -> None:
    pairs = {(min(a, b), max(a, b)): p for a, b, p in rows if a != b}
    left, right = ([pair[n] for pair in pairs] for n in (0, 1))
    links = Links(np.array(left, int), np.array(right, int), np.array(list(pairs.values()), float))
    found = clusters(10, links)
    members = [one for group in found for one in group]
    assert len(members) == len(set(members))
    for group in found:
        between = [pairs.get((a, b), 0.0) for n, a in enumerate(group) for b in group[n + 1 :]]
        assert len(group) > 1
        assert max(between) >= 0.5


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.floats(0, 1)), max_size=40),
    st.integers(1, 4),
)
def test_the_strongest_links_are_the_most_probable_of_either_report(
    rows: list[tuple[int, int, float]], each: int
) -> None:
    pairs = {(min(a, b), max(a, b)): p for a, b, p in rows if a != b}
    told = sorted(pairs.items(), key=lambda one: -one[1])
    left, right = (np.array([pair[n] for pair, _ in told], np.int64) for n in (0, 1))
    found = strongest(7, Links(left, right, np.array([p for _, p in told], np.float64)), each)
    of = {n: [pair for pair, _ in told if n in pair][:each] for n in range(7)}
    expected = [(pair, p) for pair, p in told if any(pair in of[n] for n in pair)]
    columns = (found.left.tolist(), found.right.tolist(), found.probability.tolist())
    assert [((a, b), p) for a, b, p in zip(*columns, strict=True)] == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("road.accident", "road.accident", "same"),
        ("road.accident", "road.accident.injury", "within"),
        ("rescue.fire.waste", "rescue.fire.vehicle", "sibling"),
        ("rescue.fire", "rescue.person", "sibling"),
        ("offence.person.assault.battery", "offence.person.brawl", "branch"),
        ("road.accident", "road.parking.wreck", "theme"),
        ("road.accident", "rescue.fire", "apart"),
    ],
)
def test_kinds_stand_to_each_other_as_in_the_taxonomy(one: str, other: str, expected: str) -> None:
    assert relation(one, other) == relation(other, one) == expected


def test_the_weights_that_come_with_vigie_never_rise_with_distance_or_gap() -> None:
    weights = shipped_weights()
    told = dict(zip(weights.names, weights.values.tolist(), strict=True))
    assert set(told) == set(NAMES)
    assert all(told[name] <= 0 for name in FALLING)
    at, seen = weights.curve
    assert (np.diff(at) > 0).all()
    assert (np.diff(seen) >= 0).all()
    assert 0 <= seen[0] <= seen[-1] <= 1


def invented(seed: int, incidents: int = 300) -> Known:
    """Incidents, half of them told twice within metres and minutes."""
    rng = np.random.default_rng(seed)
    rows, number = [], []
    for n in range(incidents):
        x, y, start = [*rng.uniform(0, 3000, 2).tolist(), int(rng.integers(0, 2000))]
        for source in SOURCES[: 1 + n % 2]:
            dx, dy = rng.normal(0, 12, 2)
            rows.append(
                (x + dx, y + dy, 10.0, start + int(rng.integers(0, 3)), 0, 5, KINDS[n % 4], source)
            )
            number.append(n)
    return Known(reports(*rows), np.array(number))


def test_learning_finds_who_tells_of_the_same_and_survives_its_file() -> None:
    weights = read_weights(as_toml(fit(invented(1), invented(2), {"fitted": "seed 1"})))
    fresh = invented(3)
    left, right = candidates(fresh.reports)
    shown = probabilities(fresh.reports, left, right, weights)
    true = fresh.incident[left] == fresh.incident[right]
    assert shown[true].mean() > 0.9
    assert shown[~true].mean() < 0.05
    assert weights.learnt == {"fitted": "seed 1"}
