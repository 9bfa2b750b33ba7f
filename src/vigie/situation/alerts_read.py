"""Alerts as people read them: why, how sure, who is asked, what was done, which belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import shapely

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.desk.alert_acts import ACKNOWLEDGE, ESCALATE, SNOOZE, WAKE, Act
from vigie.desk.alerts import Alert
from vigie.desk.duty_turns import HELD
from vigie.judge.duty import AHEAD_DAYS, Asked, Roster, Turn, Watchkeeping, asked
from vigie.judge.storms import Mark, groups
from vigie.judge.verdicts import FalseRate, false_rate, wilson
from vigie.model.times import DAY_US
from vigie.privacy.purposes import Verb
from vigie.situation.alerts import coarse
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.rights import View

MOST = 500
TURNS_US = AHEAD_DAYS * DAY_US
NEW, ACKNOWLEDGED, SNOOZED, OVER = "new", "acknowledged", "snoozed", "over"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands after what was done about it.

    Attributes:
        standing: new, acknowledged, snoozed or over.
        acknowledged: The act that answered it; None while nobody has.
        snoozed: The act that put it off, while it does.
        since_us: From when on it waits for an answer, epoch µs.
        escalated: Highest step that was told.
        nobody: Whether the last thing told is that nobody is on duty.
    """

    standing: str
    acknowledged: Act | None
    snoozed: Act | None
    since_us: int
    escalated: int
    nobody: bool = False


def standing_of(alert: Alert, acts: Sequence[Act], at_us: int) -> Standing:
    """Return how an alert stands at an instant; waking it up undoes answer and snooze."""
    answered: Act | None = None
    put_off: Act | None = None
    since_us = alert.raised_us
    for act in acts:
        if act.act == ACKNOWLEDGE:
            answered, put_off = act, None
        elif act.act == SNOOZE:
            put_off = act
        elif act.act == WAKE:
            answered, put_off, since_us = None, None, act.at_us
    if put_off is not None and (put_off.until_us or 0) <= at_us:
        since_us, put_off = max(since_us, put_off.until_us or 0), None
    told = [act.role for act in acts if act.act == ESCALATE and act.at_us >= since_us]
    empty = max((n for n, role in enumerate(told) if role == ""), default=None)
    nobody = empty is not None and empty == len(told) - 1
    # After a time with nobody on duty the first role is told as well, and is no step.
    steps = len(told) if empty is None else max(0, len(told) - empty - 2)
    name = NEW
    if alert.state == "over":
        name = OVER
    elif put_off is not None:
        name = SNOOZED
    elif answered is not None:
        name = ACKNOWLEDGED
    return Standing(name, answered, put_off, since_us, steps, nobody)


def roster_of(home: Home) -> Roster:
    """Return the duty roster in force with the turns around now.

    Where nobody set another it is the one that comes with Vigie.
    """
    found = home.desk.alert_rules.roster()
    at_us = now_us(home.clock)
    around = home.desk.duty_turns.between(at_us - TURNS_US, at_us + TURNS_US)
    turns = tuple(
        Turn(one.role, one.from_us, one.to_us, one.state == HELD, one.post) for one in around
    )
    if found is None:
        return Roster(turns=turns)
    watches = tuple(
        Watchkeeping(one["role"], tuple(one["weekdays"]), one["from_min"], one["to_min"])
        for one in found.watches
    )
    return Roster(watches, found.after_min, turns)


def who_is_asked(home: Home, roster: Roster, stands: Standing, at_us: int) -> Asked | None:
    """Return who is asked about an alert now; None when it waits for nobody."""
    if stands.standing != NEW:
        return None
    return asked(roster, home.settings.city.timezone, since_us=stands.since_us, now_us=at_us)


def rate_json(rate: FalseRate) -> dict[str, Any]:
    """Return a published false-alarm rate."""
    return asdict(rate)


def confidence_json(rate: FalseRate) -> dict[str, Any]:
    """Return how sure alerts of a rule are: the share of true ones among those judged."""
    low, high = wilson(rate.judged - rate.false, rate.judged)
    share = None if rate.share is None else 1.0 - rate.share
    return {"share": share, "low": low, "high": high, "judged": rate.judged}


def told_place(view: View, alert: Alert) -> tuple[float | None, float | None]:
    """Return where an alert is told to be: exactly, or the middle of a large cell."""
    return (alert.lon, alert.lat) if view.precision == "exact" else coarse(alert)


def told_numbers(view: View, alert: Alert) -> dict[str, Any]:
    """Return the numbers of an alert; without cells and facts for who is not told exact places."""
    hidden = () if view.precision == "exact" else ("subjects", "about")
    return {name: value for name, value in alert.numbers.items() if name not in hidden}


