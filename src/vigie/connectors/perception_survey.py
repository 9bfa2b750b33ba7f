"""Surveys of the feeling of tranquillity: how many say what in a zone, never who.

Aggregates only: a row is a zone, a period, a question, a figure and how many answered. A file in
which one column looks like the identifier of a person is refused whole. A row that rests on fewer
answers than the smallest group is not taken, not even into quarantine: a file with one row for each
person gives nothing. Shares are kept to a whole per cent, scores as per cent of their scale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.messages.identifiers import Role, refuse_identifiers, refuse_identifiers_around
from vigie.intake.messages.lists import fields_of
from vigie.intake.messages.moments import read_moment, revision_of
from vigie.intake.messages.options import positive, texts
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.sheets import (
    Cells,
    Headings,
    as_json_rows,
    data_of,
    figure,
    folded,
    given_columns,
    need_cell,
)
from vigie.intake.messages.tree import MAX_BYTES
from vigie.intake.tabular.anyform import read_any_table
from vigie.intake.tabular.block import Block, FileRefused
from vigie.model.times import DAY_US, SECOND_US

MINIMUM = 20
"""Fewest answers that a figure may rest on; a feed can only raise it (option ``minimum``)."""
SCORE, UNIT = "feeling.tranquillity", "%"
LONGEST_DAYS = 400

_DATA = data_of("perception_survey")
_QUESTIONS = {folded(word): name for name, words in _DATA["questions"].items() for word in words}
_FIGURES = ("part", "nombre", "note")
_PLACES = ("zone",)
_WORDS = ("zone", "question", "periode")
_MONTHS = {"": 12, "S": 6, "T": 3, "Q": 3}
_PERIOD = re.compile(
    r"(?P<y>\d{4})(?:[-/ ]?(?P<p>[STQ])(?P<n>[1-4])|[-/](?P<m>\d{1,2}))?", re.IGNORECASE
)
_PERIOD_FIRST = re.compile(
    r"(?:(?P<p>[STQ])(?P<n>[1-4])[-/ ]|(?P<m>\d{1,2})[-/])(?P<y>\d{4})", re.IGNORECASE
)
_YEAR = 12

FIELDS = tuple(fields_of({"": _DATA["fields"]}, {}))
_HEADINGS = Headings(FIELDS, _DATA["names"])


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one table (CSV, XLSX, JSON) into measures.

    Options of the feed: ``minimum`` (raises the fewest answers, never lowers it), ``question``
    (of a file without that column), ``questions`` (from its words to a metric), ``zones`` (from
    zone to place id; otherwise the zone itself is the place id), ``columns`` (from field to
    heading), ``sheet`` (of a workbook).
    """
    if payload.content.seek(0, 2) > MAX_BYTES:
        yield refused_file("measures", FileRefused("too_large", limit=MAX_BYTES))
        return
    payload.content.seek(0)
    given = given_columns(context)
    try:
        refuse_identifiers_around(payload)
        sheet = str(context.options.get("sheet", ""))
        blocks = list(read_any_table(payload, context, _HEADINGS.known(given), sheet))
        refuse_identifiers(blocks, lambda heading: _role(heading, given))
        survey = _Survey(context, given)
        for block in blocks:
            survey.read(block)
    except FileRefused as refusal:
        yield refused_file("measures", refusal)
        return
    yield from survey.parsed(blocks)


def _role(heading: str, given: dict[str, str]) -> Role:
    name = _HEADINGS.field_of(heading, given)
    documented = _HEADINGS.field_of(heading, {}) is not None
    return Role(documented, name in _PLACES, name is not None and name not in _WORDS)


@dataclass(slots=True)
class _Entry:
    """One row: where it stood, its cells, the measure it makes or why it makes none."""

    number: int
    cells: Cells
    key: tuple[Any, ...] = ()
    measure: dict[str, Any] = field(default_factory=dict)
    refusal: RowRefused | None = None


