"""The engine: finds the pairs that matter, whatever the order, without looking at all pairs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from tests.rules.plan_views import HOUR, NOON, plan

import vigie.rules
from vigie.judge.clashes import find_clashes
from vigie.judge.rule import PlanView, discover, of_kind

RULES = discover(vigie.rules)


def test_cancelled_plans_do_not_clash() -> None:
    plans = [plan("a"), plan("b", state="cancelled")]

    assert [
        c for c in find_clashes(plans, RULES, now_us=NOON) if len(c.finding.subjects) == 2
    ] == []


def test_nothing_planned_nothing_found() -> None:
    assert find_clashes([], RULES, now_us=NOON) == []


PLANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 12), st.sampled_from([100.0, 4_000.0, 70_000.0])),
    max_size=8,
)


def _build(values: list[tuple[int, int, float]]) -> list[PlanView]:
    return [
        plan(f"p{i:02d}", x=100.0 * x, start_h=h, attendance=(size, size, size))
        for i, (x, h, size) in enumerate(values)
    ]


@given(PLANS, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_brute_force_agrees(values: list, random: object) -> None:
    plans = _build(values)
    found = find_clashes(plans, RULES, now_us=NOON)
    shuffled = list(plans)
    random.shuffle(shuffled)

    assert find_clashes(shuffled, RULES, now_us=NOON) == found
    expected = {
        (rule.name, finding.subjects)
        for rule in of_kind(RULES, "clash_pair")
        for i, left in enumerate(plans)
        for right in plans[i + 1 :]
        if (finding := rule.judge(left, right)) is not None
    }
    assert {(c.rule, c.finding.subjects) for c in found if len(c.finding.subjects) == 2} == expected


def test_a_city_of_plans_is_judged_through_the_index() -> None:
    """5,000 plans: the candidates looked at grow with neighbours, not with the square."""
    rng = np.random.default_rng(1)
    looked = 0
    pair = RULES["ground_used_twice"]

    def counting(left: PlanView, right: PlanView) -> object:
        nonlocal looked
        looked += 1
        return pair.judge(left, right)

    rule = type(pair)(pair.name, "clash_pair", pair.title, pair.why, counting, pair.reach_m)
    plans = [
        plan(f"p{i}", start_h=float(h), geometry=box(x, y, x + 60, y + 60))
        for i, (x, y, h) in enumerate(
            zip(
                rng.uniform(0, 15e3, 5000),
                rng.uniform(0, 15e3, 5000),
                rng.uniform(0, 720, 5000),
                strict=True,
            )
        )
    ]
    find_clashes(plans, {"ground_used_twice": rule}, now_us=NOON + HOUR)

    assert looked < 5_000
