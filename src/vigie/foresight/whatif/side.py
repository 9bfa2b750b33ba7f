"""One version of a plan, worked out: every figure with its draws and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from vigie.base.errors import WrongUsage
from vigie.foresight.effects.model import Basis, EffectModel
from vigie.foresight.effects.occasion import Occasion, occasion_of
from vigie.foresight.plans import PlanRecord
from vigie.foresight.whatif.adequacy import Adequacy, adequacy
from vigie.foresight.whatif.around import outlook_of
from vigie.foresight.whatif.crowd import (
    Crowd,
    attendance_draws,
    casualties,
    crowd_of,
    leaving,
    peak_share,
)
from vigie.foresight.whatif.estimates import FloatArray
from vigie.foresight.whatif.load import HOUR_US, service, standing
from vigie.foresight.whatif.needs import RULES, PastMeans, barriers_by_length, learn, stewards
from vigie.foresight.whatif.outlook import Drawn, Outlook, agents_needed, draw_facts, within
from vigie.foresight.whatif.reliability import Calibrator
from vigie.foresight.whatif.scenario import Scenario, attendance_of, number_of, streets_named
from vigie.foresight.whatif.surroundings import (
    Closed,
    Surroundings,
    area_of,
    closed_streets,
    hour_of_week,
    stations_near,
    taken_per_hour,
)
from vigie.foresight.whatif.weather import RainEffect, with_weather
from vigie.geo.projection import Projection
from vigie.model.dps import FirstAidCover, first_aid_cover

CALLS: Mapping[str, tuple[str, ...]] = {
    "calls.police": ("offence", "space", "road"),
    "calls.rescue": ("rescue", "health"),
}
LEAST_DOUBT = 1e-6
HOSPITAL_AFTER_H = 3
"""Hours after the end in which a public still comes to the emergency wards (proposal)."""


@dataclass(frozen=True)
class Knowledge:
    """Everything an answer rests on, read once.

    Attributes:
        model: Effect model of the history.
        projection: Degrees to metres.
        past: Past plans with their means.
        calibrator: Of the probability of sufficing, fitted on past events.
        surroundings: Streets, stations, capacities, arrivals.
        rain: What rain changes; None when too little was measured.
        least: Facts that a shown count must rest on (``View.least``).
    """

    model: EffectModel
    projection: Projection
    past: Sequence[PastMeans]
    calibrator: Calibrator
    surroundings: Surroundings
    rain: RainEffect | None
    least: int = 0


@dataclass(frozen=True)
class Quantity:
    """One figure of one version.

    Attributes:
        draws: Draws; one number where a rule or a geometry gives it.
        method: As ``Estimate.method``.
        base: Past events or days it rests on.
        basis: Plan ids.
        pool: Kind of plan they share.
    """

    draws: FloatArray
    method: str
    base: int = 0
    basis: tuple[str, ...] = ()
    pool: str = ""


@dataclass(frozen=True)
class Side:
    """One version of a plan, worked out.

    Attributes:
        plan: The version.
        quantities: Figures by code, in the order they are told.
        adequacy: Whether its agents suffice.
        first_aid: Cover by the national grid; None when the public is unknown.
        crowd: Egress, density, stations; None when the public is unknown.
        closed: Streets it closes.
        basis: What the expected facts rest on.
        folded: Kinds of facts that rest on too few facts; they stand in the total alone.
    """

    plan: PlanRecord
    quantities: Mapping[str, Quantity]
    adequacy: Adequacy
    first_aid: FirstAidCover | None
    crowd: Crowd | None
    closed: tuple[Closed, ...]
    basis: Basis
    folded: int


def work_out(
    plan: PlanRecord,
    scenario: Scenario,
    knowledge: Knowledge,
    *,
    seed: int,
    built_for: float | None = None,
) -> Side:
    """Work out one version of a plan.

    Args:
        plan: The version, changed already.
        scenario: Weather, exits and grid to count with.
        knowledge: What it rests on.
        seed: The same seed for two versions makes their difference exact.
        built_for: Public that the exits are supposed to be built for where the venue tells no
            capacity; the most that this version expects when None.

    Raises:
        WrongUsage: When nothing can be told: no place, longer than a day, cancelled.
    """
    occasion = occasion_of(plan, knowledge.projection)
    if occasion is None:
        raise WrongUsage(reason="plan: a place, a day at most, not cancelled", field="plan_id")
    prediction = knowledge.model.expected(occasion)
    outlook = with_weather(
        outlook_of(prediction, occasion.starts_us), knowledge.rain, scenario.weather
    )
    served = service(occasion.starts_us, occasion.ends_us)
    drawn = within(draw_facts(outlook, seed=seed), outlook, served)
    public = attendance_of(plan)
    holds = knowledge.surroundings.capacity.get(plan.place_id or "", np.inf)
    present = attendance_draws(public or (0.0, 0.0, 0.0), seed=seed, draws=drawn.draws)
    present = np.minimum(present, holds)
    posts = standing(present * peak_share(plan.kind), streets_named(plan.closes))
    needed = agents_needed(outlook, drawn, occasion.starts_us, occasion.ends_us, posts)
    basis = prediction.basis
    quantities, folded = _facts(drawn, outlook, basis, knowledge.least)
    quantities["agents.needed"] = _from_effects(needed, basis, "load")
    quantities["agents.posts"] = Quantity(np.rint(posts), "rule")
    venue = plan.place_id is not None and plan.place_id in knowledge.surroundings.capacity
    closed = tuple(
        closed_streets(occasion.footprint, plan.closes, knowledge.surroundings.streets, venue=venue)
    )
    crowd = first_aid = None
    if public is not None and public[1] > 0:
        sizes = (public[1], built_for or public[2])
        crowd = _crowd(plan, occasion, sizes, scenario, knowledge.surroundings)
        first_aid = first_aid_cover(round(crowd.peak), *scenario.degrees(plan.kind))
        people = np.minimum(attendance_draws(public, seed=seed), holds)
        quantities |= _people(people, crowd, plan, scenario, seed)
        quantities |= _hospital(quantities["aid.transported"].draws, plan, knowledge, seed)
        quantities |= _usual(plan.kind, public[1], knowledge.past)
        quantities |= _cover(first_aid, crowd, public[1])
    quantities |= _ground(occasion, closed, venue=venue)
    planned, ids = number_of(plan, "agents"), basis.plan_ids
    told = adequacy(
        needed, planned, knowledge.calibrator, base=len(ids), basis=ids, pool=basis.kind
    )
    return Side(plan, quantities, told, first_aid, crowd, closed, basis, folded)


def _cover(first_aid: FirstAidCover, crowd: Crowd, likely: float) -> dict[str, Quantity]:
    """Return who must stand by for a public."""
    told = {
        "aid.responders": _fixed(first_aid.responders, "grid"),
        "aid.posts": _fixed(first_aid.posts, "grid"),
    }
    if crowd.exits:
        told["stewards"] = _fixed(stewards(likely).likely, "rule")
    return told


def _ground(occasion: Occasion, closed: Sequence[Closed], *, venue: bool) -> dict[str, Quantity]:
    """Return the streets closed, and the length of barriers; a venue has walls of its own."""
    around = occasion.footprint.length if occasion.footprint.area > 1 and not venue else 0.0
    return {
        "streets.closed": _fixed(len(closed), "geometry"),
        "barriers.length": _fixed(barriers_by_length(around, len(closed)).likely, "geometry"),
    }


def _fixed(value: float, method: str) -> Quantity:
    return Quantity(np.array([float(value)]), method)


def _from_effects(draws: FloatArray, basis: Basis, method: str) -> Quantity:
    return Quantity(draws, method, len(basis.plan_ids), basis.plan_ids, basis.kind)


def _facts(
    drawn: Drawn, outlook: Outlook, basis: Basis, least: int
) -> tuple[dict[str, Quantity], int]:
    """Return facts in all, calls, and facts by kind where enough facts stand behind a kind.

    What stands behind a kind is told by how well its expectation is known: a gamma posterior of n
    facts has a coefficient of variation of 1/sqrt(n).
    """
    doubt = outlook.without_cv
    behind = np.where(doubt > 0, 1.0 / np.maximum(doubt, LEAST_DOUBT) ** 2, 0.0)
    counted = np.array([k for k, kind in enumerate(outlook.kinds) if _counts(kind)], np.int64)
    if float(behind[counted].sum()) < least:
        return {}, len(counted)
    told = {"facts.total": _from_effects(drawn.counts(counted), basis, "effects")}
    for code, themes in CALLS.items():
        chosen = [k for k, kind in enumerate(outlook.kinds) if kind.partition(".")[0] in themes]
        counts = drawn.counts(np.array(chosen, np.int64))
        told[code] = _from_effects(counts, basis, "effects")
    folded = 0
    for number in counted.tolist():
        kind = outlook.kinds[number]
        if behind[number] < least:
            folded += 1
            continue
        counts = drawn.counts(np.array([number], np.int64))
        told[f"facts.kind.{kind}"] = _from_effects(counts, basis, "effects")
    return told, folded


def _counts(kind: str) -> bool:
    """Say whether a kind of fact calls somebody; the weather does not."""
    return kind.partition(".")[0] in {theme for themes in CALLS.values() for theme in themes}


def _crowd(
    plan: PlanRecord,
    occasion: Occasion,
    public: tuple[float, float],
    scenario: Scenario,
    city: Surroundings,
) -> Crowd:
    """Return the likely public in its place; ``public`` is likely, and what exits are built for."""
    middle = shapely.Point(occasion.footprint.centroid)
    near = stations_near(middle, city.stations)
    hour = hour_of_week(occasion.ends_us, city.timezone)
    return crowd_of(
        plan.kind,
        public[0] * peak_share(plan.kind),
        area_of(occasion.footprint),
        width_m=scenario.exit_width_m,
        capacity=city.capacity.get(plan.place_id or "", public[1]),
        stations=tuple(near),
        per_hour=taken_per_hour(near, hour),
    )


def _people(
    people: FloatArray, crowd: Crowd, plan: PlanRecord, scenario: Scenario, seed: int
) -> dict[str, Quantity]:
    peak = people * peak_share(plan.kind)
    told = {
        "people.attendance": Quantity(people, "plan"),
        "people.peak": Quantity(peak, "plan"),
        "crowd.density": Quantity(peak / crowd.density.area_m2, "geometry"),
    }
    told |= {
        code: Quantity(draws, "geometry")
        for code, draws in leaving(peak, crowd, scenario.transit_share).items()
    }
    return told | {
        code: Quantity(draws, "literature") for code, draws in casualties(people, seed=seed).items()
    }


def _hospital(
    transported: FloatArray, plan: PlanRecord, knowledge: Knowledge, seed: int
) -> dict[str, Quantity]:
    """Return emergency arrivals of the whole city in the event's hours, its own included."""
    city = knowledge.surroundings
    if not city.arrivals:
        return {}
    hours = -(-(plan.ends_us - plan.starts_us) // HOUR_US) + HOSPITAL_AFTER_H
    first = hour_of_week(plan.starts_us, city.timezone)
    usual = [city.arrivals[(first + h) % len(city.arrivals)] for h in range(hours)]
    mean = sum(one[0] for one in usual)
    deviation = float(np.sqrt(sum(one[1] ** 2 for one in usual)))
    normal = np.random.default_rng([seed, 4]).normal(size=len(transported))
    arrivals = np.maximum(0.0, np.rint(mean + deviation * normal)) + transported
    return {"hospital.arrivals": Quantity(arrivals, "days", city.arrivals_days)}


def _usual(kind: str, public: float, past: Sequence[PastMeans]) -> dict[str, Quantity]:
    told: dict[str, Quantity] = {}
    for name, rule in RULES.items():
        line = learn(past, kind, name)
        method = "history" if line.past else "rule"
        told[f"{name}.usual"] = Quantity(
            line.numbers(public), method, len(line.past), line.past, line.pool
        )
        told[f"{name}.rule"] = _fixed(rule(public), "rule")
    return told