class _Survey:
    """The rows of one file: all are read before the first is given out."""

    def __init__(self, context: Context, given: dict[str, str]) -> None:
        options = context.options
        self._timezone, self._given = context.timezone, given
        self._minimum = max(MINIMUM, math.ceil(positive(options, "minimum") or 0))
        self._question = str(options.get("question", ""))
        self._zones = texts(options, "zones")
        own = {folded(word): name for word, name in texts(options, "questions").items()}
        self._questions = _QUESTIONS | {
            word: name for word, name in own.items() if name in _DATA["questions"]
        }
        self._rows = Rows("measures")
        self._entries: list[_Entry] = []

    def read(self, block: Block) -> None:
        """Read the rows of a block.

        Raises:
            FileRefused: ``missing_column``.
        """
        self._rows.remarks(block.notices)
        if not len(block):
            return
        sheet = _HEADINGS.cut(block, self._given)
        needs: list[tuple[str, ...]] = [
            *(("zone",), ("periode", "debut"), _FIGURES, ("reponses",)),
            *([] if self._question else [("question",)]),
        ]
        for group in needs:
            if sheet.fields.isdisjoint(group):
                raise FileRefused("missing_column", column=group[0])
        self._rows.remarks(sheet.notices)
        for _, line, cells in sheet.rows:
            entry = _Entry(line, cells)
            self._entries.append(entry)
            try:
                self._fill(entry)
            except RowRefused as refusal:
                entry.refusal = refusal

    def _raw(self, beside: list[Cells], cells: Cells) -> bytes:
        """Return a row as it may be kept: of a group that is too small, without its figures."""
        if self._is_small(cells):
            cells = {name: text for name, text in cells.items() if name not in _FIGURES}
            cells |= {"reponses": f"<{self._minimum}", _FIGURES[0]: "*"}
        return as_json_rows([*beside, cells])

    def _is_small(self, cells: Cells) -> bool:
        said = cells.get("reponses", "")
        if said[:1] in {"<", "*"}:
            return True
        try:
            answers = figure(cells, "reponses")
        except RowRefused:
            return False
        return answers is not None and answers < self._minimum

    def _fill(self, entry: _Entry) -> None:
        """Give a row its measure.

        Raises:
            RowRefused: When it makes none.
        """
        cells = entry.cells
        if self._is_small(cells):
            raise RowRefused("group_too_small", count="n", minimum=self._minimum)
        zone = need_cell(cells, "zone", 80)
        metric = self._metric(cells)
        answers = figure(cells, "reponses")
        if answers is None:
            raise RowRefused("missing_required", column="reponses")
        value = float(round(_value(cells, metric, answers)))
        from_us, to_us = self._period(cells)
        revision = revision_of(cells.get("mise_a_jour"), self._timezone, "mise_a_jour")
        days = round((to_us - from_us) / DAY_US)
        entry.key = (metric, zone, from_us, to_us, revision)
        entry.measure = {
            "source_ref": f"{metric}/{zone}@{from_us // SECOND_US}+{days}",
            "revision": revision,
            "metric": metric,
            "place_id": self._zones.get(zone, zone),
            "from_at": from_us,
            "to_at": to_us,
            "value": value,
            "unit": UNIT,
            "group_size": int(answers),
            "quality": "good",
            "lon": figure(cells, "longitude"),
            "lat": figure(cells, "latitude"),
        }

    def _metric(self, cells: Cells) -> str:
        said = cells.get("question") or self._question
        if not said:
            raise RowRefused("missing_required", column="question")
        metric: str | None = self._questions.get(folded(said))
        if metric is None:
            raise RowRefused("unknown_code", value=said[:40], column="question")
        return metric

    def _period(self, cells: Cells) -> tuple[int, int]:
        """Return when a survey began and ended: a named period, or its first and last day."""
        if "periode" in cells:
            first, after = _named(cells["periode"])
            begins, ends = (
                read_moment(day.isoformat(), None, self._timezone, "periode").earliest_us
                for day in (first, after)
            )
            return begins, ends
        start = read_moment(need_cell(cells, "debut", 80), None, self._timezone, "debut")
        end = read_moment(need_cell(cells, "fin", 80), None, self._timezone, "fin")
        begins = start.earliest_us
        ends = end.latest_us + 1 if end.day_only else end.earliest_us
        if ends <= begins:
            raise RowRefused("time_reversed")
        lasted = (ends - begins) / DAY_US
        if not 0.9 <= lasted <= LONGEST_DAYS:  # noqa: PLR2004 -- a day of 23 hours is one
            raise RowRefused("out_of_range", value=f"{lasted:.1f} d", column="fin")
        return begins, ends

    def parsed(self, blocks: list[Block]) -> Iterator[Parsed]:
        """Yield the measures; two rows that contradict each other are both refused."""
        told: dict[tuple[Any, ...], list[_Entry]] = {}
        for entry in self._entries:
            if entry.refusal is None:
                told.setdefault(entry.key, []).append(entry)
        for entry in self._entries:
            same = told.get(entry.key, [entry])
            others = [one for one in same if one.measure.get("value") != entry.measure.get("value")]
            self._rows.read = entry.number - 1
            with self._rows.row(partial(self._raw, [one.cells for one in others[:1]], entry.cells)):
                if entry.refusal is not None:
                    raise entry.refusal
                if others:
                    raise RowRefused("figures_differ", value=entry.measure["metric"])
                if same[0] is entry:
                    zone = need_cell(entry.cells, "zone", 80)
                    self._rows.add("measures", entry.measure, place_name=zone)
                else:
                    self._rows.remark("duplicate_row")
        self._rows.read = sum(block.read for block in blocks)
        rejects = [reject for block in blocks for reject in block.rejects]
        for part, chunk in enumerate(self._rows.parsed()):
            if part == 0:
                chunk.rejects = [*rejects, *chunk.rejects]
            yield chunk


