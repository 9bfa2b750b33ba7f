"""Posts and shifts for an event or an ordinary day: proposals from which a person chooses.

Nobody is sent anywhere by this: whoever chooses writes what is chosen into the event's file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from vigie.base.clock import to_rfc3339
from vigie.foresight.allocation.appraisal import Appraisal, Reason, appraise
from vigie.foresight.allocation.demand import people_by_hour
from vigie.foresight.allocation.first_aid import FirstAidPost, first_aid_posts
from vigie.foresight.allocation.past import HOUR_US
from vigie.foresight.allocation.problem import Problem
from vigie.foresight.allocation.proposals import Price, Proposal, prices, propose
from vigie.foresight.allocation.roster import give
from vigie.foresight.allocation.shifts import SLOT_MIN, LabourRules, Rota, plan_shifts
from vigie.foresight.allocation.words import missing_words, reason_words
from vigie.foresight.plans import PlanRecord
from vigie.model.times import at_local
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.allocation_case import Asked, Case, prepare

SLOT_US: Final = SLOT_MIN * 60 * 1_000_000
SHIFTS_S: Final = 1.0

LIMITS: Final = {
    "fr": (
        "Attendu : moyenne des mêmes heures du même jour des semaines passées, sans ce que les "
        "patrouilles et caméras ont trouvé. Trajets : 1,3 fois la ligne droite. File d’attente : "
        "heure la plus chargée, régime stable. Rien n’est décidé ni envoyé par Vigie."
    ),
    "en": (
        "Expected: mean of the same hours of the same weekday in past weeks, without what patrols "
        "and cameras found. Ways: 1.3 times the straight line. Queue: busiest hour, steady state. "
        "Vigie decides nothing and sends nobody."
    ),
}
UNKNOWN: Final = {
    "fr": (
        "Trop peu de faits connus ici, à ces heures, pour fonder un poste : aucun n’est proposé. "
        "Élargir le rayon, les heures ou les natures, ou placer les postes au jugé."
    ),
    "en": (
        "Too few facts are known here at these hours to give a post its reason: none is proposed. "
        "Widen the radius, the hours or the kinds, or site posts by judgement."
    ),
}
"""What is said instead of proposals."""
Json = dict[str, Any]


def allocate(home: Home, caller: Caller, asked: Asked) -> Json:
    """Return the proposals for an event or an ordinary day, with everything told of them.

    Raises:
        Forbidden: When the charter does not open it.
        NotFound: When there is no such plan, zoning or zone.
        WrongUsage: When the window is too long, or no earlier week is known.
    """
    case = prepare(home, caller, asked)
    problem, timezone = case.problem, home.settings.city.timezone
    found = [] if problem is None else propose(problem)
    floor = found[0].floor if found else 0.0
    end_us = case.from_us + case.hours * HOUR_US
    return {
        "plan_id": asked.plan_id or None,
        "from": to_rfc3339(case.from_us),
        "to": to_rfc3339(end_us),
        "given": _given(case),
        "basis": _basis(case),
        "expected": None if problem is None else _three(case.demand.total()),
        "by_hour": [] if problem is None else _by_hour(case),
        "sites": 0 if problem is None else len(problem.sites),
        "proposals": []
        if problem is None
        else [_proposal(problem, case.from_us, one, timezone) for one in found],
        "unknown": UNKNOWN if problem is None else None,
        "prices": [] if problem is None else [_price(one) for one in prices(problem, floor)],
        "shifts": _shifts(case, timezone),
        "first_aid": [_first_aid(one) for one in _first_aid_posts(case)],
        "limits": LIMITS,
    }


def _number(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _three(values: tuple[float, float, float]) -> Json:
    return dict(zip(("low", "mid", "high"), (round(one, 3) for one in values), strict=True))


def _given(case: Case) -> Json:
    given, conditions = case.given, case.asked.conditions
    return {
        "posts": given.posts,
        "per_post": given.per_post,
        "reach_s": given.reach_s,
        "reach_m": round(given.reach_m, 1),
        "speed_kmh": given.speed_kmh,
        "on_scene_min": given.on_scene_min,
        "answered": given.answered,
        "district_floor": conditions.district_floor,
        "exposure": conditions.exposure,
        "busy": None if case.problem is None else round(case.problem.busy, 4),
    }


def _basis(case: Case) -> Json:
    demand = case.demand
    seen = demand.base + demand.left_out + demand.discovered
    return {
        "weeks": demand.occasions,
        "facts": demand.base,
        "points": len(demand.lon),
        "left_out": demand.left_out,
        "discovered": demand.discovered,
        "discovered_share": round(demand.discovered / seen, 4) if seen else 0.0,
        "events": case.events,
        "brings": None if case.brings is None else _three(case.brings),
    }


def _by_hour(case: Case) -> list[Json]:
    demand = case.demand
    return [
        {
            "from": to_rfc3339(case.from_us + hour * HOUR_US),
            **_three(demand.in_hour(hour)),
        }
        for hour in range(case.hours)
    ]


def _proposal(problem: Problem, from_us: int, proposal: Proposal, timezone: str) -> Json:
    told = appraise(problem, proposal.sited.units)
    sited = proposal.sited
    workloads = told.response.workloads or (None,) * len(told.posts)
    return {
        "aim": proposal.aim,
        "status": sited.status,
        "gap": _number(sited.gap),
        "floor": round(proposal.floor, 4),
        "reached": _three(told.reached),
        "mean_m": _number(told.mean_m),
        "posts": [
            _post(problem, from_us + one.peak_hour * HOUR_US, (number, one, workload), timezone)
            for number, (one, workload) in enumerate(
                zip(told.posts, workloads, strict=True), start=1
            )
        ],
        "response": _response(from_us, told),
        "districts": _districts(problem, told),
        "gini_units": _number(told.gini_units),
        "gini_need": _number(told.gini_need),
        "firm": [
            {
                "demand": one.demand,
                "served": round(one.served, 4),
                "best": round(one.best, 4),
                "same": one.same,
            }
            for one in proposal.firm
        ],
    }


def _post(
    problem: Problem, peak_us: int, told: tuple[int, Reason, float | None], timezone: str
) -> Json:
    number, reason, workload = told
    site, labels = reason.site, problem.labels
    return {
        "number": number,
        "lon": round(site.lon, 6),
        "lat": round(site.lat, 6),
        "kind": site.kind,
        "near": site.near or None,
        "near_m": _number(site.near_m),
        "district": labels[reason.district] if reason.district >= 0 else None,
        "covers": _three(reason.covers),
        "alone": _three(reason.alone),
        "gain": round(reason.gain, 4),
        "mean_s": _number(reason.mean_s),
        "peak_at": to_rfc3339(peak_us),
        "base": reason.base,
        "workload": None if workload is None else round(workload, 4),
        "reason": reason_words(reason, problem.given.reach_s, _clock(peak_us, timezone)),
    }


def _clock(at_us: int, timezone: str) -> str:
    return at_local(at_us, timezone).strftime("%H:%M")


def _response(from_us: int, told: Appraisal) -> Json:
    response = told.response
    return {
        "from": to_rfc3339(from_us + response.hour * HOUR_US),
        "calls": round(response.calls, 3),
        "overloaded": response.overloaded,
        "least_units": response.least_units,
        "exact": response.exact,
        "travel_s": _number(response.travel_s),
        "wait_s": _number(response.wait_s),
        "waits": _number(response.waits),
        "in_time": _number(response.in_time),
    }


def _districts(problem: Problem, told: Appraisal) -> list[Json]:
    return [
        {
            "district": problem.labels[one.district],
            "need": round(one.need, 3),
            "counted": one.counted,
            "units": one.units,
            "covered": _number(one.covered),
            "ratio": _number(one.ratio),
            "low": _number(one.low),
            "high": _number(one.high),
            "alarm": one.alarm,
        }
        for one in told.districts
        if one.need > 0.0 or one.units
    ]


def _price(price: Price) -> Json:
    return {
        "condition": price.condition,
        "kept": round(price.kept, 4),
        "without": round(price.without, 4),
        "cost": round(price.cost, 4),
        "moved": price.moved,
        "proved": price.proved,
    }


def _shifts(case: Case, timezone: str) -> Json:
    asked = case.asked
    before, _ = asked.around_h
    need = people_by_hour(
        case.demand,
        case.given.posts if case.problem is None else case.problem.posts,
        case.given.per_post,
        around_h=asked.around_h,
        follow=case.plan is None,
    )
    rota = plan_shifts(need, available=asked.available, time_limit_s=SHIFTS_S)
    start_us = case.from_us - before * HOUR_US
    clocks = [_clock(start_us + hour * HOUR_US, timezone) for hour in range(len(need) + 1)]
    return {
        "status": rota.status,
        "gap": _number(rota.gap),
        "feasible": rota.feasible,
        "people": rota.people,
        "persons": len(give(rota.shifts).persons),
        "hours": rota.hours,
        "available": asked.available,
        "shifts": _rows(rota, start_us),
        "by_hour": [
            {
                "from": to_rfc3339(start_us + hour * HOUR_US),
                "needed": int(rota.needed[hour]),
                "present": int(rota.present[hour]),
                "missing": int(rota.missing[hour]),
            }
            for hour in range(len(need))
        ],
        "missing": missing_words(rota, clocks),
        "rules": _rules(LabourRules()),
    }


def _rows(rota: Rota, start_us: int) -> list[Json]:
    return [
        {
            "from": to_rfc3339(start_us + one.start * HOUR_US),
            "to": to_rfc3339(start_us + one.end * HOUR_US),
            "people": one.people,
            "breaks": [
                {"at": to_rfc3339(start_us + slot * SLOT_US), "people": people}
                for slot, people in one.breaks
            ],
        }
        for one in rota.shifts
    ]


def _rules(rules: LabourRules) -> Json:
    return {
        "longest_h": rules.longest_h,
        "amplitude_h": rules.amplitude_h,
        "rest_h": rules.rest_h,
        "week_h": rules.week_h,
        "unbroken_h": rules.unbroken_h,
        "break_min": rules.break_min,
        "source": "décret n° 2000-815 du 25 août 2000, article 3",
    }


def _first_aid_posts(case: Case) -> Sequence[FirstAidPost]:
    posts = case.asked.first_aid_posts
    if posts is None:
        posts = _planned_first_aid(case.plan)
    if case.footprint is None or case.plane is None or posts == 0:
        return ()
    return first_aid_posts(case.footprint, posts, case.plane)


def _planned_first_aid(plan: PlanRecord | None) -> int:
    told = "" if plan is None else plan.means.get("first_aid_posts", "")
    return int(told) if told.isdecimal() else 0


def _first_aid(post: FirstAidPost) -> Json:
    return {
        "lon": round(post.lon, 6),
        "lat": round(post.lat, 6),
        "share": round(post.share, 4),
        "mean_m": round(post.mean_m, 1),
        "farthest_m": round(post.farthest_m, 1),
        "gap": _number(post.gap),
    }
