"""Saved questions: one's own, and those that others share with one's role.

A question is a name, an analysis, parameters and a period that moves ("the last 28 days") or
stands. It holds no answer: whoever opens it is answered by his own rights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from pydantic import ValidationError

from vigie.analyse.analysis import get_analysis
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Forbidden, NotFound, PersonRequired, WrongUsage
from vigie.base.translations import LANGUAGES, translate
from vigie.desk.questions import FAILED, Question, QuestionReport, Saved
from vigie.foresight.entry import scrubbed_reason
from vigie.model.recurring import EVERY, MOST, UNITS, WEEK, Period, Rhythm, next_after
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters, make_filters
from vigie.situation.home import Home

AT_MACHINE: Final = "os:"
"""How the name of a person at the command line begins."""
GONE: Final = "question_owner_gone"
LONGEST_TITLE: Final = 120
LONGEST_PARAMS: Final = 4_000
MOST_OF_ONE: Final = 100
REPORTS_SHOWN: Final = 12
HOURS: Final = 24
LONGEST_MONTH: Final = 31
FILTERS: Final = frozenset({"kind", "source", "severity_min", "zone"})


def sharers(home: Home) -> list[str]:
    """Return the roles that a question can be shared with: those that may ask one."""
    return sorted(home.rights.charter.who_may(Verb.COMBINE, "figures"))


def rhythm_of(saved: Saved) -> Rhythm | None:
    """Return when reports of a question are due; None without a schedule."""
    if saved.every not in EVERY:
        return None
    return Rhythm(saved.every, saved.hour, saved.weekday, saved.day)


def window(home: Home, saved: Saved, at_us: int) -> tuple[int, int]:
    """Return the period of a question as it stands at an instant, epoch µs."""
    if saved.unit in UNITS:
        return Period(saved.unit, saved.n).bounds(at_us, home.settings.city.timezone)
    return saved.from_us, saved.to_us


def filters_of(home: Home, saved: Saved, at_us: int) -> Filters:
    """Return which facts a question is about at an instant.

    Raises:
        WrongUsage: When a filter cannot be used (any more).
        NotFound: When a zone does not exist (any more).
    """
    told = saved.filters
    zoning, _, zone_id = str(told.get("zone", "")).partition(":")
    from_us, to_us = window(home, saved, at_us)
    return make_filters(
        home.frame,
        from_us=from_us,
        to_us=to_us,
        kinds=_texts(told.get("kind")),
        sources=_texts(told.get("source")),
        severity_min=int(told["severity_min"]) if told.get("severity_min") else None,
        zone=(zoning, zone_id) if zoning else None,
    )


def _texts(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def checked(home: Home, saved: Saved) -> Saved:
    """Return a question as it may be kept.

    Raises:
        WrongUsage: When something is unknown or out of range.
        NotFound: When there is no such analysis or zone.
    """
    title = scrubbed_reason(saved.title)
    if not 0 < len(title) <= LONGEST_TITLE:
        raise WrongUsage(reason=f"title: 1 to {LONGEST_TITLE} characters", field="title")
    analysis = get_analysis(home.analyses, saved.analysis)
    try:
        analysis.parameters.model_validate(dict(saved.params))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise WrongUsage(reason=f"{name}: {first['msg']}", field="params") from error
    if len(json.dumps([dict(saved.params), dict(saved.filters)])) > LONGEST_PARAMS:
        raise WrongUsage(reason=f"params: at most {LONGEST_PARAMS} characters", field="params")
    if set(saved.filters) - FILTERS:
        raise WrongUsage(reason=f"filters: {', '.join(sorted(FILTERS))}", field="filters")
    _check_period(saved)
    _check_schedule(saved)
    unknown = set(saved.shared) - set(sharers(home))
    if unknown:
        raise WrongUsage(reason=f"shared: {', '.join(sharers(home))}", field="shared")
    if saved.language not in LANGUAGES:
        raise WrongUsage(reason=f"language: {', '.join(LANGUAGES)}", field="language")
    filters_of(home, saved, now_us(home.clock))
    return replace(saved, title=title, shared=tuple(sorted(set(saved.shared))))


def _check_period(saved: Saved) -> None:
    if saved.unit:
        if saved.unit not in UNITS or not 1 <= saved.n <= MOST[saved.unit]:
            raise WrongUsage(reason=f"period: 1 to {MOST.get(saved.unit, 0)}", field="period")
    elif not 0 <= saved.from_us < saved.to_us:
        raise WrongUsage(reason="from >= to", field="period")


def _check_schedule(saved: Saved) -> None:
    if saved.every and saved.every not in EVERY:
        raise WrongUsage(reason=f"every: {', '.join(EVERY)}", field="schedule")
    hour, weekday = 0 <= saved.hour < HOURS, 0 <= saved.weekday < WEEK
    if not (hour and weekday and 1 <= saved.day <= LONGEST_MONTH):
        raise WrongUsage(reason="hour 0-23, weekday 0-6, day 1-31", field="schedule")


# --- Who may open, who may change -----------------------------------------------------------------


def may_open(caller: Caller, question: Question) -> bool:
    """Say whether a question is the caller's or shared with every role that he is seen with."""
    if question.owner == caller.name and not caller.view_as:
        return True
    return {caller.role, caller.view_as} - {""} <= set(question.saved.shared)


