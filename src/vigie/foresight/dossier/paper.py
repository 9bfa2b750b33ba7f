"""An event file as a report: every part of it in words, tables and a map, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us
from vigie.foresight.dossier.after import engaged
from vigie.foresight.dossier.model import State
from vigie.foresight.dossier.paper_after import after_on_paper
from vigie.foresight.dossier.paper_parts import (
    figures_on_paper,
    first_aid_on_paper,
    ground_on_paper,
    messages_on_paper,
    posts_on_paper,
    services_on_paper,
    shifts_on_paper,
)
from vigie.foresight.dossier.sheet import map_alt, map_svg
from vigie.foresight.dossier.texts import remark_text
from vigie.foresight.dossier.writer import Paper, Writer
from vigie.model.taxonomy import TAXONOMY
from vigie.reports.document import Block, Facts, Heading, Paragraph, Picture, Report


def report_of(paper: Paper, language: str, sheet: str = "A4") -> Report:
    """Return the report of a file; equal papers give equal reports."""
    say = Writer(paper, language)
    made = from_us(paper.at_us).astimezone(ZoneInfo(paper.timezone))
    final = paper.state in {State.VALIDATED, State.CLOSED}
    state = say.word("state", paper.state)
    return Report(
        title=paper.plan.title or say.word("word", "event_file"),
        subtitle=f"{say.word('word', 'event_file')} · {say.version} · {say.date}",
        version=say.version,
        date=made.date().isoformat(),
        language=language,
        words={name: say.word("word", name) for name in ("by", "page", "of")},
        state="" if final else say.word("word", "not_final", state=state),
        facts=_facts(say),
        blocks=[block for part in _PARTS for block in part(say)] + [_map(say, sheet)],
    )


def _facts(say: Writer) -> list[tuple[str, str]]:
    plan, content = say.paper.plan, say.paper.content
    low, likely, high = plan.attendance
    kind = TAXONOMY.find(plan.kind)
    name = plan.kind if kind is None else kind.label(say.language)
    people = say.number(likely)
    if low is not None and high is not None:
        span = say.word("word", "range", low=say.number(low), high=say.number(high))
        people = f"{people} ({span})"
    found = [
        ("what", name),
        ("when", f"{say.day(from_us(plan.starts_us))}, {say.span(plan.starts_us, plan.ends_us)}"),
        ("ground", say.span(plan.from_us, plan.to_us)),
        ("attendance", people),
        ("plan_source", plan.source),
        ("state", say.word("state", say.paper.state)),
        ("why", say.paper.why),
        ("origin", "" if content.origin is None else content.origin.title),
    ]
    return [(say.word("fact", code), value) for code, value in found if value]


def _summary(say: Writer) -> Iterable[Block]:
    content = say.paper.content
    means = engaged(content)
    if content.summary:
        yield Heading(say.word("part", "summary"))
        yield Paragraph(content.summary)
    strength = [
        f"{say.word('post', kind)} : {say.number(n)}"
        if say.language == "fr"
        else f"{say.word('post', kind)}: {n}"
        for kind, n in means.headcount.items()
    ]
    pieces = [
        f"{say.word('barrier', kind)} : {say.number(n)}" for kind, n in means.barriers.items()
    ]
    items = [
        (say.word("fact", "strength"), "\n".join(strength)),
        (say.word("fact", "hours"), say.number(means.hours, 1) if means.hours else ""),
        (say.word("fact", "barriers"), "\n".join(pieces)),
    ]
    yield Facts([item for item in items if item[1]])
    if say.paper.remarks:
        yield Heading(say.word("part", "remarks"))
        texts = [remark_text(one)[say.language] for one in say.paper.remarks]
        yield Paragraph("\n".join(f"– {text}" for text in texts), "warning")


def _map(say: Writer, sheet: str) -> Picture:
    paper = say.paper
    svg = map_svg(
        paper.content,
        paper.plan,
        paper.ground,
        version=say.version,
        date=say.date,
        language=say.language,
        paper=sheet,
    )
    ground = say.word("word", "ground_home" if paper.ground.layers else "ground_none")
    caption = say.word("word", "map_caption", version=say.version, ground=ground)
    return Picture(svg, caption, map_alt(paper.content, paper.plan, say.language), sheet)


_PARTS: Final[tuple[Callable[[Writer], Iterable[Block]], ...]] = (
    _summary,
    figures_on_paper,
    posts_on_paper,
    shifts_on_paper,
    ground_on_paper,
    first_aid_on_paper,
    messages_on_paper,
    services_on_paper,
    after_on_paper,
)
