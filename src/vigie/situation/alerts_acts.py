"""Acting on alerts: acknowledge, put off, wake, judge; escalation of what nobody answers."""

from __future__ import annotations

from typing import Any

from vigie.base.clock import now_us
from vigie.base.errors import Conflict, WrongUsage
from vigie.desk.alert_acts import ACTS, ESCALATE, SNOOZE, VERDICT
from vigie.desk.alerts import Alert
from vigie.foresight.entry import scrubbed_reason
from vigie.judge.duty import Asked
from vigie.judge.verdicts import VERDICTS
from vigie.privacy.purposes import Verb
from vigie.situation.alerts import CHANGED
from vigie.situation.alerts_read import (
    Standing,
    find,
    group_of,
    read_alert,
    roster_of,
    standing_of,
    who_is_asked,
)
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.caller import Caller
from vigie.situation.home import Home

MINUTE_US = 60_000_000
LONGEST_SNOOZE_MIN = 24 * 60
LEAST_REASON = 3
SYSTEM = "vigie"


def act_on_alert(
    home: Home,
    caller: Caller,
    alert_id: str,
    act: str,
    *,
    verdict: str = "",
    reason: str = "",
    minutes: int = 0,
    whole: bool = False,
    after: int | None = None,
) -> dict[str, Any]:
    """Acknowledge an alert, put it off, wake it up, or say whether it was true.

    Args:
        home: The home.
        caller: Who acts.
        alert_id: The alert.
        act: acknowledge, snooze, wake or verdict.
        verdict: true, false or unknown.
        reason: Why; needed to put off and to call false. Names of persons do not survive.
        minutes: How long it is put off.
        whole: Do the same to every alert of its situation.
        after: Number of the last act that was read; None to come after whichever is last.

    Raises:
        Forbidden: When the role does not act on alerts.
        NotFound: When there is no such alert.
        WrongUsage: When verdict, reason or time cannot be used.
        Conflict: When what is over is to be put off.
        StaleVersion: When somebody has acted meanwhile.
    """
    subject = {"alert": alert_id[:40], "act": act[:20], "verdict": verdict[:20], "whole": whole}
    view = home.rights.ask(caller, "alerts", Verb.ALTER, subject)
    alert = find(home, view, alert_id)
    why = _checked(act, verdict, reason, minutes)
    at = now_us(home.clock)
    if act == SNOOZE and alert.state == "over":
        raise Conflict(what="alert", name=alert_id[:40])
    some = group_of(home, view, alert) if whole else [alert]
    for one in some:
        if one.alert_id != alert_id and one.state == "over" and act != VERDICT:
            continue
        home.desk.alert_acts.append(
            one.alert_id,
            act,
            role=caller.role,
            who=caller.name,
            verdict=verdict if act == VERDICT else "",
            reason=why,
            until_us=at + minutes * MINUTE_US if act == SNOOZE else None,
            after=after if one.alert_id == alert_id else None,
        )
    _tell(home, alert, act)
    return read_alert(home, caller, alert_id)


def _checked(act: str, verdict: str, reason: str, minutes: int) -> str:
    """Return the reason without persons, after every check of what was said."""
    if act not in ACTS:
        raise WrongUsage(reason=f"act {act[:40]}", field="act")
    if act == VERDICT and verdict not in VERDICTS:
        raise WrongUsage(reason=f"verdict {verdict[:40]}", field="verdict")
    if act == SNOOZE and not 1 <= minutes <= LONGEST_SNOOZE_MIN:
        raise WrongUsage(reason=f"minutes: 1 to {LONGEST_SNOOZE_MIN}", field="minutes")
    why = scrubbed_reason(reason)
    due = act == SNOOZE or (act == VERDICT and verdict == "false")
    if due and len(why) < LEAST_REASON:
        raise WrongUsage(reason=f"reason: {LEAST_REASON} characters at least", field="reason")
    return why


def _tell(home: Home, alert: Alert, change: str) -> None:
    home.intake.events.append(CHANGED, {"alert_id": alert.alert_id, "change": change})


def _to_tell(stands: Standing, waits: Asked) -> bool:
    if waits.role == "":
        return not stands.nobody
    return stands.nobody or waits.step > stands.escalated


def escalate(home: Home) -> int:
    """Write and tell of every alert whose next role is now asked; returns how many.

    When nobody is on duty that is written and told, once, with an empty role; when somebody is
    again, that role is told.
    """
    at, roster = now_us(home.clock), roster_of(home)
    found = home.desk.alerts.list_all(state="raised", limit=500, without=BULK_READ)
    acts = home.desk.alert_acts.of(one.alert_id for one in found)
    n = 0
    for alert in found:
        stands = standing_of(alert, acts[alert.alert_id], at)
        waits = who_is_asked(home, roster, stands, at)
        if waits is None or not _to_tell(stands, waits):
            continue
        home.desk.alert_acts.append(
            alert.alert_id, ESCALATE, role=waits.role, who=SYSTEM, reason=waits.post
        )
        _tell(home, alert, ESCALATE)
        n += 1
    return n