def may_open_report(caller: Caller, question: Question, report: QuestionReport) -> bool:
    """Say whether a report is for the caller: made for his very role, and the question his."""
    return report.role == (caller.view_as or caller.role) and may_open(caller, question)


def opened(home: Home, caller: Caller, name: str) -> Question:
    """Return a question that the caller may open; what he may not open does not exist for him."""
    question = home.desk.questions.get(name)
    if not may_open(caller, question):
        raise NotFound(what="question", name=name)
    return question


def _owned(home: Home, caller: Caller, name: str) -> Question:
    question = opened(home, caller, name)
    if question.owner != caller.name:
        raise Forbidden(why="not_yours")
    return question


def _write(home: Home, caller: Caller, subject: dict[str, Any]) -> None:
    """Ask for the right to save: that of a person who may ask questions."""
    home.rights.ask(caller, "figures", Verb.COMBINE, subject)
    if caller.by_token or caller.view_as:
        raise PersonRequired(why="person_required")


# --- Use cases ------------------------------------------------------------------------------------


def save_question(
    home: Home, caller: Caller, saved: Saved, *, name: str = "", after: int = 0
) -> dict[str, Any]:
    """Keep a new question, or a new version of one's own.

    Raises:
        Forbidden: When the role may not ask questions, or it is another's.
        WrongUsage: When something is unknown or out of range, or there are too many.
        NotFound: When there is no such question or analysis.
        StaleVersion: When it has been changed meanwhile.
    """
    subject = {"question": name[:40] or "new", "analysis": saved.analysis[:80]}
    _write(home, caller, subject)
    clean = checked(home, saved)
    desk = home.desk.questions
    if name:
        _owned(home, caller, name)
        return _told(home, caller, desk.change(name, clean, after=after, role=caller.role))
    if sum(one.owner == caller.name for one in desk.in_force()) >= MOST_OF_ONE:
        raise WrongUsage(reason=f"at most {MOST_OF_ONE} questions", field="title")
    return _told(home, caller, desk.create(clean, owner=caller.name, role=caller.role))


def end_question(home: Home, caller: Caller, name: str, *, after: int) -> dict[str, Any]:
    """End one's own question; versions and reports stay as long as their retention rules say.

    Raises:
        Forbidden: When it is another's.
        NotFound: When there is no such question.
        StaleVersion: When it has been changed meanwhile.
    """
    _write(home, caller, {"question": name[:40], "end": True})
    _owned(home, caller, name)
    changed = home.desk.questions.change(name, None, after=after, role=caller.role)
    return _told(home, caller, changed)


def owner_of(home: Home, question: Question, role: str) -> Caller | None:
    """Return the owner as a caller with a role; None when he is gone or has another role now."""
    if question.owner.startswith(AT_MACHINE):
        return Caller(question.owner, role)
    try:
        account = home.desk.accounts.get(question.owner)
    except NotFound:
        return None
    if account.disabled or account.role != role:
        return None
    return Caller(account.login, account.role, account.account_id)


