"""A procession, march or race runs through a market."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.kinds import ROUTES
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration

MIN_INSIDE_M = 5.0


def judge(route: PlanView, market: PlanView) -> Finding | None:
    """Find a route with 5 m or more inside a market, while its stalls stand (set-up included)."""
    from_us, to_us = max(route.starts_us, market.from_us), min(route.ends_us, market.to_us)
    if from_us >= to_us:
        return None
    inside = route.geometry.intersection(market.ground)
    if inside.length < MIN_INSIDE_M:
        return None
    length = to_us - from_us
    return Finding(
        severity=4 if market.starts_us < to_us and market.ends_us > from_us else 3,
        explanation={
            "fr": f"Le parcours de « {route.title} » traverse « {market.title} » sur"
            f" {number(inside.length)} m, et les étals y sont encore {duration(length)}.",
            "en": f'The route of "{route.title}" runs {number(inside.length, "en")} m through'
            f' "{market.title}" while its stalls stand for {duration(length, "en")}.',
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((route.plan_id, market.plan_id))),
        numbers={"inside_m": round(inside.length, 1), "minutes": length // 60_000_000},
        geometry=inside,
    )


RULE = Rule(
    name="market_on_route",
    kind="clash_pair",
    title={"fr": "Marché sur un parcours", "en": "Market on a route"},
    why={
        "fr": "Un cortège ne passe pas entre des étals sans bousculade, et ceux-ci ferment aussi la"
        " voie aux secours. La règle prend le parcours déclaré, qui peut changer.",
        "en": "A procession does not pass between stalls without pushing, and they close the way"
        " to rescue too. The rule takes the declared route, which may change.",
    },
    judge=judge,
    reach_m=10.0,
    first=Wanted(kinds=ROUTES, route=True),
    second=Wanted(kinds=("event.market",)),
)
