"""Clashes as people read and decide them: lists, one with its history, what was decided and why.

To read clashes is to read plans. To accept one or to call it solved is a decision like that on an
event (dataset ``authorisations``: planner, head of shift), with a reason that passes the scrubber.
Nothing is written over. A sentence tells of plans that its reader may see: whoever is bound to some
sources or zones is judged among those plans alone, and rules that tell means engaged are left out
for whoever does not see means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shapely.geometry import mapping

from vigie.base.clock import to_rfc3339
from vigie.base.errors import Conflict, NotFound, WrongUsage
from vigie.desk.clash_states import ClashEntry
from vigie.foresight.clash_states import OPEN, SOLVED, STATES, Standing, basis_of, standing
from vigie.foresight.entry import scrubbed_reason
from vigie.foresight.plans import PlanRecord
from vigie.judge.clashes import Clash
from vigie.judge.rule import Rule
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import clash_json, clashes_seen, holds_plan
from vigie.situation.rights import View

LEAST_REASON = 8
LONGEST_MEASURE = 200
MOST = 2_000


@dataclass(frozen=True, slots=True)
class ClashFilters:
    """Which clashes are asked for.

    Attributes:
        from_us: Their time ends after this, epoch µs.
        to_us: Their time begins before this.
        state: open, accepted or solved; empty for all.
        severity: Least severity.
        rule: Name of a rule; empty for all.
        plan: Id of a plan; empty for all.
    """

    from_us: int
    to_us: int
    state: str = ""
    severity: int = 1
    rule: str = ""
    plan: str = ""

    def takes(self, clash: Clash) -> bool:
        """Whether a clash is asked for, its state left aside."""
        finding = clash.finding
        return (
            finding.severity >= self.severity
            and (not self.rule or clash.rule == self.rule)
            and (not self.plan or self.plan in finding.subjects)
        )


def _told(home: Home, view: View, from_us: int, to_us: int) -> list[Clash]:
    """Return the clashes of a window whose sentence a view may read."""
    found = clashes_seen(home, view, from_us, to_us)
    rules = home.clashes.rules
    return [one for one in found if all(view.sees(name) for name in rules[one.rule].fields)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told of decisions.

    Attributes:
        who: Whether the names of those who decided; for those who decide too.
        why: Whether their reasons and measures; for those who see internal fields of plans.
    """

    who: bool
    why: bool


def _told_to(home: Home, caller: Caller, view: View) -> Told:
    return Told(home.rights.may(caller, "authorisations", Verb.ALTER), view.sees("means"))


def _state_json(stands: Standing, told: Told) -> dict[str, Any]:
    entry = stands.entry
    return {
        "state": stands.state,
        "reopened": list(stands.reopened),
        "decided_at": None if entry is None else to_rfc3339(entry.at_us),
        "decided_by": entry.who if entry is not None and told.who else None,
        "reason": entry.reason if entry is not None and told.why else "",
        "measure": entry.measure if entry is not None and told.why else "",
        "number": 0 if entry is None else entry.number,
    }


def _json(clash: Clash, rule: Rule, stands: Standing, told: Told) -> dict[str, Any]:
    return {**clash_json(clash), "title": dict(rule.title), **_state_json(stands, told)}


def list_clashes(
    home: Home, caller: Caller, filters: ClashFilters, *, limit: int = MOST
) -> dict[str, Any]:
    """Return the clashes asked for, the gravest first, then by time; with how many there are.

    Raises:
        Forbidden: When the role may not see plans.
        WrongUsage: When there is no such state or rule.
    """
    if filters.state and filters.state not in STATES:
        raise WrongUsage(reason=f"state {filters.state[:40]}", field="state")
    if filters.rule and filters.rule not in rules_of(home.clashes.rules):
        raise WrongUsage(reason=f"rule {filters.rule[:40]}", field="rule")
    window = {"from_us": filters.from_us, "to_us": filters.to_us}
    view = home.rights.ask(caller, "plans", subject=window)
    newest, records = home.desk.clash_states.newest(), home.clashes.records()
    found = []
    for clash in _told(home, view, filters.from_us, filters.to_us):
        if filters.takes(clash):
            entry = newest.get(clash.clash_id)
            found.append((clash, standing([entry] if entry else [], clash, records)))
    states = Counter(stands.state for _, stands in found)
    shown = [one for one in found if filters.state in {"", one[1].state}]
    shown.sort(key=lambda one: (-one[0].finding.severity, one[0].finding.from_us, one[0].rule))
    told = _told_to(home, caller, view)
    return {
        "items": [
            _json(one, home.clashes.rules[one.rule], stands, told) for one, stands in shown[:limit]
        ],
        "total": len(shown),
        "states": {state: states.get(state, 0) for state in STATES},
        "rules": dict(Counter(one.rule for one, _ in shown)),
        "next": None,
    }


