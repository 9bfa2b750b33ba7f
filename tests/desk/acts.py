"""One act of each kind that the desk writes, in the order of a story."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from vigie.base.clock import to_us
from vigie.base.errors import NotSignedIn
from vigie.desk.alerts import Alert
from vigie.desk.case_acts import Archived, CaseAct
from vigie.desk.detections import Terms
from vigie.desk.event_files import Heading
from vigie.desk.forecast_overrides import ForecastOverride
from vigie.desk.forecasts import Asked as Forecast
from vigie.desk.indicators import Asked as Counted
from vigie.desk.public_messages import MessageEntry
from vigie.desk.questions import Saved
from vigie.desk.reads import mark
from vigie.desk.shift import By, Engaged, Said, Signed
from vigie.desk.store import Desk
from vigie.model.holds import Hold
from vigie.model.legal_events import LegalEvent

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
AT_US = to_us(AT)
HOUR_US = 3_600_000_000
PASSWORD, OTHER = "correct-horse-battery", "another-horse-battery"
WHO = By("room", "shift_head", "account-1")
MARKS = mark(np.arange(100, dtype=np.uint64), 65_536)
ALERT = Alert(
    "alert-1", "spread", 3, AT_US, AT_US + HOUR_US, {"fr": "Trois faits", "en": "Three facts"}
)
TERMS = Terms(
    legal_basis="CSI L. 251-2", prefect_order="13-2026-1", attestation="ok", occasion="match",
    place="stade", ring=((5.39, 43.26), (5.40, 43.26), (5.40, 43.27)), cameras=("c1",),
    types=tuple(str(one) for one in LegalEvent)[:2], signed_by="prefet", signed_us=AT_US,
    from_us=AT_US - HOUR_US, to_us=AT_US + HOUR_US,
)  # fmt: skip


@dataclass
class State:
    """What acts of the story leave for later ones: names that were given."""

    names: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.names[name]


Act = Callable[[Desk, State], object]


def _kept(name: str, give: Act) -> Act:
    def act(desk: Desk, state: State) -> object:
        state.names[name] = give(desk, state)
        return state.names[name]

    return act


def _wrong_password(desk: Desk, _: State) -> None:
    with suppress(NotSignedIn):
        desk.accounts.verify("second", "wrong-horse-battery")


def _detected(state: State) -> dict[str, Any]:
    return {
        "grant_id": state.granted.grant_id, "type": TERMS.types[0], "camera": "c1", "zone": "z",
        "detector": "density", "version": "1", "parameters": {}, "from_us": AT_US,
        "raised_us": AT_US, "to_us": AT_US, "lasts": True, "score": 1.0, "level": "", "path": [],
    }  # fmt: skip


def _case(number: int, act: str) -> CaseAct:
    return CaseAct(
        "case-1", number, act, {"article": "77-1-1"}, "inv", "inv", "investigator", AT_US
    )


def _message(number: int, act: str) -> MessageEntry:
    return MessageEntry(
        "message-1", number, act, {"title": {"fr": "Rue barrée"}}, AT_US + HOUR_US,
        "room", "room", "shift_head", "", AT_US,
    )  # fmt: skip


HEADING = Heading("plan-1", "event", "Marathon", "agenda", None, AT_US, AT_US + HOUR_US)
OVERRIDE = ForecastOverride(
    "forecast-1", "h3:8", 6, "noise", "cell", 0, AT_US, AT_US + HOUR_US, 2.0, 1, 4, 3.0,
    "match", "ana", "analyst",
)  # fmt: skip


def _plan(after: int) -> Act:
    return lambda desk, _: desk.plan_versions.append(
        "plan-1", after=after, who="planner", service="voirie", act="entered", changed=("title",),
        reason="declared", source="desk", window=(AT_US, AT_US + HOUR_US), record={"a": after},
        fed={},
    )  # fmt: skip


def _destroyed(desk: Desk, _: State) -> str:
    return desk.retention.begin(
        rule="facts", store="lake", before_us=AT_US, first_us=0, last_us=AT_US, n=3, digest="d",
        rules_version="1", table_version=1,
    )  # fmt: skip


ACTS: Final[MappingProxyType[str, Act]] = MappingProxyType(
    {
        "account without a password": _kept(
            "first",
            lambda d, _: d.accounts.create_without_password("first", name="F", role="admin"),
        ),
        "account": _kept(
            "second",
            lambda d, _: d.accounts.create(
                "second", name="S", role="shift_head", password=PASSWORD, must_change_password=False
            ),
        ),
        "role": lambda d, _: d.accounts.set_role("first", "operator"),
        "wrong password": _wrong_password,
        "right password": lambda d, _: d.accounts.verify("second", PASSWORD),
        "device": lambda d, s: d.second_factors.begin(s.second.account_id),
        "device taken back": lambda d, s: d.second_factors.reset(s.second.account_id),
        "session": _kept("grant", lambda d, s: d.sessions.open(s.second.account_id)),
        "session in place of another": lambda d, s: d.sessions.open(
            s.second.account_id, instead_of=s.grant.secret
        ),
        "identity": lambda d, s: d.accounts.link_identity(s.first.account_id, "idp", "subject"),
        "way to the provider": lambda d, _: d.provider_starts.begin(),
        "device of another": lambda d, s: d.second_factors.begin(s.first.account_id),
        "password changed": lambda d, s: d.accounts.change_password(
            s.second.account_id, PASSWORD, OTHER
        ),
        "account closed": lambda d, _: d.accounts.disable("first"),
        "token": _kept("token", lambda d, _: d.tokens.issue("feed", "ingest", sources=("log",))),
        "token withdrawn": lambda d, s: d.tokens.revoke(s.token[1].token_id),
        "partner": lambda d, s: d.scopes.grant(s.second.account_id, "bus", granted_by="dpo"),
        "partner taken back": lambda d, s: d.scopes.withdraw(s.second.account_id),
        "reason": lambda d, _: d.reasons.note("second", "a reason that is long enough"),
        "glass": _kept(
            "glass",
            lambda d, s: d.glasses.break_one(
                s.second.account_id, "narratives", minutes=30, reason="urgent", zone="", fact=""
            ),
        ),
        "reads": lambda d, _: d.reads.add("second", AT_US, MARKS),
        "reads told": lambda d, _: d.reads.told("second", AT_US),
        "closed and opened": lambda d, _: d.close(),
        "alert": lambda d, _: d.alerts.raise_all([ALERT, replace(ALERT, alert_id="alert-2")]),
        "alert acknowledged": lambda d, _: d.alert_acts.append(
            "alert-1", "acknowledged", role="shift_head", who="second", after=0
        ),
        "alert ended": lambda d, _: d.alerts.end_others(["spread"], ["alert-1"]),
        "rule": lambda d, _: d.alert_rules.put(
            "rule-1", after=0, family="count", name="Rixes", parameters={"n": 3}, scope={},
            severity=3, state="active", who="ana", why="asked",
        ),
        "roster": lambda d, _: d.alert_rules.put_roster(
            after=0, after_min=10, watches=[{"role": "shift_head"}], who="chief"
        ),
        "turn of duty": _kept(
            "turn",
            lambda d, _: d.duty_turns.enter("operator", AT_US, AT_US + HOUR_US, who="chief"),
        ),
        "turn withdrawn": lambda d, s: d.duty_turns.withdraw(s.turn.turn_id, who="chief"),
        "forecast": _kept(
            "forecast",
            lambda d, _: d.forecasts.ask(
                Forecast(AT_US, AT_US + HOUR_US, "h3:8", 6, ("noise",)), by="ana"
            ),
        ),
        "forecast taken": lambda d, s: d.forecasts.take(s.forecast.forecast_id),
        "forecast done": lambda d, s: d.forecasts.end(
            s.forecast.forecast_id, "done", seconds=1.0, told={"n": 1}
        ),
        "what a person expects": lambda d, _: d.forecast_overrides.enter(OVERRIDE),
        "fields": lambda d, _: d.field_uses.look("facts", frozenset({"severity", "status"})),
        "indicator": _kept(
            "indicator", lambda d, _: d.indicators.create(Counted("Rixes", "brawl"), who="ana")
        ),
        "indicator ended": lambda d, s: d.indicators.change(
            s.indicator.indicator_id, None, after=1, who="ana"
        ),
        "question": _kept(
            "question",
            lambda d, _: d.questions.create(Saved("Nuits", "kde"), owner="ana", role="analyst"),
        ),
        "report wanted": _kept(
            "report", lambda d, s: d.questions.want(s.question, due_us=AT_US, role="analyst")
        ),
        "report taken": lambda d, s: d.questions.take(s.report.report_id),
        "report done": lambda d, s: d.questions.finish(
            s.report.report_id, "done", {"n": 1}, b"%PDF" * 5_000
        ),
        "line": lambda d, _: d.shift.append(Said("note", text="ronde faite"), WHO),
        "dispatch": lambda d, _: d.shift.dispatch(
            Said("dispatch", "5.37,43.29"), WHO,
            Engaged("means-1", "E1", "patrol", "Alpha", "patrols", proposed=True, basis={}),
        ),
        "handover": lambda d, _: d.shift.sign(
            Signed(AT_US - HOUR_US, AT_US, "fr", "Tout est calme." * 200, "0" * 64, {}), WHO
        ),
        "plan": _plan(0),
        "plan changed": _plan(1),
        "clash": lambda d, _: d.clash_states.append(
            "clash-1", after=0, rule="street", state="accepted", reason="known", measure="",
            who="planner", until_us=AT_US + HOUR_US, plans=["plan-1"], basis={},
            explanation={"fr": "Deux", "en": "Two"},
        ),
        "event file": lambda d, _: d.event_files.add(
            HEADING, after=0, state="draft", content={"text": "x" * 9_000}, who="p", why=""
        ),
        "legal grant": _kept(
            "granted", lambda d, _: d.detections.give(TERMS, who="a", role="admin")
        ),
        "detected": _kept("detected", lambda d, s: d.detections.raised(_detected(s))),
        "went on": lambda d, s: d.detections.went_on(
            s.detected, {**_detected(s), "to_us": AT_US + 1}
        ),
        "judged": lambda d, s: d.detections.judge(s.detected, "true", who="op", role="operator"),
        "message": lambda d, _: d.public_messages.append(_message(1, "written")),
        "message public": lambda d, _: d.public_messages.append(
            _message(2, "approved"), _message(3, "published")
        ),
        "case": lambda d, _: d.case_acts.append(_case(1, "opened"), _case(2, "asked")),
        "case closed": lambda d, _: d.case_acts.append(
            _case(3, "closed"), archives=(Archived("2026-03", "77-1-1", False, True, {"facts": 1}),)
        ),
        "hold": lambda d, _: d.retention.add_hold(
            Hold("hold-1", ("facts",), (), 0, AT_US, (), (), AT_US + HOUR_US),
            case="c", authority="TJ", act="act", by="dpo",
        ),
        "hold released": lambda d, _: d.retention.release_hold("hold-1", by="dpo"),
        "destruction": _kept("destruction", _destroyed),
        "destruction done": lambda d, s: d.retention.finish([s.destruction]),
        "endings": lambda d, _: d.retention.note_endings(),
        "erased": lambda d, _: d.retention.erase("alerts", ["alert-2"]),
        "closed again": lambda d, _: d.close(),
    }
)  # fmt: skip
"""By what they are called."""
