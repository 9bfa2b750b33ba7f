"""An answer as a file; saved questions and their reports."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from vigie.base.translations import choose_language
from vigie.desk.questions import Saved
from vigie.privacy.purposes import Verb
from vigie.situation.answer_files import MEDIA
from vigie.situation.questions import reports, saved
from vigie.situation.questions.asking import Question, answer_file
from vigie.web.answers.questions import (
    QuestionAnswer,
    QuestionChange,
    QuestionDetail,
    QuestionEnd,
    QuestionList,
    QuestionReportAnswer,
    QuestionSpec,
)
from vigie.web.answers.signals import AnalysisRun
from vigie.web.filters import FiltersDep, epoch_us
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["questions"])

Form = Literal["parquet", "arrow", "csv", "json", "geojson", "html", "pdf", "png"]
QuestionId = Annotated[str, Path(max_length=40)]
BINARY = {"schema": {"type": "string", "format": "binary"}}


def _file(name: str, content: bytes) -> Response:
    form = name.rpartition(".")[2]
    head = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA[form], headers=head)


@router.post(
    "/analyses/{name}/file",
    operation_id="fileOfAnalysis",
    response_class=Response,
    responses={
        200: {
            "description": "The answer, as a file.",
            "content": {media.partition(";")[0]: BINARY for media in MEDIA.values()},
        }
    },
    **needs(Verb.DISCLOSE, "figures"),
)
def file_of_analysis(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    filters: FiltersDep,
    name: Annotated[str, Path(max_length=80)],
    form: Annotated[Form, Query(description="CSV is safe against formulas.")],
    body: AnalysisRun,
) -> Response:
    """Ask a question and take its answer away as a file, small counts withheld."""
    language = choose_language(request.headers.get("accept-language"))
    asked = Question(name, body.params, filters, language)
    return _file(*answer_file(home, caller, asked, form))


def _saved(body: QuestionSpec) -> Saved:
    period, schedule = body.period, body.schedule
    fixed = period.unit == "fixed"
    return Saved(
        title=body.title,
        analysis=body.analysis,
        params=body.params,
        filters=body.filters,
        unit="" if fixed else period.unit,
        n=period.n,
        from_us=(epoch_us(period.from_) or 0) if fixed else 0,
        to_us=(epoch_us(period.to) or 0) if fixed else 0,
        shared=tuple(body.shared),
        language=body.language,
        **({} if schedule is None else schedule.model_dump()),
    )


@router.get(
    "/questions",
    operation_id="listQuestions",
    response_model=QuestionList,
    **needs(Verb.CONSULT, "figures"),
)
def get_questions(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return one's own questions and those shared with one's role."""
    return saved.list_questions(home, caller)


@router.post(
    "/questions",
    operation_id="saveQuestion",
    response_model=QuestionAnswer,
    status_code=201,
    **needs(Verb.COMBINE, "figures"),
)
def save_question(home: HomeDep, caller: CallerDep, body: QuestionSpec) -> dict[str, Any]:
    """Keep a new question."""
    return saved.save_question(home, caller, _saved(body))


@router.get(
    "/questions/{question_id}",
    operation_id="getQuestion",
    response_model=QuestionDetail,
    **needs(Verb.CONSULT, "figures"),
)
def get_question(home: HomeDep, caller: CallerDep, question_id: QuestionId) -> dict[str, Any]:
    """Return one question with its versions."""
    return saved.read_question(home, caller, question_id)


@router.put(
    "/questions/{question_id}",
    operation_id="changeQuestion",
    response_model=QuestionAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def change_question(
    home: HomeDep, caller: CallerDep, question_id: QuestionId, body: QuestionChange
) -> dict[str, Any]:
    """Keep a new version of one's own question."""
    return saved.save_question(home, caller, _saved(body), name=question_id, after=body.after)


@router.post(
    "/questions/{question_id}/end",
    operation_id="endQuestion",
    response_model=QuestionAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def end_question(
    home: HomeDep, caller: CallerDep, question_id: QuestionId, body: QuestionEnd
) -> dict[str, Any]:
    """End one's own question."""
    return saved.end_question(home, caller, question_id, after=body.after)


@router.post(
    "/questions/{question_id}/reports",
    operation_id="askQuestionReport",
    response_model=QuestionReportAnswer,
    status_code=202,
    **needs(Verb.DISCLOSE, "figures"),
)
def ask_report(home: HomeDep, caller: CallerDep, question_id: QuestionId) -> dict[str, Any]:
    """Have a report made now, beside the server."""
    return reports.ask_report(home, caller, question_id)


@router.get(
    "/questions/{question_id}/reports/{report_id}",
    operation_id="readQuestionReport",
    response_class=Response,
    responses={200: {"description": "The report.", "content": {"application/pdf": BINARY}}},
    **needs(Verb.DISCLOSE, "figures"),
)
def read_report(
    home: HomeDep,
    caller: CallerDep,
    question_id: QuestionId,
    report_id: Annotated[str, Path(max_length=40)],
) -> Response:
    """Return a report as PDF."""
    return _file(*reports.read_report(home, caller, question_id, report_id))
