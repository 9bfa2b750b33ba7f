"""The parts of an event file on paper: tables and lists."""

from __future__ import annotations

from collections.abc import Iterable

from vigie.foresight.dossier.model import Figure
from vigie.foresight.dossier.shapes import LineShape
from vigie.foresight.dossier.sheet import codes_of
from vigie.foresight.dossier.writer import Columns, Writer, table
from vigie.model import dps
from vigie.reports.document import Block, Checks, Facts, Heading, Paragraph, Steps


def figures_on_paper(say: Writer) -> Iterable[Block]:
    """Yield the figures the file rests on."""
    rows = [
        [
            say.known("figure", one.id, one.what),
            f"{say.number(one.likely)} {say.known('unit', one.unit, one.unit)}".strip(),
            _interval(say, one),
            one.base or "–",
            one.source,
        ]
        for one in say.paper.content.figures
    ]
    columns: Columns = (
        ("name", 3, "left"),
        ("value", 2, "right"),
        ("interval", 2, "left"),
        ("base", 2, "left"),
        ("source", 2, "left"),
    )
    yield from table(say, "figures", columns, rows, say.word("note", "figures"))


def _interval(say: Writer, figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "–"
    params = {"low": say.number(figure.low), "high": say.number(figure.high)}
    if figure.level is None:
        return say.word("word", "range", **params)
    return say.word("word", "interval", level=figure.level, **params)


def posts_on_paper(say: Writer) -> Iterable[Block]:
    """Yield the posts."""
    codes = codes_of(say.paper.content)
    rows = [
        [
            codes[f"posts.{one.id}"],
            one.name,
            say.word("post", one.kind),
            say.hour(one.from_at),
            say.hour(one.to_at),
            say.number(one.headcount),
            one.service or "–",
            one.mission or "–",
        ]
        for one in say.paper.content.posts
    ]
    columns: Columns = (
        ("number", 0.7, "left"),
        ("name", 2.6, "left"),
        ("kind", 1.8, "left"),
        ("from", 1.2, "right"),
        ("to", 1.2, "right"),
        ("headcount", 0.9, "right"),
        ("service", 2, "left"),
        ("mission", 4, "left"),
    )
    yield from table(say, "posts", columns, rows)


def shifts_on_paper(say: Writer) -> Iterable[Block]:
    """Yield the shifts in order of time."""
    content = say.paper.content
    codes, names = codes_of(content), {post.id: post.name for post in content.posts}
    rows = [
        [
            f"{codes[f'posts.{one.post}']} {names[one.post]}",
            say.hour(one.from_at),
            say.hour(one.to_at),
            say.number(one.headcount),
            one.service or "–",
            one.note or "–",
        ]
        for one in sorted(content.shifts, key=lambda shift: (shift.from_at, shift.post, shift.id))
    ]
    columns: Columns = (
        ("post", 3, "left"),
        ("from", 1, "right"),
        ("to", 1, "right"),
        ("headcount", 0.8, "right"),
        ("service", 2, "left"),
        ("note", 3, "left"),
    )
    yield from table(say, "shifts", columns, rows, say.word("note", "shifts"))


def ground_on_paper(say: Writer) -> Iterable[Block]:
    """Yield barriers, closed streets and diversions."""
    yield from table(say, "barriers", _BARRIERS, _barriers(say))
    yield from table(say, "closures", _CLOSURES, _closures(say))
    yield from table(say, "diversions", _DIVERSIONS, _diversions(say))


_BARRIERS: Columns = (
    ("number", 0.7, "left"),
    ("name", 3, "left"),
    ("kind", 2.4, "left"),
    ("length", 1.2, "right"),
    ("pieces", 1, "right"),
    ("note", 3, "left"),
)
_CLOSURES: Columns = (
    ("number", 0.7, "left"),
    ("street", 3, "left"),
    ("from", 1.3, "right"),
    ("to", 1.3, "right"),
    ("exempt", 3, "left"),
    ("note", 3, "left"),
)
_DIVERSIONS: Columns = (
    ("number", 0.7, "left"),
    ("name", 4, "left"),
    ("whom", 2.5, "left"),
    ("length", 1.2, "right"),
    ("note", 3, "left"),
)


def _length(say: Writer, line: LineShape | None) -> str:
    return "–" if line is None else say.word("word", "metres", n=say.number(line.length_m()))


def _barriers(say: Writer) -> list[list[str]]:
    codes = codes_of(say.paper.content)
    return [
        [
            codes[f"barriers.{one.id}"],
            one.name,
            say.word("barrier", one.kind),
            _length(say, one.line),
            say.number(one.count),
            one.note or "–",
        ]
        for one in say.paper.content.barriers
    ]


def _closures(say: Writer) -> list[list[str]]:
    codes = codes_of(say.paper.content)
    return [
        [
            codes[f"closures.{one.id}"],
            one.street,
            say.hour(one.from_at),
            say.hour(one.to_at),
            ", ".join(say.word("whom", whom) for whom in one.exempt) or "–",
            one.note or "–",
        ]
        for one in say.paper.content.closures
    ]


def _diversions(say: Writer) -> list[list[str]]:
    codes = codes_of(say.paper.content)
    every = say.word("word", "all_streets")
    return [
        [
            codes[f"diversions.{one.id}"],
            one.name,
            ", ".join(say.word("whom", whom) for whom in one.whom) or every,
            _length(say, one.line),
            one.note or "–",
        ]
        for one in say.paper.content.diversions
    ]


def first_aid_on_paper(say: Writer) -> Iterable[Block]:
    """Yield the first-aid cover."""
    aid = say.paper.content.first_aid
    level = "" if aid.level is None else dps.label("level", aid.level, say.language)
    items = [
        (say.word("fact", "level"), level),
        (say.word("fact", "responders"), say.number(aid.responders) if aid.responders else ""),
        (say.word("fact", "risk"), "" if aid.risk is None else say.number(aid.risk, 2)),
        (say.word("fact", "provider"), aid.provider),
        (say.word("fact", "note"), aid.note),
    ]
    told = [item for item in items if item[1]]
    if told:
        yield Heading(say.word("part", "first_aid"))
        yield Facts(told)
        yield Paragraph(say.word("note", "first_aid"), "note")


def messages_on_paper(say: Writer) -> Iterable[Block]:
    """Yield the messages in order of time."""
    rows = [
        [
            say.hour(one.at),
            say.word("whom", one.audience),
            say.word("channel", one.channel),
            f"{one.fr}\n{one.en}".strip()
            if say.language == "fr"
            else f"{one.en}\n{one.fr}".strip(),
        ]
        for one in sorted(say.paper.content.messages, key=lambda message: (message.at, message.id))
    ]
    columns: Columns = (
        ("at", 1.2, "right"),
        ("audience", 1.4, "left"),
        ("channel", 1.6, "left"),
        ("text", 6, "left"),
    )
    yield from table(say, "messages", columns, rows)


def services_on_paper(say: Writer) -> Iterable[Block]:
    """Yield services, reflex cards, checklist and documents."""
    content = say.paper.content
    columns: Columns = (
        ("service", 3, "left"),
        ("function", 3, "left"),
        ("telephone", 2, "left"),
    )
    rows = [[one.service, one.function, one.telephone or "–"] for one in content.contacts]
    yield from table(say, "contacts", columns, rows, say.word("word", "no_person"))
    if content.reflex_cards:
        yield Heading(say.word("part", "reflex_cards"))
    for card in content.reflex_cards:
        steps = [(step.action, step.function) for step in card.steps]
        yield Steps(card.title, card.trigger, steps)
    if content.checklist:
        yield Heading(say.word("part", "checklist"))
        yield Checks(
            [
                (one.done, f"{one.text} ({one.function})" if one.function else one.text)
                for one in content.checklist
            ]
        )
    documents = [[one.name, one.sha256 or "–"] for one in content.documents]
    of_documents: Columns = (
        ("name", 2, "left"),
        ("sha256", 4, "left"),
    )
    yield from table(say, "documents", of_documents, documents, say.word("note", "documents"))
