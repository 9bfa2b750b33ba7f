"""Reports of saved questions: due by the local clock, made beside the server, kept as PDF.

What was missed while nothing ran is caught up once: the newest occasion is made, and the report
says how many passed before it. A failure is kept as what it was, for the owner to see. Where he
has left or has another role, one report fails and says so, and the question then waits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from vigie.base.clock import now_us
from vigie.base.errors import Conflict, NotFound, VigieError
from vigie.base.translations import number
from vigie.desk.questions import (
    FAILED,
    READY,
    RUNNING,
    WAITING,
    Question,
    QuestionReport,
    Questions,
)
from vigie.desk.roles import ROLE_TITLES
from vigie.model.recurring import between
from vigie.model.times import HOUR_US
from vigie.privacy.purposes import Verb
from vigie.situation.answer_files import file_of
from vigie.situation.answer_paper import Paper, clock_text
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.questions.asking import Question as Asking
from vigie.situation.questions.asking import ask_analysis, paper_of
from vigie.situation.questions.saved import (
    GONE,
    filters_of,
    may_open_report,
    opened,
    owner_of,
    report_json,
    rhythm_of,
    suspended,
)

LONGEST_US: Final = HOUR_US
"""A report under way for longer was broken off."""
LATE_US: Final = HOUR_US
"""Made later than this after it was due, a report says so."""
INTERRUPTED: Final = "report_interrupted"
WORDS: Final = {
    "fr": {
        "made_for": "Établi pour le rôle",
        "by": "Question enregistrée par",
        "due": "Échéance",
        "late": "rattrapé en retard",
        "missed": "{n} échéance(s) passée(s) sans rapport avant celle-ci",
        "hand": "demandé à la main",
    },
    "en": {
        "made_for": "Made for the role",
        "by": "Question saved by",
        "due": "Due",
        "late": "caught up late",
        "missed": "{n} occasion(s) passed without a report before this one",
        "hand": "asked for by hand",
    },
}


def ask_report(home: Home, caller: Caller, name: str) -> dict[str, Any]:
    """Note that a report of a question is wanted now, for the caller's own role.

    Raises:
        Forbidden: When the role may not take answers away.
        NotFound: When there is no such question for the caller.
        Conflict: When one was asked for at this very instant.
    """
    subject = {"question": name[:40], "report": "asked"}
    home.rights.ask(caller, "figures", Verb.DISCLOSE, subject)
    question = opened(home, caller, name)
    if question.owner != caller.name:
        raise Conflict(what="question", name=name)
    wanted = home.desk.questions.want(
        question, due_us=now_us(home.clock), role=caller.role, by_hand=True
    )
    if wanted is None:
        raise Conflict(what="report", name=name)
    return report_json(wanted)


def read_report(home: Home, caller: Caller, name: str, report_id: str) -> tuple[str, bytes]:
    """Return a report as file name and PDF, its line of disclosure written before.

    Raises:
        Forbidden: When the role may not take answers away.
        NotFound: When there is no such report for the caller, or it is not made.
    """
    subject = {"question": name[:40], "report": report_id[:40], "form": "pdf"}
    home.rights.ask(caller, "figures", Verb.DISCLOSE, subject)
    question = opened(home, caller, name)
    report, content = home.desk.questions.report(report_id)
    theirs = report.question_id == name and may_open_report(caller, question, report)
    if content is None or not theirs:
        raise NotFound(what="report", name=report_id)
    day = clock_text(report.due_us, home.settings.city.timezone, "en")[:10]
    return f"vigie-{question.saved.analysis}-{day}.pdf", content


# --- What is due ----------------------------------------------------------------------------------


def due(home: Home) -> QuestionReport | None:
    """Return the report to be made next; None when there is none, or one is being made.

    Reports broken off are noted as failed; new occasions are noted as wanted.
    """
    at, desk = now_us(home.clock), home.desk.questions
    for report in desk.reports(state=RUNNING):
        if at - report.at_us > LONGEST_US:
            desk.finish(report.report_id, FAILED, {"code": INTERRUPTED})
    if desk.reports(state=RUNNING):
        return None
    for question in desk.in_force():
        _note_occasions(home, question, at)
    waiting = desk.reports(state=WAITING)
    return waiting[-1] if waiting else None


def _note_occasions(home: Home, question: Question, at_us: int) -> None:
    """Note the newest occasion of a question that has come, with how many were missed."""
    rhythm, desk = rhythm_of(question.saved), home.desk.questions
    if rhythm is None or suspended(home, question):
        return
    since = _scheduled_since(desk, question)
    for report in desk.reports(question.question_id):
        if not report.by_hand:
            since = max(since, report.due_us)
            break
    came = between(rhythm, since, at_us, home.settings.city.timezone)
    if came:
        desk.want(question, due_us=came[-1], role=question.role, missed=len(came) - 1)


def _scheduled_since(desk: Questions, question: Question) -> int:
    """Return since when a question has had the schedule that it has, epoch µs."""
    since = question.at_us
    for version in reversed(desk.versions(question.question_id)):
        if version.saved.rhythm != question.saved.rhythm:
            break
        since = version.at_us
    return since


# --- Making one -----------------------------------------------------------------------------------


def make_report(home: Home, report_id: str) -> QuestionReport:
    """Make a report that is wanted; how it ends is noted, failure too."""
    desk = home.desk.questions
    if not desk.take(report_id):
        return desk.report(report_id)[0]
    report = desk.report(report_id)[0]
    try:
        told, content = _made(home, report)
    except VigieError as error:
        params = {name: str(value) for name, value in error.params.items()}
        return desk.finish(report_id, FAILED, {"code": error.code, "params": params})
    if content is None:
        return desk.finish(report_id, FAILED, told)
    return desk.finish(report_id, READY, told, content)


def _made(home: Home, report: QuestionReport) -> tuple[dict[str, Any], bytes | None]:
    question = home.desk.questions.get(report.question_id)
    saved, at = question.saved, now_us(home.clock)
    caller = owner_of(home, question, report.role)
    if caller is None:
        return {"code": GONE, "params": {"owner": question.owner}}, None
    about = {"question": question.question_id, "report": report.report_id}
    moment = at if report.by_hand else report.due_us
    filters = filters_of(home, saved, moment)
    asked = ask_analysis(
        home, caller, Asking(saved.analysis, saved.params, filters, saved.language, about)
    )
    late = not report.by_hand and at - report.due_us > LATE_US
    paper = paper_of(home, asked, saved.params, saved.language)
    paper = replace(paper, heading=saved.title, told=_facts(paper, question, report, late=late))
    content = file_of(home, paper, saved.params, "pdf")
    told = {
        "from_us": asked.from_us,
        "to_us": asked.to_us,
        "base": asked.answer.base,
        "withheld": asked.answer.withheld,
        "size": len(content),
        "late": late,
    }
    return told, content


def _facts(
    paper: Paper, question: Question, report: QuestionReport, *, late: bool
) -> tuple[tuple[str, str], ...]:
    """Return what a report says of itself: for whom, by whom, when it was due."""
    words = WORDS[paper.language]
    said = [clock_text(report.due_us, paper.timezone, paper.language)]
    if report.by_hand:
        said.append(words["hand"])
    if late:
        said.append(words["late"])
    if report.missed:
        said.append(words["missed"].format(n=number(report.missed, paper.language)))
    return (
        (words["made_for"], ROLE_TITLES[report.role][paper.language]),
        (words["by"], question.owner),
        (words["due"], " ; ".join(said) if paper.language == "fr" else "; ".join(said)),
    )
