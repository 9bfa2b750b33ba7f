"""Counting visits: each once, in its hour, whatever the number and the order of its messages."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.intake.hospital.passages import (
    ARRIVALS,
    DIMENSIONS,
    LEAST,
    METRIC_OF,
    METRICS,
    Passage,
    Tally,
    age_group,
    figures,
    hour_start_us,
)
from vigie.intake.hospital.slots import HOURS

PARIS = "Europe/Paris"
NOON_US = to_us(datetime(2026, 11, 22, 11, 0, tzinfo=UTC))
MINUTE_US = 60_000_000
GROUPS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(groups) for name, groups in DIMENSIONS.items()}
)
PASSAGES = st.lists(
    st.builds(
        Passage,
        site=st.sampled_from(["A", "B"]),
        at_us=st.integers(-1_440, 1_440).map(lambda m: NOON_US + m * MINUTE_US),
        groups=GROUPS,
        visit=st.integers(0, 30).map(str),
        opens=st.booleans(),
        dated=st.booleans(),
    ),
    max_size=80,
)


def passage(visit: int = 1, minutes: int = 0, **changes) -> Passage:
    return Passage(
        **{
            "site": "A",
            "at_us": NOON_US + minutes * MINUTE_US,
            "groups": {},
            "visit": str(visit),
            **changes,
        }
    )


@given(PASSAGES)
def test_no_group_of_an_hour_exceeds_its_arrivals(passages):
    tally = Tally(PARIS)
    for one in passages:
        tally.add(one)

    for day in tally.days.values():
        for counts in day.sites.values():
            for groups in DIMENSIONS.values():
                parts = [counts.get(METRIC_OF[group], [0] * HOURS) for group in groups]
                for hour in range(HOURS):
                    assert sum(part[hour] for part in parts) <= counts[ARRIVALS][hour]
            for slots in figures(counts)[0].values():
                assert all(count >= LEAST for _, _, count in slots)


@given(st.lists(st.tuples(st.integers(-12, 11), GROUPS), min_size=20, max_size=150))
def test_no_figure_taken_from_its_total_leaves_a_small_group(visits):
    tally = Tally(PARIS)
    for number, (hour, groups) in enumerate(visits):
        tally.add(passage(number, hour * 60, groups=groups))

    for day in tally.days.values():
        told, _ = figures(day.sites["A"])
        totals = told.get(ARRIVALS, [])
        for groups in DIMENSIONS.values():
            parts = [told[METRIC_OF[group]] for group in groups if METRIC_OF[group] in told]
            for chosen in (c for size in range(1, 6) for c in itertools.combinations(parts, size)):
                for first, end, _ in chosen[0]:
                    whole = [n for a, b, n in totals if a >= first and b <= end]
                    some = [n for part in chosen for a, b, n in part if a >= first and b <= end]
                    rest = sum(whole) - sum(some)
                    assert rest == 0 or rest >= LEAST


@given(
    st.lists(
        st.builds(
            passage, st.integers(0, 30), st.integers(-600, 600), groups=GROUPS, dated=st.booleans()
        )
    )
)
def test_a_visit_told_again_changes_nothing(passages):
    once, twice = Tally(PARIS), Tally(PARIS)
    for one in passages:
        once.add(one)
        twice.add(one)
    for one in passages:
        assert twice.add(one) == "known"

    assert [d.sites for d in once.days.values()] == [d.sites for d in twice.days.values()]


def test_in_a_file_an_update_may_stand_before_its_arrival():
    update = passage(groups={"severity": "severity_high"}, opens=False, dated=False)
    tally = Tally(PARIS)

    assert tally.add_all([update, passage(minutes=5)]) == {"counted": 1, "known": 1}
    assert tally.days[date(2026, 11, 22)].sites["A"]["health.arrivals.severity_high"][12] == 1


@given(st.lists(st.tuples(st.integers(0, 1_400), GROUPS), max_size=60), st.randoms())
def test_the_order_of_visits_has_no_say(visits, chance):
    people = [passage(n, m - 660, groups=groups) for n, (m, groups) in enumerate(visits)]
    forth, back = Tally(PARIS), Tally(PARIS)
    for one in people:
        forth.add(one)
    chance.shuffle(people)
    for one in people:
        back.add(one)

    assert {d: v.sites for d, v in forth.days.items()} == {d: v.sites for d, v in back.days.items()}


def test_what_is_learnt_later_counts_in_the_hour_of_arrival():
    tally = Tally(PARIS)
    tally.add(passage())
    late = passage(minutes=180, groups={"severity": "severity_high"}, opens=False, dated=False)

    assert tally.add(late) == "known"
    counts = tally.days[date(2026, 11, 22)].sites["A"]
    assert counts["health.arrivals.severity_high"][12] == 1
    assert sum(counts[ARRIVALS]) == 1


def test_the_first_group_that_is_known_stands():
    tally = Tally(PARIS)
    for group in ("severity_low", "severity_high"):
        tally.add(passage(groups={"severity": group}))

    counts = tally.days[date(2026, 11, 22)].sites["A"]
    assert "health.arrivals.severity_high" not in counts


def test_an_update_without_its_arrival_counts_only_when_it_says_when():
    tally = Tally(PARIS)

    assert tally.add(passage(1, opens=False, dated=False)) == "unopened"
    assert tally.add(passage(2, opens=False)) == "counted"


def test_the_same_visit_has_another_hash_every_day():
    tally = Tally(PARIS)
    tally.add(passage(1))
    tally.add(passage(1, minutes=1_440))
    first, second = tally.days.values()

    assert first.key != second.key
    assert first.marks.isdisjoint(second.marks)


def test_a_day_of_a_clock_change_has_24_slots():
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    hour = 3_600_000_000
    for day, lengths in ((spring, {2: 0}), (autumn, {2: 2})):
        starts = [hour_start_us(day, h, PARIS) for h in range(25)]
        for h in range(24):
            assert starts[h + 1] - starts[h] == lengths.get(h, 1) * hour


def test_what_is_withheld_is_counted_but_not_named():
    counts = {ARRIVALS: [20] + [0] * 23, "health.arrivals.by_police": [3] + [0] * 23}

    assert figures(counts) == ({ARRIVALS: [(0, 24, 20)]}, 1)
    assert figures({}) == ({}, 0)


@pytest.mark.parametrize(
    ("birth", "group"),
    [
        (None, ""),
        (date(2026, 11, 23), ""),
        (date(1880, 1, 1), ""),
        (date(2008, 11, 22), "age_18_64"),
    ],
)
def test_an_age_that_cannot_be_is_no_group(birth, group):
    assert age_group(birth, date(2026, 11, 22)) == group


def test_there_is_no_metric_of_a_diagnosis_or_a_sex():
    assert not [m for m in METRICS if any(word in m for word in ("diag", "sex", "cim", "male"))]