def _entry_json(entry: ClashEntry, told: Told) -> dict[str, Any]:
    return {
        "number": entry.number,
        "state": entry.state,
        "reason": entry.reason if told.why else "",
        "measure": entry.measure if told.why else "",
        "by": entry.who if told.who else None,
        "at": to_rfc3339(entry.at_us),
    }


def _plan_json(plan: PlanRecord) -> dict[str, Any]:
    return {
        "plan_id": plan.plan_id,
        "kind": plan.kind,
        "title": plan.title,
        "occupied_from": to_rfc3339(plan.from_us),
        "starts_at": to_rfc3339(plan.starts_us),
        "ends_at": to_rfc3339(plan.ends_us),
        "occupied_to": to_rfc3339(plan.to_us),
        "geometry": None if plan.geometry is None else dict(mapping(plan.geometry)),
    }


def _find(home: Home, view: View, clash_id: str) -> tuple[Clash | None, list[ClashEntry]]:
    """Return a clash by its name as it stands now, and its entries.

    Raises:
        NotFound: When there is neither, or none that the view may see.
    """
    found = next(
        (one for one in _told(home, view, *home.clashes.window()) if one.clash_id == clash_id), None
    )
    entries = home.desk.clash_states.of(clash_id)
    if found is None and (not entries or not _may_read(home, view, entries[-1])):
        raise NotFound(what="clash", name=clash_id[:40])
    return found, entries


def _may_read(home: Home, view: View, entry: ClashEntry) -> bool:
    """Whether a view may read what was decided about a clash that is no more."""
    records, seen = home.clashes.records(), holds_plan(view)
    rule = home.clashes.rules.get(entry.rule)
    if rule is not None and not all(view.sees(name) for name in rule.fields):
        return False
    return view.everywhere or all(
        plan_id in records and seen(records[plan_id]) for plan_id in entry.plans
    )


def read_clash(home: Home, caller: Caller, clash_id: str) -> dict[str, Any]:
    """Return one clash with its plans, how it stands and what was decided.

    One that was decided and is no longer found is told as it was, ``present`` being false.

    Raises:
        Forbidden: When the role may not see plans.
        NotFound: When there is no such clash.
    """
    view = home.rights.ask(caller, "plans", subject={"clash": clash_id[:40]})
    clash, entries = _find(home, view, clash_id)
    records = home.clashes.records()
    told = _told_to(home, caller, view)
    subjects = entries[-1].plans if clash is None else clash.finding.subjects
    extra = {
        "present": clash is not None,
        "subjects": [_plan_json(records[one]) for one in subjects if one in records],
        "history": [_entry_json(one, told) for one in entries],
        "may_decide": told.who,
    }
    if clash is not None:
        stands = standing(entries, clash, records)
        return _json(clash, home.clashes.rules[clash.rule], stands, told) | extra
    last = entries[-1]
    rule = home.clashes.rules.get(last.rule)
    return {
        "clash_id": clash_id,
        "rule": last.rule,
        "title": {"fr": last.rule, "en": last.rule} if rule is None else dict(rule.title),
        "severity": last.basis["severity"],
        "plans": list(last.plans),
        "from": to_rfc3339(last.at_us),
        "to": to_rfc3339(max(last.until_us, last.at_us)),
        "geometry": None,
        "explanation": dict(last.explanation),
        "numbers": {},
        **_state_json(Standing(last.state, last), told),
        **extra,
    }


