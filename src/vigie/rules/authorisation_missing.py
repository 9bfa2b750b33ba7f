"""A sizeable event is near and nobody has authorised it."""

from __future__ import annotations

from vigie.base.translations import number
from vigie.judge.rule import Finding, PlanView, Rule, Wanted

MIN_CROWD = 1_000.0
NOTICE_US = 7 * 86_400_000_000
DAY_US = 86_400_000_000


def judge(plan: PlanView, now_us: int) -> Finding | None:
    """Find an event of 1,000 or more, within 7 days, that is still draft or only declared.

    A demonstration needs a declaration, not an authorisation (CSI art. L211-1): it is judged only
    when it was not declared.
    """
    size = plan.attendance[1]
    if size is None or size < MIN_CROWD or not now_us <= plan.starts_us <= now_us + NOTICE_US:
        return None
    demonstration = plan.kind.startswith("event.demonstration")
    if plan.state == "authorised" or (demonstration and plan.declared and plan.state != "draft"):
        return None
    days = (plan.starts_us - now_us) / DAY_US
    wild = not plan.declared
    return Finding(
        severity=4 if wild else 3,
        explanation={
            "fr": f"« {plan.title} », {number(size)} personnes attendues, commence dans"
            f" {number(days, digits=1)} j"
            + (" sans avoir été déclaré." if wild else " sans autorisation."),
            "en": f'"{plan.title}", {number(size, "en")} people expected, starts in {days:.1f} days'
            + (" and was never declared." if wild else " without authorisation."),
        },
        from_us=plan.starts_us,
        to_us=max(plan.ends_us, plan.starts_us + 1),
        subjects=(plan.plan_id,),
        numbers={"people": size, "days": round(days, 2), "state": plan.state},
        geometry=plan.geometry,
    )


RULE = Rule(
    name="authorisation_missing",
    kind="clash_single",
    title={"fr": "Autorisation manquante", "en": "Authorisation missing"},
    why={
        "fr": "Un événement important sans autorisation à moins de 7 jours laisse trop peu de temps"
        " pour engager des moyens. L'autorisation peut exister ailleurs que dans les données.",
        "en": "A sizeable event without authorisation within 7 days leaves too little time to"
        " engage means. The authorisation may exist outside the data.",
    },
    judge=judge,
    reference="Code de la sécurité intérieure, art. L211-1 (manifestations), L211-5",
    first=Wanted(crowd=MIN_CROWD),
)
