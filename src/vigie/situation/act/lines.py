"""The log of the shift: writing a line, correcting one by another, reading them."""

from __future__ import annotations

from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Conflict, NotFound, WrongUsage
from vigie.desk.shift import By, Said, ShiftLine
from vigie.desk.shift_tables import CORRECTION, DISPATCH, KINDS, NOTE, OPENED, TICK
from vigie.privacy.purposes import Verb
from vigie.scrub import LateScrubber
from vigie.situation.act.naming import named
from vigie.situation.act.standing import Course, Stands, courses, stand, ticks
from vigie.situation.act.subject import key_of, refuse_limits
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.view import View

HOUR_US = 3_600_000_000
LONGEST = 800
STORED = 1_000
LEAST = 3
MOST_WINDOW_US = 31 * 24 * HOUR_US
SHIFT_US = 12 * HOUR_US
WRITTEN = "org.vigie.shift.written.v1"
_SCRUBBER = LateScrubber(tagged=True)


def by_of(caller: Caller) -> By:
    """Return who writes, as the desk keeps it."""
    return By(caller.name, caller.role, "" if caller.by_token else caller.account_id)


def scrubbed(text: str, longest: int = LONGEST) -> str:
    """Return one line of text without what belongs to a person.

    Raises:
        WrongUsage: When it is too long.
    """
    if len(text) > longest:
        raise WrongUsage(reason=f"text: {longest} characters at most", field="text")
    return _SCRUBBER.scrub(" ".join(text.split())).text[:STORED]


def write_line(
    home: Home,
    caller: Caller,
    kind: str,
    *,
    text: str = "",
    situation: str = "",
    card: str = "",
    step: str = "",
    corrects: int | None = None,
    strikes: bool = False,
) -> dict[str, Any]:
    """Write a line of the shift: note, tick, opened, closed, or a correction of another.

    Args:
        home: The home.
        caller: Who writes.
        kind: What the line says; a dispatch has a use case of its own.
        text: Words; names of persons do not survive.
        situation: ``alert:ID``, ``fact:ID``, ``LON,LAT``; empty for the shift as a whole.
        card: Reflex card of a tick.
        step: Its step.
        corrects: Number of the line that a correction is about.
        strikes: Whether that line does not stand.

    Raises:
        Forbidden: When the role does not write in the log.
        WrongUsage: When the line cannot be used.
        NotFound: When there is no such line or card.
        Conflict: When it is ticked, open or closed already.
    """
    key = key_of(situation) if situation else ""
    subject = {"line": kind[:20], "situation": key, "card": card[:40], "step": step[:40]}
    told = {name: value for name, value in subject.items() if value}
    if corrects is not None:
        told["corrects"] = str(corrects)
    refuse_limits(home.rights.ask(caller, "shift", Verb.COLLECT, told))
    words = scrubbed(text)
    if kind == CORRECTION:
        said = _correction(home, corrects, words, strikes)
    else:
        said = _said(home, kind, words, key, ticked=(card, step), corrects=corrects)
    line = home.desk.shift.append(said, by_of(caller))
    tell(home, line)
    return {"number": line.number, "at": to_rfc3339(line.at_us), "text": line.said.text}


def _correction(home: Home, corrects: int | None, words: str, strikes: bool) -> Said:
    if corrects is None:
        raise WrongUsage(reason="corrects: number of a line", field="corrects")
    if len(words) < LEAST:
        raise WrongUsage(reason=f"text: {LEAST} characters at least", field="text")
    line = home.desk.shift.line(corrects)
    while line.said.corrects is not None:  # numbers fall: corrections are about the first line
        line = home.desk.shift.line(line.said.corrects)
    return Said(CORRECTION, line.said.situation, words, corrects=line.number, strikes=strikes)