def suspended(home: Home, question: Question) -> bool:
    """Say whether a question's schedule waits: its last report failed for want of its owner.

    It goes on when he has the role again, or when somebody saves the question anew.
    """
    last = next(
        (r for r in home.desk.questions.reports(question.question_id) if not r.by_hand), None
    )
    if last is None or last.state != FAILED or last.told.get("code") != GONE:
        return False
    return last.number == question.number and owner_of(home, question, question.role) is None


def list_questions(home: Home, caller: Caller) -> dict[str, Any]:
    """Return the questions that are the caller's or shared with his role, by title.

    Raises:
        Forbidden: When the role may not see figures.
    """
    home.rights.ask(caller, "figures", subject={"questions": True})
    found = [one for one in home.desk.questions.in_force() if may_open(caller, one)]
    items = [_told(home, caller, one) for one in found]
    failed = [
        one["question_id"]
        for one in items
        if one["mine"] and one["reports"] and one["reports"][0]["state"] == FAILED
    ]
    return {
        "items": items,
        "may_save": home.rights.may(caller, "figures", Verb.COMBINE) and not caller.by_token,
        "roles": sharers(home),
        "failed": failed,
        "next": None,
    }


def read_question(home: Home, caller: Caller, name: str) -> dict[str, Any]:
    """Return one question with its versions.

    Raises:
        Forbidden: When the role may not see figures.
        NotFound: When there is no such question for the caller.
    """
    home.rights.ask(caller, "figures", subject={"question": name[:40]})
    question = opened(home, caller, name)
    versions = home.desk.questions.versions(name)
    return _told(home, caller, question) | {
        "versions": [
            {"number": one.number, "title": one.saved.title, "at": to_rfc3339(one.at_us)}
            for one in versions
        ]
    }


def _told(home: Home, caller: Caller, question: Question) -> dict[str, Any]:
    saved, at = question.saved, now_us(home.clock)
    from_us, to_us = window(home, saved, at)
    rhythm, timezone = rhythm_of(saved), home.settings.city.timezone
    reports = home.desk.questions.reports(question.question_id, limit=REPORTS_SHOWN)
    mine = question.owner == caller.name
    shown = [
        report_json(one)
        for one in reports
        if may_open_report(caller, question, one) or (mine and one.state == FAILED)
    ]
    schedule = None
    if rhythm is not None:
        waits = suspended(home, question)
        schedule = asdict(rhythm) | {
            "next": None if waits else to_rfc3339(next_after(rhythm, at, timezone)),
            "suspended": _why_suspended(question) if waits else None,
        }
    return {
        "question_id": question.question_id,
        "number": question.number,
        "title": saved.title,
        "analysis": saved.analysis,
        "params": dict(saved.params),
        "filters": dict(saved.filters),
        "period": {"unit": saved.unit or "fixed", "n": saved.n},
        "from": to_rfc3339(from_us),
        "to": to_rfc3339(to_us),
        "shared": list(saved.shared),
        "schedule": schedule,
        "language": saved.language,
        "owner": question.owner,
        "mine": mine,
        "changed_at": to_rfc3339(question.at_us),
        "reports": shown,
    }


def _why_suspended(question: Question) -> dict[str, str]:
    return {tongue: translate(GONE, tongue, owner=question.owner) for tongue in LANGUAGES}


def report_json(report: QuestionReport) -> dict[str, Any]:
    """Return a report as lists tell it."""
    told = report.told
    failure = None
    if report.state == FAILED:
        code, params = str(told.get("code", "error")), dict(told.get("params", {}))
        failure = {tongue: translate(code, tongue, **params) for tongue in LANGUAGES}
    ends: Sequence[int | None] = (told.get("from_us"), told.get("to_us"))
    return {
        "report_id": report.report_id,
        "state": report.state,
        "by_hand": report.by_hand,
        "due": to_rfc3339(report.due_us),
        "at": to_rfc3339(report.at_us),
        "missed": report.missed,
        "late": bool(told.get("late", False)),
        "role": report.role,
        "from": None if ends[0] is None else to_rfc3339(ends[0]),
        "to": None if ends[1] is None else to_rfc3339(ends[1]),
        "base": told.get("base"),
        "withheld": told.get("withheld"),
        "size": told.get("size"),
        "failure": failure,
    }
