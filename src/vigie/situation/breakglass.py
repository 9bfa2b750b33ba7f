"""Breaking the glass: at once, narrow, short, written down, told to the overseer, reviewed.

It is for what the charter does not foresee while lives are at stake. It opens one dataset, in one
zone or for one fact, for an hour at most; an account whose glass nobody has reviewed after 24 hours
is locked until somebody has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vigie.audit.line import Scalar
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Forbidden, NotFound, ReasonRepeated, ReasonRequired, WrongUsage
from vigie.desk.glasses import VERDICTS, Broken
from vigie.privacy.decision import LEAST_REASON, REVIEW_US
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home

DATASET = "breakglass"
EVENT_TYPE = "org.vigie.breakglass.opened.v1"


def break_glass(
    home: Home,
    caller: Caller,
    *,
    dataset: str,
    reason: str,
    minutes: int,
    zone: str = "",
    fact: str = "",
) -> dict[str, Any]:
    """Open a dataset to the caller for minutes, in one zone (``zoning:zone_id``) or for one fact.

    Raises:
        Forbidden: When the charter lets the role break no glass, or not for this dataset.
        ReasonRequired: When the reason is too short.
        ReasonRepeated: When it is the caller's last one.
        WrongUsage: When both or none of zone and fact are given, or the time is too long.
        NotFound: When there is no such zone or fact.
        GlassUnreviewed: When an earlier glass waits for its review for more than a day.
    """
    charter = home.rights.charter
    words = " ".join(reason.split())
    subject: dict[str, Scalar | list[Scalar]]
    subject = {"of": dataset[:40], "zone": zone, "fact": fact, "minutes": minutes}
    asker = replace(caller, reason=words)
    if dataset not in charter.glass_datasets or not caller.account_id:
        home.rights.refuse(asker, DATASET, Verb.COLLECT, subject, why="not_by_glass")
    if len(words) < LEAST_REASON:
        raise ReasonRequired(least=LEAST_REASON, dataset=DATASET)
    if home.desk.reasons.repeats(caller.name, words):
        raise ReasonRepeated(dataset=DATASET)
    if not 1 <= minutes <= charter.glass_min:
        raise WrongUsage(reason=f"minutes: 1 to {charter.glass_min}", field="minutes")
    if bool(zone) == bool(fact):
        raise WrongUsage(reason="zone or fact, one of them", field="zone")
    if zone:
        _check_zone(home, zone)
    elif home.lake.query("fact_by_id", fact_id=fact).num_rows == 0:
        raise NotFound(what="fact", name=fact)
    home.rights.ask(asker, DATASET, Verb.COLLECT, subject)
    found = home.desk.glasses.break_one(
        caller.account_id, dataset, minutes=minutes, reason=words, zone=zone, fact=fact
    )
    home.desk.reasons.note(caller.name, words)
    home.intake.events.append(EVENT_TYPE, glass_json(found, now_us(home.clock)))
    return glass_json(found, now_us(home.clock))


def _check_zone(home: Home, zone: str) -> None:
    zoning, _, zone_id = zone.partition(":")
    if zone_id not in home.frame.zoning(zoning).ids:
        raise NotFound(what="zone", name=zone)


def glass_json(one: Broken, at_us: int) -> dict[str, Any]:
    """Return a broken glass as the interface answers it."""
    glass = one.glass
    return {
        "glass_id": one.glass_id,
        "login": one.login,
        "name": one.name,
        "dataset": glass.dataset,
        "zone": glass.zone or None,
        "fact_id": glass.fact or None,
        "reason": one.reason,
        "opened_at": to_rfc3339(glass.opened_us),
        "until": to_rfc3339(glass.until_us),
        "review_before": to_rfc3339(glass.opened_us + REVIEW_US),
        "reviewed_at": to_rfc3339(glass.reviewed_us) if glass.reviewed_us else None,
        "reviewed_by": one.reviewed_by or None,
        "verdict": one.verdict or None,
        "overdue": glass.overdue(at_us),
    }


def list_glasses(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the broken glasses, those that wait for their review first.

    Raises:
        Forbidden: When the role does not oversee.
    """
    home.rights.ask(caller, DATASET)
    return [glass_json(one, now_us(home.clock)) for one in home.desk.glasses.list_all()]


def review_glass(home: Home, caller: Caller, glass_id: str, verdict: str) -> dict[str, Any]:
    """Write down what the review of a broken glass found; its account is free again.

    Raises:
        Forbidden: When the role does not oversee, or the glass is the caller's own.
        NotFound: When there is no such glass.
        Conflict: When it has been reviewed already.
        WrongUsage: When the verdict is none.
    """
    if verdict not in VERDICTS:
        raise WrongUsage(reason=f"verdict: {', '.join(VERDICTS)}", field="verdict")
    subject = {"glass": glass_id, "verdict": verdict}
    home.rights.ask(caller, DATASET, Verb.ALTER, subject)
    if home.desk.glasses.get(glass_id).login == caller.name:
        raise Forbidden(why="own_glass", dataset=DATASET, verb="alter")
    found = home.desk.glasses.review(glass_id, by=caller.name, verdict=verdict)
    return glass_json(found, now_us(home.clock))
