"""The same team or vehicle is engaged at two events at once."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Wanted
from vigie.judge.wording import duration, listed


def judge(left: PlanView, right: PlanView) -> Finding | None:
    """Find a unit named by two plans (attribute ``units``) whose occupied times overlap."""
    from_us, to_us = max(left.from_us, right.from_us), min(left.to_us, right.to_us)
    shared = sorted(left.units & right.units)
    if not shared or from_us >= to_us:
        return None
    apart_km = left.geometry.distance(right.geometry) / 1_000.0
    return Finding(
        severity=4,
        explanation={
            "fr": f"« {left.title} » et « {right.title} » engagent tous deux {listed(shared)}"
            f" pendant {duration(to_us - from_us)}, à {number(apart_km, digits=1)} km de distance.",
            "en": f'"{left.title}" and "{right.title}" both engage {listed(shared, "en")}'
            f" for {duration(to_us - from_us, 'en')}, {number(apart_km, 'en', 1)} km apart.",
        },
        from_us=from_us,
        to_us=to_us,
        subjects=tuple(sorted((left.plan_id, right.plan_id))),
        numbers={
            "units": ",".join(shared),
            "minutes": (to_us - from_us) // 60_000_000,
            "apart_km": round(apart_km, 2),
        },
        geometry=left.geometry.union(right.geometry).centroid,
    )


RULE = Rule(
    name="means_engaged_twice",
    kind="clash_pair",
    title={"fr": "Moyen engagé deux fois", "en": "Means engaged twice"},
    why={
        "fr": "Une équipe promise à deux endroits manquera à l'un d'eux. La règle compare des noms"
        " d'équipes et de véhicules, jamais de personnes ; une relève peut l'expliquer.",
        "en": "A team promised in two places will lack in one. The rule compares names of teams"
        " and vehicles, never of persons; a relief may explain it.",
    },
    judge=judge,
    reach_m=float("inf"),
    first=Wanted(units=True),
)
