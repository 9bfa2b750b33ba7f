"""An answer on paper: question, base, chart, table and limits, for PDF, PNG and HTML."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vigie.analyse.analysis import Analysis, OutputColumn
from vigie.analyse.running import Answer
from vigie.base.clock import to_rfc3339
from vigie.base.translations import figure, number
from vigie.model.times import at_local
from vigie.reports.document import Block, Heading, Paragraph, Picture, Report, Table
from vigie.reports.drawing import Drawing

MOST_BARS = 20
MOST_ROWS = 60
MOST_COLUMNS = 8
WIDTH, BAR, LABEL, RIGHT = 520.0, 17.0, 190.0, 60.0
INK, QUIET, FILL = "#14212d", "#45545f", "#8fbce6"
WORDS = {
    "fr": {
        "by": "établi par Vigie",
        "page": "page",
        "of": "sur",
        "base": "Base",
        "facts": "faits",
        "period": "Période",
        "made": "Calculé",
        "withheld": "Lignes masquées (petits nombres)",
        "limits": "Ce que cela ne montre pas",
        "answer": "Réponse",
        "first": "Les {n} premières lignes sur {all}.",
        "chart": "{column} : les {n} premières lignes, intervalle à 95 % où il est connu.",
        "reference": "Méthode",
        "hidden": "masqué",
        "small": "Base trop petite pour conclure.",
    },
    "en": {
        "by": "made by Vigie",
        "page": "page",
        "of": "of",
        "base": "Base",
        "facts": "facts",
        "period": "Period",
        "made": "Computed",
        "withheld": "Rows withheld (small counts)",
        "limits": "What it does not show",
        "answer": "Answer",
        "first": "The first {n} rows of {all}.",
        "chart": "{column}: the first {n} rows, 95% interval where it is known.",
        "reference": "Method",
        "hidden": "withheld",
        "small": "The base is too small to conclude.",
    },
}
SMALL_BASE = 30


@dataclass(frozen=True)
class Paper:
    """What stands on the paper.

    Attributes:
        analysis: The analysis.
        answer: Its answer as it may be shown.
        names: Names of its places by id.
        from_us: Start of the period, epoch µs.
        to_us: End of the period, exclusive, epoch µs.
        at_us: When it was computed, epoch µs.
        language: ``fr`` or ``en``.
        timezone: The city's zone: instants are told by its clock.
        heading: What a person called the question; empty for the analysis's own words.
        told: What else is said beside period and base, as terms and values.
    """

    analysis: Analysis
    answer: Answer
    names: dict[str, str]
    from_us: int
    to_us: int
    at_us: int
    language: str
    timezone: str = "UTC"
    heading: str = ""
    told: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> dict[str, str]:
        """Words of the frame."""
        return WORDS[self.language]

    def title(self, column: OutputColumn) -> str:
        """Return what a column is called, with its unit."""
        name = column.fr if self.language == "fr" else column.en
        unit = column.unit_in(self.language)
        return f"{name} ({unit})" if unit else name

    def cell(self, column: OutputColumn, value: Any) -> str:
        """Return a value in words."""
        if value is None:
            return "–"
        if str(value) in column.words:
            return column.words[str(value)][0 if self.language == "fr" else 1]
        if column.name == self.analysis.geo_column:
            return self.names.get(str(value), str(value))
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return figure(value, self.language)


def facts_of(paper: Paper) -> list[tuple[str, str]]:
    """Return period, base, rows withheld and age, as terms and values."""
    words, answer = paper.words, paper.answer
    base = f"{number(answer.base, paper.language)} {words['facts']}"
    if answer.base < SMALL_BASE:
        base = f"{base}. {words['small']}"
    ends = [clock_text(us, paper.timezone, paper.language) for us in (paper.from_us, paper.to_us)]
    made = clock_text(paper.at_us, paper.timezone, paper.language)
    return [
        (words["period"], f"{ends[0]} – {ends[1]} ({paper.timezone})"),
        (words["base"], base),
        (words["withheld"], number(answer.withheld, paper.language)),
        (words["made"], f"{made} ({paper.timezone})"),
        *paper.told,
    ]


def clock_text(us: int, timezone: str, language: str) -> str:
    """Return an instant as the city's clock shows it."""
    form = "%d/%m/%Y %H:%M" if language == "fr" else "%Y-%m-%d %H:%M"
    return at_local(us, timezone).strftime(form)


def measured(paper: Paper) -> OutputColumn | None:
    """Return the column that the bars show: the map's, else the first number that is no key."""
    table, columns = paper.answer.table, {one.name: one for one in paper.analysis.columns}
    wanted = [paper.analysis.map_column, paper.analysis.count_column]
    wanted += [one.name for one in paper.analysis.columns if not one.key]
    for name in wanted:
        if name in columns and str(table.schema.field(name).type) in {"int64", "double", "int32"}:
            return columns[name]
    return None


def bounded(analysis: Analysis) -> str | None:
    """Return the column that ``low`` and ``high`` bound: the one told just before them."""
    before = None
    for column in analysis.columns:
        if column.name == "low":
            return before
        if not column.key:
            before = column.name
    return None


def _label(paper: Paper, row: dict[str, Any]) -> str:
    keys = [c for c in paper.analysis.columns if c.key and row[c.name] not in {None, ""}]
    place = [c for c in keys if c.name == paper.analysis.geo_column]
    kept = [*place, *(c for c in keys if c.name in {"day", "rank"})] if place else keys
    return " · ".join(paper.cell(c, row[c.name]) for c in kept[:3])[:44]


