"""Instances of alert rules as people make them: forms, versions, trials, published rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.desk.alert_rules import GONE, ON, STATES, Instance
from vigie.foresight.entry import scrubbed_reason
from vigie.judge.rule import Rule
from vigie.judge.verdicts import FalseRate, false_rate
from vigie.privacy.purposes import Verb
from vigie.situation.alerts_engine import prepare, try_rule
from vigie.situation.alerts_read import rate_json
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.caller import Caller
from vigie.situation.home import Home

MOST_RULES = 200
LONGEST_NAME = 120


def alert_rules_of(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the rules that raise alerts."""
    return {name: rule for name, rule in rules.items() if rule.kind.startswith("alert_")}


def _rule_json(rule: Rule, rate: FalseRate) -> dict[str, Any]:
    asked = rule.parameters
    return {
        "name": rule.name,
        "kind": rule.kind,
        "title": dict(rule.title),
        "why": dict(rule.why),
        "reference": rule.reference,
        "reads": rule.reads,
        "at_once": rule.at_once,
        "parameters": None if asked is None else asked.model_json_schema(),
        "false_rate": rate_json(rate),
    }


def _instance_json(one: Instance, rate: FalseRate, *, who: bool) -> dict[str, Any]:
    return {
        "rule_id": one.rule_id,
        "number": one.number,
        "family": one.family,
        "name": one.name,
        "parameters": dict(one.parameters),
        "scope": dict(one.scope),
        "severity": one.severity,
        "state": one.state,
        "by": one.who if who else None,
        "why": one.why if who else "",
        "at": to_rfc3339(one.at_us),
        "false_rate": rate_json(rate),
    }


def _rates(home: Home) -> tuple[dict[str, FalseRate], dict[str, FalseRate]]:
    """Return the published rates by rule and by instance."""
    by_rule: dict[str, list[str]] = {}
    by_instance: dict[str, list[str]] = {}
    for (rule, instance), verdicts in home.desk.alerts.verdicts().items():
        by_rule.setdefault(rule, []).extend(verdicts)
        by_instance.setdefault(instance, []).extend(verdicts)
    return (
        {name: false_rate(found) for name, found in by_rule.items()},
        {name: false_rate(found) for name, found in by_instance.items()},
    )


def list_alert_rules(home: Home, caller: Caller) -> dict[str, Any]:
    """Return what can ring: rules with their forms, instances, and the rate of each.

    Raises:
        Forbidden: When the role may not see alerts.
    """
    home.rights.ask(caller, "alerts", subject={"rules": True})
    may = home.rights.may(caller, "alerts", Verb.COLLECT)
    by_rule, by_instance = _rates(home)
    nothing = false_rate([])
    return {
        "families": [
            _rule_json(rule, by_rule.get(name, nothing))
            for name, rule in alert_rules_of(home.rules).items()
            if name != BULK_READ
        ],
        "items": [
            _instance_json(one, by_instance.get(one.rule_id, nothing), who=may)
            for one in home.desk.alert_rules.list_all()
        ],
        "may_write": may,
        "next": None,
    }


def read_rule_versions(home: Home, caller: Caller, rule_id: str) -> dict[str, Any]:
    """Return every version of an instance, newest first.

    Raises:
        Forbidden: When the role may not see alerts.
        NotFound: When there is no such instance.
    """
    home.rights.ask(caller, "alerts", subject={"rule": rule_id[:40]})
    may = home.rights.may(caller, "alerts", Verb.COLLECT)
    rate = _rates(home)[1].get(rule_id, false_rate([]))
    found = home.desk.alert_rules.versions(rule_id)
    return {
        "items": [_instance_json(one, rate, who=may) for one in reversed(found)],
        "next": None,
    }


def put_rule(
    home: Home,
    caller: Caller,
    rule_id: str,
    *,
    family: str,
    name: str,
    parameters: Mapping[str, Any],
    scope: Mapping[str, Any],
    severity: int,
    state: str = ON,
    why: str = "",
    after: int = 0,
) -> dict[str, Any]:
    """Make an instance (empty id, after 0) or write its next version; the earlier ones stay.

    Raises:
        Forbidden: When the role does not set rules.
        NotFound: When there is no such instance or zone.
        WrongUsage: When something told cannot be used, or there are too many instances.
        StaleVersion: When somebody has written meanwhile.
    """
    subject = {"rule": rule_id[:40], "family": family[:80], "state": state[:20]}
    home.rights.ask(caller, "alerts", Verb.COLLECT, subject)
    title = scrubbed_reason(name)
    if not 1 <= len(title) <= LONGEST_NAME:
        raise WrongUsage(reason=f"name: 1 to {LONGEST_NAME} characters", field="name")
    if state not in STATES:
        raise WrongUsage(reason=f"state {state[:20]}", field="state")
    if not 1 <= severity <= 5:  # noqa: PLR2004 -- the scale of severity
        raise WrongUsage(reason="severity: 1 to 5", field="severity")
    if rule_id:
        last = home.desk.alert_rules.versions(rule_id)[-1]
        if last.state == GONE:
            raise WrongUsage(reason="rule: given up", field="rule_id")
    elif len(home.desk.alert_rules.list_all()) >= MOST_RULES:
        raise WrongUsage(reason=f"rules: at most {MOST_RULES}", field="rule_id")
    ready = prepare(home, family, parameters, scope, severity=severity)
    made = home.desk.alert_rules.put(
        rule_id,
        after=after,
        family=family,
        name=title,
        parameters=ready.parameters.model_dump(mode="json"),
        scope=ready.scope.model_dump(mode="json"),
        severity=severity,
        state=state,
        who=caller.name,
        why=scrubbed_reason(why),
    )
    rate = _rates(home)[1].get(made.rule_id, false_rate([]))
    return _instance_json(made, rate, who=True)


def try_alert_rule(
    home: Home,
    caller: Caller,
    *,
    family: str,
    parameters: Mapping[str, Any],
    scope: Mapping[str, Any],
    severity: int = 3,
    days: int = 30,
) -> dict[str, Any]:
    """Return how often an instance would have rung; nothing of it is kept or raised.

    Raises:
        Forbidden: When the role does not set rules.
        NotFound: When there is no such zone.
        WrongUsage: When something told cannot be used.
    """
    subject = {"try": family[:80], "days": days}
    home.rights.ask(caller, "alerts", Verb.COLLECT, subject)
    return try_rule(home, prepare(home, family, parameters, scope, severity=severity), days)
