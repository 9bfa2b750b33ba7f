"""Handing the shift over: a note generated from what is open, edited and signed by a person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.base.translations import LANGUAGES
from vigie.desk.shift import Handover, Signed
from vigie.foresight.plans import plans_between
from vigie.model.taxonomy import TAXONOMY
from vigie.privacy.purposes import Verb
from vigie.scrub import LateScrubber
from vigie.situation.act.dispatch import dispatches_json, require_person
from vigie.situation.act.handover_text import write_text
from vigie.situation.act.lines import HOUR_US, SHIFT_US, line_json, window_of
from vigie.situation.act.naming import named
from vigie.situation.act.standing import Course, Stands, courses, stand, ticks
from vigie.situation.act.subject import refuse_limits
from vigie.situation.alerts_read import seen, standing_of
from vigie.situation.around.ground import silent_sources
from vigie.situation.bulk_reads import RULE as BULK_READ
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import holds_plan
from vigie.situation.view import View

WITH = ("alerts", "facts", "plans", "sources")
PLANS_H = 12
MOST_PLANS = 100
MOST_ALERTS = 5_000
LONGEST = 400_000
MOST_LISTED = 200
LOOK_BACK_US = 24 * HOUR_US
_SCRUBBER = LateScrubber(tagged=True)


def begin_us(home: Home, to_us: int) -> int:
    """Return when a shift began: where the last handover ended, within a day; else 12 hours ago."""
    last = home.desk.shift.handovers(1)
    if last and to_us - LOOK_BACK_US <= last[0].signed.to_us < to_us:
        return last[0].signed.to_us
    return to_us - SHIFT_US


def gather(
    home: Home, views: Mapping[str, View], left_out: tuple[str, ...], window: tuple[int, int]
) -> dict[str, Any]:
    """Return the record of a shift: everything open at its end, and what was done in it."""
    from_us, to_us = window
    view = views["shift"]
    stood = stand(home.desk.shift.lines(from_us, to_us))
    everything = stand(home.desk.shift.perhaps_open())
    alerts = _alerts(home, views.get("alerts"))
    plans = _plans(home, views.get("plans"), to_us)
    sources = views.get("sources")
    opened = open_ones(everything)
    sent = dispatches_json(home, view, from_us, to_us)
    told = [line_json(view, line) for line in stood]
    keys = [one.key for one in opened] + [one["situation"] for one in (*sent, *told)]
    names = named(home, views, keys)
    return {
        "from": to_rfc3339(from_us),
        "to": to_rfc3339(to_us),
        "plans_h": PLANS_H,
        "alerts": alerts,
        "situations": [_situation(home, names, one, everything) for one in opened],
        "dispatches": [
            {**one, "what": one["label"], "about": names.get(one["situation"])} for one in sent
        ],
        "sources": [
            {"source": one["source"], "what": one["title"], "age_s": one["age_s"]}
            for one in ([] if sources is None else silent_sources(home, sources, set()))
            if one["stale"]
        ],
        "plans": plans[:MOST_PLANS],
        "lines": [
            {**one, "what": one["text"], "about": names.get(one["situation"])} for one in told
        ],
        "more": ["plans"] if len(plans) > MOST_PLANS else [],
        "left_out": list(left_out),
    }


def open_ones(stood: list[Stands]) -> list[Course]:
    """Return the situations that are open, the longest open first."""
    found = [one for one in courses(stood).values() if one.closed_us is None]
    return sorted(found, key=lambda one: (one.since_us, one.key))


def _situation(
    home: Home, names: Mapping[str, Any], course: Course, everything: list[Stands]
) -> dict[str, Any]:
    mine = [one for one in everything if one.line.said.situation == course.key]
    done = ticks(mine, course.since_us)
    begun = {card for card, _ in done}
    undone = [
        step.id
        for card in begun
        if card in home.cards.by_id
        for step in home.cards.by_id[card].steps
        if (card, step.id) not in done
    ]
    return {
        "situation": course.key,
        "what": names[course.key],
        "at": to_rfc3339(course.since_us),
        "last": to_rfc3339(course.last_us),
        "lines": course.lines,
        "undone": len(undone),
    }


def _alerts(home: Home, view: View | None) -> list[dict[str, Any]]:
    if view is None:
        return []
    found = home.desk.alerts.list_all(state="raised", limit=MOST_ALERTS, without=BULK_READ)
    found = [one for one in found if seen(view, one)]
    acts = home.desk.alert_acts.of(one.alert_id for one in found)
    at_us = now_us(home.clock)
    told = [
        {
            "alert_id": one.alert_id,
            "severity": one.severity,
            "at": to_rfc3339(one.at_us),
            "standing": standing_of(one, acts[one.alert_id], at_us).standing,
            "what": dict(one.explanation),
        }
        for one in found
    ]
    return sorted(told, key=lambda one: (-one["severity"], one["at"], one["alert_id"]))


def _plans(home: Home, view: View | None, to_us: int) -> list[dict[str, Any]]:
    if view is None:
        return []
    holds = holds_plan(view)
    told = []
    for plan in plans_between(home.plans, to_us, to_us + PLANS_H * HOUR_US):
        if plan.state == "cancelled" or not holds(plan):
            continue
        kind = TAXONOMY.get(plan.kind)
        what: Any = plan.title or {"fr": kind.fr, "en": kind.en}
        told.append({"plan_id": plan.plan_id, "what": what, "at": to_rfc3339(plan.starts_us)})
    return sorted(told, key=lambda one: (one["at"], one["plan_id"]))


def draft_handover(
    home: Home,
    caller: Caller,
    *,
    language: str = "fr",
    from_us: int | None = None,
    to_us: int | None = None,
) -> dict[str, Any]:
    """Return a handover note to be read, edited and signed; nothing is kept.

    Raises:
        Forbidden: When the role does not read the log of the shift.
        WrongUsage: When window or language cannot be used.
    """
    record, window = _gathered(home, caller, language, from_us, to_us)
    return {
        "from": to_rfc3339(window[0]),
        "to": to_rfc3339(window[1]),
        "language": language,
        "text": write_text(record, language, home.settings.city.timezone),
        "record": record,
    }


def _gathered(
    home: Home, caller: Caller, language: str, from_us: int | None, to_us: int | None
) -> tuple[dict[str, Any], tuple[int, int]]:
    if language not in LANGUAGES:
        raise WrongUsage(reason="language: fr or en", field="language")
    end = now_us(home.clock) + 1 if to_us is None else to_us
    if end > now_us(home.clock) + 1:
        raise WrongUsage(reason="to: not after now", field="to")
    window = window_of(home, begin_us(home, end) if from_us is None else from_us, end)
    subject = {"handover_from_us": window[0], "to_us": window[1]}
    views, left_out = home.rights.ask_together(caller, "shift", WITH, subject)
    refuse_limits(views["shift"])
    return gather(home, views, left_out, window), window


def sign_handover(
    home: Home,
    caller: Caller,
    text: str,
    *,
    language: str = "fr",
    from_us: int | None = None,
    to_us: int | None = None,
    handover_id: str = "",
    after: int = 0,
) -> dict[str, Any]:
    """Sign a handover note, or with its id its next version.

    The audit's line holds the SHA-256 of the text; the record is what Vigie knew at that moment.

    Args:
        home: The home.
        caller: The person who signs.
        text: The note as edited; names of persons do not survive.
        language: Its language.
        from_us: Begin of the shift; None for where the last handover ended.
        to_us: End of the shift; None for now.
        handover_id: Handover of which a next version is signed; empty for a new one.
        after: Version that was read.

    Raises:
        PersonRequired: When it is no person who signed in.
        Forbidden: When the role does not hand over.
        NotFound: When there is no such handover.
        StaleVersion: When somebody has signed the next version meanwhile.
        WrongUsage: When the text is empty or too long, or the window cannot be used.
    """
    if not text.strip() or len(text) > LONGEST:
        raise WrongUsage(reason=f"text: 1 to {LONGEST} characters", field="text")
    words = _SCRUBBER.scrub(text.replace("\r\n", "\n").strip() + "\n").text
    digest = hashlib.sha256(words.encode("utf-8")).hexdigest()
    subject = {"handover": handover_id[:40] or "new", "version": after + 1, "sha256": digest}
    by = require_person(home, caller, subject)
    refuse_limits(home.rights.ask(caller, "shift", Verb.ALTER, subject))
    if handover_id:
        earlier = home.desk.shift.versions(handover_id)[-1].signed
        from_us, to_us = earlier.from_us, earlier.to_us
    record, window = _gathered(home, caller, language, from_us, to_us)
    signed = Signed(*window, language, words, digest, record)
    found = home.desk.shift.sign(signed, by, handover_id=handover_id, after=after)
    return _json(found, shown=True) | {"record": dict(found.signed.record)}


def _json(one: Handover, *, shown: bool) -> dict[str, Any]:
    return {
        "handover_id": one.handover_id,
        "version": one.version,
        "from": to_rfc3339(one.signed.from_us),
        "to": to_rfc3339(one.signed.to_us),
        "language": one.signed.language,
        "text": one.signed.text if shown else "",
        "sha256": one.signed.sha256,
        "role": one.by.role,
        "by": one.by.who if shown else None,
        "at": to_rfc3339(one.at_us),
    }


def list_handovers(home: Home, caller: Caller, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return the newest version of each handover, the newest shift first, without texts.

    Raises:
        Forbidden: When the role does not read the log of the shift.
    """
    view = refuse_limits(home.rights.ask(caller, "shift", subject={"handovers": limit}))
    found = home.desk.shift.handovers(min(limit, MOST_LISTED))
    shown = view.sees("text")
    return [_json(one, shown=shown) | {"text": ""} for one in found]


def read_handover(home: Home, caller: Caller, handover_id: str) -> dict[str, Any]:
    """Return every version of a handover, newest first; what was known is for who may see words.

    Raises:
        Forbidden: When the role does not read the log of the shift.
        NotFound: When there is no such handover.
    """
    view = home.rights.ask(caller, "shift", subject={"handover": handover_id[:40]})
    shown = refuse_limits(view).sees("text")
    found = home.desk.shift.versions(handover_id)
    return {
        "items": [
            _json(one, shown=shown) | {"record": dict(one.signed.record) if shown else None}
            for one in reversed(found)
        ],
        "next": None,
    }
