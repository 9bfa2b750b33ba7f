"""Alerts one by one, what is done about them, the rules that raise them and who is asked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from vigie.base.clock import to_us
from vigie.desk.duty_turns import HELD, VACANT
from vigie.privacy.purposes import Verb
from vigie.situation import alerts_rules, duty
from vigie.situation.alerts_acts import act_on_alert
from vigie.situation.alerts_read import read_alert
from vigie.web.answers.alerts import (
    AlertActAsked,
    AlertDetail,
    AlertRuleAnswer,
    AlertRuleList,
    AlertRuleVersions,
    Duty,
    DutyTurnAnswer,
    DutyTurnWritten,
    DutyWritten,
    RuleTried,
    RuleWritten,
    Trial,
)
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["signals"])

AlertId = Annotated[str, Path(max_length=40)]
RuleId = Annotated[str, Path(max_length=40)]


@router.get(
    "/alerts/{alert_id}",
    operation_id="getAlert",
    response_model=AlertDetail,
    **needs(Verb.CONSULT, "alerts"),
)
def get_alert(home: HomeDep, caller: CallerDep, alert_id: AlertId) -> dict[str, Any]:
    """Return one alert with its rule, its history and the others of its situation."""
    return read_alert(home, caller, alert_id)


@router.post(
    "/alerts/{alert_id}/acts",
    operation_id="actOnAlert",
    response_model=AlertDetail,
    **needs(Verb.ALTER, "alerts"),
)
def act(home: HomeDep, caller: CallerDep, alert_id: AlertId, body: AlertActAsked) -> dict[str, Any]:
    """Acknowledge an alert, put it off, wake it up, or say whether it was true."""
    return act_on_alert(
        home,
        caller,
        alert_id,
        body.act,
        verdict=body.verdict,
        reason=body.reason,
        minutes=body.minutes,
        whole=body.whole,
        after=body.after,
    )


@router.get(
    "/alert-rules",
    operation_id="listAlertRules",
    response_model=AlertRuleList,
    **needs(Verb.CONSULT, "alerts"),
)
def get_rules(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return what can ring, the instances set, and the published false-alarm rate of each."""
    return alerts_rules.list_alert_rules(home, caller)


@router.post(
    "/alert-rules",
    operation_id="addAlertRule",
    response_model=AlertRuleAnswer,
    **needs(Verb.COLLECT, "alerts"),
)
def add_rule(home: HomeDep, caller: CallerDep, body: RuleWritten) -> dict[str, Any]:
    """Make an instance of a rule."""
    return _put(home, caller, "", body)


@router.post(
    "/alert-rules/try",
    operation_id="tryAlertRule",
    response_model=Trial,
    **needs(Verb.COLLECT, "alerts"),
)
def try_rule(home: HomeDep, caller: CallerDep, body: RuleTried) -> dict[str, Any]:
    """Say how often an instance would have rung in the last days; nothing is kept."""
    return alerts_rules.try_alert_rule(
        home,
        caller,
        family=body.family,
        parameters=body.parameters,
        scope=body.scope.model_dump(),
        severity=body.severity,
        days=body.days,
    )


@router.get(
    "/alert-rules/{rule_id}",
    operation_id="listAlertRuleVersions",
    response_model=AlertRuleVersions,
    **needs(Verb.CONSULT, "alerts"),
)
def get_versions(home: HomeDep, caller: CallerDep, rule_id: RuleId) -> dict[str, Any]:
    """Return every version of an instance, newest first."""
    return alerts_rules.read_rule_versions(home, caller, rule_id)


@router.put(
    "/alert-rules/{rule_id}",
    operation_id="putAlertRule",
    response_model=AlertRuleAnswer,
    **needs(Verb.COLLECT, "alerts"),
)
def put_rule(
    home: HomeDep, caller: CallerDep, rule_id: RuleId, body: RuleWritten
) -> dict[str, Any]:
    """Write the next version of an instance: changed, switched off, or given up."""
    return _put(home, caller, rule_id, body)


def _put(home: HomeDep, caller: CallerDep, rule_id: str, body: RuleWritten) -> dict[str, Any]:
    return alerts_rules.put_rule(
        home,
        caller,
        rule_id,
        family=body.family,
        name=body.name,
        parameters=body.parameters,
        scope=body.scope.model_dump(),
        severity=body.severity,
        state=body.state,
        why=body.why,
        after=body.after,
    )


@router.get(
    "/alert-duty",
    operation_id="getAlertDuty",
    response_model=Duty,
    **needs(Verb.CONSULT, "alerts"),
)
def get_duty(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return who is asked about alerts: roles and hours, in the order of asking."""
    return duty.read_duty(home, caller)


@router.put(
    "/alert-duty",
    operation_id="putAlertDuty",
    response_model=Duty,
    **needs(Verb.COLLECT, "alerts"),
)
def put_duty(home: HomeDep, caller: CallerDep, body: DutyWritten) -> dict[str, Any]:
    """Write the next version of the duty roster."""
    return duty.put_duty(
        home,
        caller,
        after_min=body.after_min,
        watches=[one.model_dump() for one in body.watches],
        after=body.after,
    )


@router.post(
    "/alert-duty/turns",
    operation_id="enterDutyTurn",
    response_model=DutyTurnAnswer,
    **needs(Verb.COLLECT, "alerts"),
)
def post_turn(home: HomeDep, caller: CallerDep, body: DutyTurnWritten) -> dict[str, Any]:
    """Enter a turn of duty: it goes before the weekly hours of its role."""
    return duty.enter_turn(
        home,
        caller,
        body.role,
        from_us=to_us(body.from_at),
        to_us=to_us(body.to_at),
        state=HELD if body.held else VACANT,
        post=body.post,
    )


@router.post(
    "/alert-duty/turns/{turn_id}/withdraw",
    operation_id="withdrawDutyTurn",
    response_model=DutyTurnAnswer,
    **needs(Verb.COLLECT, "alerts"),
)
def post_withdrawal(
    home: HomeDep, caller: CallerDep, turn_id: Annotated[str, Path(max_length=40)]
) -> dict[str, Any]:
    """Withdraw a turn of duty: it counts no more."""
    return duty.withdraw_turn(home, caller, turn_id)