def chart_of(paper: Paper) -> Picture | None:
    """Return bars of the first rows with their intervals; None where no row has a number."""
    column = measured(paper)
    rows = paper.answer.table.slice(0, MOST_BARS).to_pylist()
    if column is None or not any(_number(row[column.name]) for row in rows):
        return None
    ranged = bounded(paper.analysis) == column.name
    values = [row.get(name) for row in rows for name in (column.name, *(("high",) * ranged))]
    most = max(_number(value) for value in values) or 1.0
    drawing = Drawing(WIDTH, BAR * len(rows) + 8, title=paper.title(column))
    scale = (WIDTH - LABEL - RIGHT) / most
    for place, row in enumerate(rows):
        y = 4 + BAR * place
        _bar(drawing, paper, column, row, y, scale)
        if ranged and row["low"] is not None and row["high"] is not None:
            ends = [LABEL + scale * max(0.0, _number(row[name])) for name in ("low", "high")]
            middle = y + BAR / 2 - 1
            drawing.add(
                *(drawing.root, "line"),
                x1=ends[0],
                x2=ends[1],
                y1=middle,
                y2=middle,
                stroke=INK,
                stroke_width=1.2,
            )
    text = paper.words["chart"].format(column=paper.title(column), n=len(rows))
    return Picture(drawing.write(), text, text)


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if known else 0.0


def _bar(
    drawing: Drawing, paper: Paper, column: OutputColumn, row: dict[str, Any], *at: float
) -> None:
    y, scale = at
    value, base = row[column.name], y + BAR - 6
    drawing.text(
        *(drawing.root, LABEL - 6, base, _label(paper, row)), font_size=9, text_anchor="end"
    )
    told = paper.words["hidden"] if row.get("withheld") else paper.cell(column, value)
    wide = scale * max(0.0, _number(value))
    drawing.add(drawing.root, "rect", x=LABEL, y=y, width=wide, height=BAR - 4, fill=FILL)
    drawing.text(drawing.root, WIDTH - RIGHT + 6, base, told, font_size=9, fill=QUIET)


def table_of(paper: Paper) -> Table:
    """Return the first rows and columns as a table; what is withheld is said so."""
    columns = paper.analysis.columns[:MOST_COLUMNS]
    answer, words = paper.answer, paper.words
    rows = answer.table.slice(0, MOST_ROWS).to_pylist()
    cells = [
        [
            words["hidden"] if row.get("withheld") and not c.key else paper.cell(c, row[c.name])
            for c in columns
        ]
        for row in rows
    ]
    note = words["first"].format(n=len(rows), all=number(answer.table.num_rows, paper.language))
    text = {"string", "date32[day]", "bool"}
    sides: list[Any] = [
        "left" if str(answer.table.schema.field(c.name).type) in text or c.words else "right"
        for c in columns
    ]
    return Table(words["answer"], [paper.title(c) for c in columns], cells, sides, note=note)


def report_of(paper: Paper, *, brief: bool = False) -> Report:
    """Return the answer as a report to be set; a brief one is a page, without its table."""
    words, language = paper.words, paper.language
    blocks: list[Block] = [Paragraph(note[language]) for note in paper.answer.notes]
    picture = chart_of(paper)
    blocks += [Heading(words["answer"]), *([picture] if picture else [])]
    if not brief or picture is None:
        blocks.append(table_of(paper))
    blocks += [
        Heading(words["limits"]),
        Paragraph(paper.answer.limits[language], "warning"),
        Paragraph(f"{words['reference']}: {paper.analysis.reference}", "note"),
    ]
    made = to_rfc3339(paper.at_us)
    question = paper.analysis.question[language]
    return Report(
        title=paper.heading or question,
        subtitle=question if paper.heading else paper.analysis.name,
        version=made[:16],
        date=made[:10],
        language=language,
        words={name: words[name] for name in ("by", "page", "of")},
        blocks=blocks,
        facts=facts_of(paper),
    )


def page_of(paper: Paper) -> str:
    """Return the answer as one HTML page that asks nobody for anything."""
    told, words, language = html.escape, paper.words, paper.language
    table, picture = table_of(paper), chart_of(paper)

    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{told(one)}</{tag}>" for one in cells) + "</tr>"

    facts = "".join(f"<dt>{told(k)}</dt><dd>{told(v)}</dd>" for k, v in facts_of(paper))
    notes = "".join(f"<p>{told(note[language])}</p>" for note in paper.answer.notes)
    figure = ""
    if picture is not None:
        figure = f"<figure>{picture.svg}<figcaption>{told(picture.caption)}</figcaption></figure>"
    title = told(paper.analysis.question[language])
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;"
        "margin:2rem auto;padding:0 1rem;color:#14212d;background:#fff}table{border-collapse:"
        "collapse;font-size:.85rem}td,th{border-bottom:1px solid #7d8b98;padding:2px 8px;"
        "text-align:left}aside{border-left:3px solid #14212d;padding:.5rem 1rem}</style>"
        f"<h1>{title}</h1><dl>{facts}</dl>{notes}{figure}"
        f"<table><caption>{told(table.caption)}. {told(table.note)}</caption>"
        f"<thead>{line(table.columns, 'th')}</thead>"
        f"<tbody>{''.join(line(row, 'td') for row in table.rows)}</tbody></table>"
        f"<h2>{told(words['limits'])}</h2><aside>{told(paper.answer.limits[language])}</aside>"
        f"<p>{told(words['reference'])}: {told(paper.analysis.reference)}</p></html>\n"
    )
