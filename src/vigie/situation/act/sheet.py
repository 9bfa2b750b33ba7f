"""The sheet of one situation: its reflex cards with what is ticked, its lines, its dispatches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.privacy.purposes import Verb
from vigie.situation.act.cards import Card, functions
from vigie.situation.act.dispatch import dispatch_json
from vigie.situation.act.lines import course_json, line_json
from vigie.situation.act.standing import Stands, courses, stand, ticks
from vigie.situation.act.subject import key_of, kinds_of, refuse_limits
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.view import View

SECOND_US = 1_000_000


def card_json(home: Home, card: Card) -> dict[str, Any]:
    """Return a card as the interface answers it."""
    names = functions()
    return {
        "card": card.id,
        "title": card.title.model_dump(),
        "kinds": list(card.kinds),
        "rules": list(card.rules),
        "source": card.source,
        "own": card.id in home.cards.own,
        "steps": [
            {
                "step": one.id,
                "text": {"fr": one.fr, "en": one.en},
                "who": one.who,
                "function": dict(names[one.who]),
                "within_s": one.within_s,
            }
            for one in card.steps
        ],
    }


def list_cards(home: Home, caller: Caller) -> dict[str, Any]:
    """Return every reflex card, and the files that cannot be used.

    Raises:
        Forbidden: When the role does not read the log of the shift.
    """
    home.rights.ask(caller, "shift", subject={"cards": len(home.cards.by_id)})
    found = sorted(home.cards.by_id.values(), key=lambda one: one.id)
    return {
        "items": [card_json(home, one) for one in found],
        "faults": [one.told() for one in home.cards.faults],
        "next": None,
    }


def read_sheet(home: Home, caller: Caller, situation: str, kind: str = "") -> dict[str, Any]:
    """Return what is done about a situation, and the reflex cards for it, the closest first.

    Times of steps run from the opening of the situation: its first line.

    Args:
        home: The home.
        caller: Who asks.
        situation: ``alert:ID``, ``fact:ID`` or ``LON,LAT``.
        kind: What it is about, when its fact or alert does not say.

    Raises:
        Forbidden: When the role does not read the log of the shift.
        NotFound: When there is no such alert or fact for the caller.
        WrongUsage: When it is no situation.
    """
    key = key_of(situation)
    subject = {"situation": key}
    views, left_out = home.rights.ask_together(caller, "shift", ("alerts", "facts"), subject)
    view = refuse_limits(views["shift"])
    kinds, rule = kinds_of(home, views, key)
    asked = (kind, *kinds) if kind else kinds
    stood = stand(home.desk.shift.about(key))
    course = courses(stood).get(key)
    done = ticks(stood, 0 if course is None else course.since_us)
    fitting = home.cards.fitting(asked, rule)
    begun = [one for one in home.cards.by_id.values() if any(card == one.id for card, _ in done)]
    shown = list(dict.fromkeys([*begun, *fitting]))
    since_us = None if course is None or course.closed_us is not None else course.since_us
    return {
        "situation": key,
        "kinds": list(kinds),
        "course": None if course is None else course_json(course),
        "cards": [_followed(home, view, one, done, since_us) for one in shown],
        "others": [
            {"card": one.id, "title": one.title.model_dump()}
            for one in sorted(home.cards.by_id.values(), key=lambda one: one.title.fr)
            if one not in shown
        ],
        "lines": [line_json(view, one) for one in stood],
        "dispatches": _dispatches(home, view, stood),
        "left_out": list(left_out),
        "may_write": home.rights.may(caller, "shift", Verb.COLLECT),
        "may_dispatch": home.rights.may(caller, "shift", Verb.ALTER)
        and bool(caller.account_id)
        and not caller.by_token
        and not caller.view_as,
    }


def _followed(
    home: Home,
    view: View,
    card: Card,
    done: Mapping[tuple[str, str], Stands],
    since_us: int | None,
) -> dict[str, Any]:
    """Return a card with what is ticked, by whom and when, and what is late."""
    told, at_us = card_json(home, card), now_us(home.clock)
    for one in told["steps"]:
        tick = done.get((card.id, one["step"]))
        due_us = None if since_us is None else since_us + one["within_s"] * SECOND_US
        one["due_at"] = None if due_us is None else to_rfc3339(due_us)
        one["late"] = tick is None and due_us is not None and due_us < at_us
        one["done"] = None
        if tick is not None:
            one["done"] = {
                "number": tick.line.number,
                "at": to_rfc3339(tick.line.at_us),
                "role": tick.line.by.role,
                "by": tick.line.by.who if view.sees("text") else None,
                "late": due_us is not None and tick.line.at_us > due_us,
            }
    return told


def _dispatches(home: Home, view: View, stood: list[Stands]) -> list[dict[str, Any]]:
    if not stood:
        return []
    numbers = {one.line.number: one.struck for one in stood}
    first_us = stood[0].line.at_us
    return [
        dispatch_json(view, one, numbers[one.line.number])
        for one in home.desk.shift.dispatches(first_us, now_us(home.clock) + 1)
        if one.line.number in numbers
    ]