class Reader:
    """What reading alerts needs once for all of them."""

    def __init__(self, home: Home, caller: Caller, view: View) -> None:
        self.home = home
        self.at_us = now_us(home.clock)
        self.view = view
        self.roster = roster_of(home)
        self.rates = {key: false_rate(found) for key, found in home.desk.alerts.verdicts().items()}
        self.names = {one.rule_id: one.name for one in home.desk.alert_rules.list_all(gone=True)}
        self.acts_seen = home.rights.may(caller, "alerts", Verb.ALTER)

    def rate(self, rule: str, instance: str) -> FalseRate:
        """Return the false-alarm rate of a rule or of one of its instances."""
        return self.rates.get((rule, instance)) or false_rate([])

    def title(self, alert: Alert) -> dict[str, str]:
        """Return the name of what rang."""
        name = self.names.get(alert.instance)
        if name:
            return {"fr": name, "en": name}
        rule = self.home.rules.get(alert.rule)
        return {"fr": alert.rule, "en": alert.rule} if rule is None else dict(rule.title)

    def json(self, alert: Alert, acts: Sequence[Act], group: tuple[str, int]) -> dict[str, Any]:
        """Return an alert as it is listed."""
        stands = standing_of(alert, acts, self.at_us)
        waits = who_is_asked(self.home, self.roster, stands, self.at_us)
        lon, lat = told_place(self.view, alert)
        answered, put_off = stands.acknowledged, stands.snoozed
        return {
            "alert_id": alert.alert_id,
            "rule": alert.rule,
            "severity": alert.severity,
            "at": to_rfc3339(alert.at_us),
            "until": to_rfc3339(alert.until_us),
            "lon": lon,
            "lat": lat,
            "explanation": dict(alert.explanation),
            "numbers": told_numbers(self.view, alert),
            "state": alert.state,
            "title": self.title(alert),
            "instance": alert.instance,
            "standing": stands.standing,
            "verdict": alert.verdict,
            "raised_at": to_rfc3339(alert.raised_us or alert.at_us),
            "acknowledged_at": None if answered is None else to_rfc3339(answered.at_us),
            "snoozed_until": None if put_off is None else to_rfc3339(put_off.until_us or 0),
            "asked": None if waits is None else waits.role,
            "asked_at": "" if waits is None or not self.acts_seen else waits.post,
            "escalation": None if waits is None else waits.step,
            "next_escalation_at": None
            if waits is None or waits.next_us is None
            else to_rfc3339(waits.next_us),
            "group": group[0],
            "group_size": group[1],
            "confidence": confidence_json(self.rate(alert.rule, alert.instance)),
        }


def seen(view: View, alert: Alert) -> bool:
    """Say whether an alert tells only of the view's sources and zones.

    An alert about counts rests on every source: whoever sees only some of them does not see it.
    """
    about = alert.numbers.get("subjects", [])
    if view.limits.sources is not None and not view.limits.sources.issuperset(about or ["?"]):
        return False
    if view.area is None:
        return True
    if alert.lon is None or alert.lat is None:
        return False
    return bool(shapely.intersects_xy(view.area, alert.lon, alert.lat))


def mark_of(alert: Alert) -> Mark:
    """Return what grouping knows of an alert."""
    family = alert.family or alert.rule
    return Mark(alert.alert_id, alert.at_us, family, alert.severity, alert.lon, alert.lat)


def group_heads(alerts: Sequence[Alert]) -> dict[str, tuple[str, int]]:
    """Return, for each alert, the head of its group and how many are in it."""
    return {
        member: (group.head, len(group.members))
        for group in groups([mark_of(one) for one in alerts])
        for member in group.members
    }


def list_alerts(
    home: Home, caller: Caller, *, state: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """Return alerts, newest first; those about accounts are for the data protection officer.

    Raises:
        Forbidden: When the role may not see alerts.
    """
    view = home.rights.ask(caller, "alerts", subject={"state": state, "limit": limit})
    found = home.desk.alerts.list_all(state=state, limit=min(limit, MOST), without=BULK_READ)
    found = [alert for alert in found if seen(view, alert)]
    reader = Reader(home, caller, view)
    heads = group_heads(found)
    acts = home.desk.alert_acts.of(one.alert_id for one in found)
    return [reader.json(one, acts[one.alert_id], heads[one.alert_id]) for one in found]


def find(home: Home, view: View, alert_id: str) -> Alert:
    """Return an alert that a view may see.

    Raises:
        NotFound: When there is none, or none for the view.
    """
    alert = home.desk.alerts.get(alert_id)
    if alert.rule == BULK_READ or not seen(view, alert):
        raise NotFound(what="alert", name=alert_id[:40])
    return alert


def group_of(home: Home, view: View, alert: Alert) -> list[Alert]:
    """Return the alerts of an alert's situation, itself among them, by time."""
    found = home.desk.alerts.list_all(limit=MOST, without=BULK_READ)
    known = {one.alert_id: one for one in found if seen(view, one)} | {alert.alert_id: alert}
    for group in groups([mark_of(one) for one in known.values()]):
        if alert.alert_id in group.members:
            return [known[one] for one in group.members]
    return [alert]


def _act_json(act: Act, told: bool) -> dict[str, Any]:
    return {
        "number": act.number,
        "act": act.act,
        "verdict": act.verdict,
        "reason": act.reason if told else "",
        "role": act.role,
        "by": act.who if told else None,
        "at": to_rfc3339(act.at_us),
        "until": None if act.until_us is None else to_rfc3339(act.until_us),
    }


def read_alert(home: Home, caller: Caller, alert_id: str) -> dict[str, Any]:
    """Return one alert with its rule, what was done about it and the others of its situation.

    Names and reasons are for those who act on alerts.

    Raises:
        Forbidden: When the role may not see alerts.
        NotFound: When there is no such alert.
    """
    view = home.rights.ask(caller, "alerts", subject={"alert": alert_id[:40]})
    alert = find(home, view, alert_id)
    together = group_of(home, view, alert)
    reader = Reader(home, caller, view)
    acts = home.desk.alert_acts.of(one.alert_id for one in together)
    head = (together[0].alert_id, len(together))
    rule = home.rules.get(alert.rule)
    why: Mapping[str, str] = {"fr": "", "en": ""} if rule is None else rule.why
    return {
        **reader.json(alert, acts[alert_id], head),
        "why": dict(why),
        "false_rate": rate_json(reader.rate(alert.rule, alert.instance)),
        "history": [_act_json(one, reader.acts_seen) for one in acts[alert_id]],
        "together": [
            reader.json(one, acts[one.alert_id], head)
            for one in together
            if one.alert_id != alert_id
        ],
        "may_act": reader.acts_seen,
    }
