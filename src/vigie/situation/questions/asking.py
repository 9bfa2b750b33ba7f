"""Asking an analysis for a caller: rights, selection, answer; and the answer on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from vigie.analyse.analysis import Analysis, OutputColumn, get_analysis
from vigie.analyse.map_layer import COURSE
from vigie.analyse.running import Answer, Selection, run_analysis
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.model.taxonomy import TAXONOMY
from vigie.privacy.purposes import Verb
from vigie.situation.answer_files import MEDIA, file_of
from vigie.situation.answer_paper import Paper
from vigie.situation.behind import frame_of, window_of
from vigie.situation.beside import ask_beside
from vigie.situation.caller import Caller
from vigie.situation.filters import Filters
from vigie.situation.frame import DISTRICTS
from vigie.situation.home import Home
from vigie.situation.place_names import PlaceName, names_of

MOST_IN_FILE: Final = 500_000
"""Rows of an answer that are written into a file."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        name: The analysis.
        params: Its own parameters.
        filters: Which facts; box and states are not for analyses.
        language: Language of texts in the result.
        about: What else the line in the audit says of it.
    """

    name: str
    params: Mapping[str, Any]
    filters: Filters
    language: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer.

    Attributes:
        analysis: The analysis.
        answer: What may be shown.
        from_us: Start of the period, epoch µs.
        to_us: Its end, exclusive.
    """

    analysis: Analysis
    answer: Answer
    from_us: int
    to_us: int


def ask_analysis(
    home: Home, caller: Caller, question: Question, *, verb: Verb = Verb.COMBINE
) -> Asked:
    """Run an analysis on the facts that pass the filters; the last 12 months by default.

    Args:
        home: The home.
        caller: Who asks.
        question: What is asked.
        verb: ``COMBINE`` to look at the answer, ``DISCLOSE`` to take it away.

    Raises:
        Forbidden: When the role may not do that.
        NotFound: When there is no such analysis.
        WrongUsage: When a parameter cannot be used.
    """
    filters = question.filters
    subject = {**filters.subject(), "analysis": question.name[:80], **question.about}
    view = home.rights.ask(caller, "figures", verb, subject=subject)
    analysis = get_analysis(home.analyses, question.name)
    if filters.bbox is not None or filters.statuses:
        raise WrongUsage(reason="bbox, status: not for analyses", field="bbox")
    from_us, to_us = window_of(home, filters)
    zone = None
    if filters.zoning is not None:
        zone = (filters.zoning.name, filters.zoning.ids[filters.zone_index])
    selection = Selection(
        *(from_us, to_us, filters.kinds, view.sources(filters.sources)),
        *(filters.severity_min or 0, zone, view.area),
    )
    frame = frame_of(home, from_us, to_us, question.language)
    keep = ask_beside(home, caller, analysis, subject)
    answer = run_analysis(
        *(analysis, home.lake, selection, question.params, frame), beside=keep, least=view.least
    )
    return Asked(titled(home, analysis, answer), answer, from_us, to_us)


def titled(home: Home, analysis: Analysis, answer: Answer) -> Analysis:
    """Return an analysis whose columns of feeds and kinds tell those of the answer by words."""
    if not any(column.source or column.kind for column in analysis.columns):
        return analysis
    titles = {one.source: (one.title["fr"], one.title["en"]) for one in home.intake.sources()}
    kinds = {one.code: (one.fr, one.en) for one in TAXONOMY}

    def told(column: OutputColumn) -> OutputColumn:
        known = {**(kinds if column.kind else {}), **(titles if column.source else {})}
        codes = sorted(set(answer.table[column.name].to_pylist()) & set(known)) if known else []
        return replace(column, words={**{code: known[code] for code in codes}, **column.words})

    return replace(analysis, columns=tuple(map(told, analysis.columns)))


def places_of(
    home: Home, analysis: Analysis, rows: Sequence[Mapping[str, Any]], params: Mapping[str, Any]
) -> list[PlaceName]:
    """Return the places that rows name, each once, with a name that people know."""
    column = analysis.geo_column
    if column is None or column == COURSE:
        return []
    ids = dict.fromkeys(row[column] for row in rows if row[column])
    zoning = home.frame.zonings.get(str(params.get("zoning", DISTRICTS)))
    return names_of(home.frame, list(ids), column, zoning)


def paper_of(home: Home, asked: Asked, params: Mapping[str, Any], language: str) -> Paper:
    """Return an answer as it stands on paper."""
    column = asked.analysis.geo_column
    names: dict[str, str] = {}
    if column is not None:
        rows = asked.answer.table.select([column]).to_pylist()
        found = places_of(home, asked.analysis, rows, params)
        names = {one.place_id: one.fr if language == "fr" else one.en for one in found}
    return Paper(
        *(asked.analysis, asked.answer, names, asked.from_us, asked.to_us),
        *(now_us(home.clock), language, home.settings.city.timezone),
    )


def answer_file(home: Home, caller: Caller, question: Question, form: str) -> tuple[str, bytes]:
    """Return an answer as a file, its line of disclosure written before: file name and content.

    Raises:
        Forbidden: When the role may not take answers away.
        NotFound: When there is no such analysis.
        WrongUsage: When a parameter or form cannot be used, or the answer is too long.
    """
    if form not in MEDIA:
        raise WrongUsage(reason=f"form: {', '.join(MEDIA)}", field="form")
    about = {**question.about, "form": form}
    asked = ask_analysis(home, caller, replace(question, about=about), verb=Verb.DISCLOSE)
    if asked.answer.table.num_rows > MOST_IN_FILE:
        raise WrongUsage(reason=f"rows: at most {MOST_IN_FILE}", field="params")
    paper = paper_of(home, asked, question.params, question.language)
    day = to_rfc3339(paper.at_us)[:10]
    return f"vigie-{question.name}-{day}.{form}", file_of(home, paper, question.params, form)