def _said(
    home: Home, kind: str, words: str, key: str, *, ticked: tuple[str, str], corrects: int | None
) -> Said:
    if kind not in KINDS or kind == DISPATCH:
        raise WrongUsage(reason=f"kind {kind[:20]}", field="kind")
    if corrects is not None:
        raise WrongUsage(reason="corrects: of a correction alone", field="corrects")
    if kind == NOTE and len(words) < LEAST:
        raise WrongUsage(reason=f"text: {LEAST} characters at least", field="text")
    if kind != NOTE and not key:
        raise WrongUsage(reason="situation: alert:ID, fact:ID or LON,LAT", field="situation")
    if kind == NOTE:
        return Said(NOTE, key, words)
    stood = stand(home.desk.shift.about(key))
    course = courses(stood).get(key)
    if kind == TICK:
        since_us = 0 if course is None else course.since_us
        return _tick(home, key, words, ticked, ticks(stood, since_us))
    is_open = course is not None and course.closed_us is None
    if is_open == (kind == OPENED):
        raise Conflict(what="situation", name=key)
    return Said(kind, key, words)


def _tick(
    home: Home,
    key: str,
    words: str,
    ticked: tuple[str, str],
    done: dict[tuple[str, str], Stands],
) -> Said:
    card = home.cards.by_id.get(ticked[0])
    if card is None:
        raise NotFound(what="card", name=ticked[0][:40])
    step = card.step(ticked[1])
    if step is None:
        raise NotFound(what="step", name=ticked[1][:40])
    if ticked in done:
        raise Conflict(what="step", name=step.id)
    return Said(TICK, key, words or step.fr, card=card.id, step=step.id)


def tell(home: Home, line: ShiftLine) -> None:
    """Tell the screens that a line was written; what it says is asked for with rights."""
    home.intake.events.append(WRITTEN, {"number": line.number, "kind": line.said.kind})


def line_json(view: View, one: Stands) -> dict[str, Any]:
    """Return a line as it stands; words and names for who may see them."""
    words, said = view.sees("text"), one.line.said
    return {
        "number": one.line.number,
        "at": to_rfc3339(one.line.at_us),
        "kind": said.kind,
        "situation": said.situation,
        "text": one.text if words else "",
        "written": said.text if words else "",
        "card": said.card,
        "step": said.step,
        "struck": one.struck,
        "role": one.line.by.role,
        "by": one.line.by.who if words else None,
        "corrections": [
            {
                "number": later.number,
                "at": to_rfc3339(later.at_us),
                "text": later.said.text if words else "",
                "strikes": later.said.strikes,
                "role": later.by.role,
                "by": later.by.who if words else None,
            }
            for later in one.corrections
        ],
    }


def window_of(home: Home, from_us: int | None, to_us: int | None) -> tuple[int, int]:
    """Return a window of the log; by default the last twelve hours.

    Raises:
        WrongUsage: When it is empty or longer than 31 days.
    """
    end = now_us(home.clock) + 1 if to_us is None else to_us
    start = end - SHIFT_US if from_us is None else from_us
    if not 0 < end - start <= MOST_WINDOW_US:
        raise WrongUsage(reason="from before to, at most 31 days", field="from")
    return start, end


def read_log(
    home: Home, caller: Caller, *, from_us: int | None = None, to_us: int | None = None
) -> dict[str, Any]:
    """Return the lines written in a window as they stand, and the situations that are open.

    Raises:
        Forbidden: When the role does not read the log.
        WrongUsage: When the window cannot be used.
    """
    start, end = window_of(home, from_us, to_us)
    subject = {"from_us": start, "to_us": end}
    views, _ = home.rights.ask_together(caller, "shift", ("alerts", "facts"), subject)
    view = refuse_limits(views["shift"])
    stood = stand(home.desk.shift.lines(start, end))
    running = courses(stand(home.desk.shift.perhaps_open())).values()
    keys = [one.key for one in running] + [one.line.said.situation for one in stood]
    return {
        "from": to_rfc3339(start),
        "to": to_rfc3339(end),
        "items": [line_json(view, one) for one in stood],
        "open": [
            course_json(one)
            for one in sorted(running, key=lambda one: one.since_us)
            if one.closed_us is None
        ],
        "names": named(home, views, keys),
        "may_write": home.rights.may(caller, "shift", Verb.COLLECT),
        "next": None,
    }


def course_json(one: Course) -> dict[str, Any]:
    """Return how a situation goes."""
    return {
        "situation": one.key,
        "since": to_rfc3339(one.since_us),
        "last": to_rfc3339(one.last_us),
        "closed_at": None if one.closed_us is None else to_rfc3339(one.closed_us),
        "lines": one.lines,
    }