def decide_clash(
    home: Home,
    caller: Caller,
    clash_id: str,
    state: str,
    *,
    reason: str,
    measure: str = "",
    after: int,
) -> dict[str, Any]:
    """Accept a clash with a reason, call it solved by a measure, or open it again.

    Args:
        home: The home.
        caller: Who decides.
        clash_id: The clash.
        state: open, accepted or solved.
        reason: Why; names of persons do not survive the scrubber.
        measure: What solves it; needed when it is solved.
        after: Number of the entry that the decision was made on, 0 for none.

    Raises:
        Forbidden: When the role does not decide.
        NotFound: When there is no such clash now.
        WrongUsage: When the reason or the measure lacks.
        StaleVersion: When somebody else has decided meanwhile.
    """
    subject = {"clash": clash_id[:40], "state": state[:20]}
    view = home.rights.ask(caller, "plans", subject=subject)
    home.rights.ask(caller, "authorisations", Verb.ALTER, subject)
    clash, _ = _find(home, view, clash_id)
    if clash is None:
        raise Conflict(what="clash", name=clash_id[:40])
    why, what = _words(state, reason, measure)
    home.desk.clash_states.append(
        clash_id,
        after=after,
        rule=clash.rule,
        state=state,
        reason=why,
        measure=what,
        who=caller.name,
        until_us=clash.finding.to_us,
        plans=clash.finding.subjects,
        basis=basis_of(clash, home.clashes.records()),
        explanation=clash.finding.explanation,
    )
    tell(home, clash, "decided")
    return read_clash(home, caller, clash_id)


def _words(state: str, reason: str, measure: str) -> tuple[str, str]:
    if state not in STATES:
        raise WrongUsage(reason=f"state {state[:40]}", field="state")
    why = scrubbed_reason(reason)
    if state != OPEN and len(why) < LEAST_REASON:
        raise WrongUsage(reason=f"reason: {LEAST_REASON} characters at least", field="reason")
    what = scrubbed_reason(measure) if state == SOLVED else ""
    if state == SOLVED and not 0 < len(what) <= LONGEST_MEASURE:
        raise WrongUsage(reason=f"measure: 1 to {LONGEST_MEASURE} characters", field="measure")
    return why, what


EVENT_TYPE = "org.vigie.clash.changed.v1"


def tell(home: Home, clash: Clash, change: str) -> None:
    """Tell those who listen that a clash is new, changed, gone or decided; never its sentence."""
    finding = clash.finding
    place = finding.geometry
    point = None if place is None or place.is_empty else place.representative_point()
    home.intake.events.append(
        EVENT_TYPE,
        {
            "clash_id": clash.clash_id,
            "change": change,
            "rule": clash.rule,
            "severity": finding.severity,
            "plans": list(finding.subjects),
            "from": to_rfc3339(finding.from_us),
            "to": to_rfc3339(finding.to_us),
            "lon": None if point is None else round(point.x, 6),
            "lat": None if point is None else round(point.y, 6),
        },
    )


def clash_rules_json(home: Home) -> list[dict[str, Any]]:
    """Return the clash rules: what each finds, why, what it does not know, on which text."""
    return [
        {
            "name": rule.name,
            "kind": rule.kind,
            "title": dict(rule.title),
            "why": dict(rule.why),
            "reference": rule.reference,
        }
        for rule in rules_of(home.clashes.rules).values()
    ]


def list_clash_rules(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the clash rules, by name.

    Raises:
        Forbidden: When the role may not see plans.
    """
    home.rights.ask(caller, "plans", subject={"rules": True})
    return clash_rules_json(home)


def rules_of(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the rules that find clashes."""
    return {name: rule for name, rule in rules.items() if rule.kind.startswith("clash_")}


def list_pairs(home: Home, caller: Caller) -> dict[str, Any]:
    """Return the pairs of kinds learnt from history, with their numbers, and when.

    They rest on counts of facts: pairs with fewer facts than the least figure are withheld.

    Raises:
        Forbidden: When the role may not see figures.
    """
    view = home.rights.ask(caller, "figures", subject={"pairs": True})
    shown = [pair for pair in home.clashes.pairs if pair.observed >= view.least]
    learnt = home.clashes.learnt_us
    return {
        "items": [{**asdict(pair), "severity": pair.severity} for pair in shown],
        "learnt_at": None if learnt is None else to_rfc3339(learnt),
        "next": None,
    }