def _named(said: str) -> tuple[date, date]:
    """Return the first day of a named period and the day after its last.

    Raises:
        RowRefused: ``bad_time``.
    """
    found = _PERIOD.fullmatch(said.strip()) or _PERIOD_FIRST.fullmatch(said.strip())
    if found is None:
        raise RowRefused("bad_time", value=said[:40], column="periode")
    year = int(found["y"])
    length, number = _MONTHS[(found["p"] or "").upper()], int(found["n"] or 1)
    if found["m"]:
        length, number = 1, int(found["m"])
    month = (number - 1) * length
    try:
        first = date(year, month + 1, 1)
        after = date(year + (month + length) // _YEAR, (month + length) % _YEAR + 1, 1)
    except ValueError:
        raise RowRefused("bad_time", value=said[:40], column="periode") from None
    return first, after


def _value(cells: Cells, metric: str, answers: float) -> float:
    """Return the figure of a row in per cent: of those who answered, or of the scale of a score.

    Raises:
        RowRefused: ``missing_required``, ``bad_number`` or ``out_of_range``.
    """
    name = next((name for name in _FIGURES if name in cells), None)
    if name is None:
        raise RowRefused("missing_required", column=_FIGURES[0])
    if (name == "note") != (metric == SCORE):
        raise RowRefused("missing_required", column="note" if metric == SCORE else "part")
    plain = {name: cells[name].replace("%", "").strip()}
    value = figure(plain, name) or 0.0
    if name == "nombre":
        value = 100.0 * value / answers
    if name == "note":
        low, high = figure(cells, "note_min"), figure(cells, "note_max")
        if low is None or high is None or high <= low:
            raise RowRefused("missing_required", column="note_max")
        value = 100.0 * (value - low) / (high - low)
    if not 0.0 <= value <= 100.0:  # noqa: PLR2004 -- per cent
        raise RowRefused("out_of_range", value=cells[name][:40], column=name)
    return value


CONNECTOR = Connector(
    name="perception_survey",
    title={
        "fr": "Enquêtes sur le sentiment de tranquillité",
        "en": "Surveys of the feeling of tranquillity",
    },
    emits=("measures",),
    suffixes=(".csv", ".xlsx", ".json"),
    media=(
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
    ),
    fields=FIELDS,
    parse=parse,
    period_s=92 * 86_400,
    revises=True,
    reference="Published tables of victimisation and living-environment surveys (no public schema)",
)
