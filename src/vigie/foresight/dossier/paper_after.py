"""The after-action of an event file on paper: planned, foreseen and happened; what was entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from vigie.base.clock import from_us
from vigie.foresight.dossier.after import LEAST_CONTROLS
from vigie.foresight.dossier.writer import Columns, Writer, table
from vigie.reports.document import Block, Heading, Paragraph

_WHOLE_FROM: Final = 20.0
"""Below it a tenth of a fact still counts."""
_ATTENDANCE: Columns = (
    ("name", 2, "left"),
    ("value", 1.2, "right"),
    ("interval", 2, "left"),
    ("base", 4, "left"),
)
_FORESEEN: Columns = (
    ("name", 3, "left"),
    ("facts", 1.2, "right"),
    ("interval", 2, "left"),
    ("reading", 3, "left"),
)
_RINGS: Columns = (
    ("ring", 2, "left"),
    ("phase", 1.4, "left"),
    ("happened", 1.5, "right"),
    ("expected", 1.5, "right"),
    ("interval", 1.6, "left"),
    ("reading", 2.4, "left"),
)
_USED: Columns = (
    ("name", 3, "left"),
    ("planned", 1, "right"),
    ("used", 1, "right"),
    ("note", 3, "left"),
)
_CAME_TRUE: Columns = (("name", 4, "left"), ("came_true", 1, "left"), ("note", 3, "left"))
_TIMELINE: Columns = (("at", 1.2, "right"), ("text", 6, "left"))


def after_on_paper(say: Writer) -> Iterable[Block]:
    """Yield what was planned, foreseen and happened; nothing before the event is over."""
    back = say.paper.back
    if back is None:
        return
    yield Heading(say.word("part", "after"))
    if back.found is None:
        yield Paragraph(say.word("note", "after_closed"), "note")
    else:
        yield Paragraph(say.word("note", "after", day=say.day(from_us(back.at_us))), "note")
        yield from _attendance(say, back.found["attendance"])
        yield from _foreseen(say, back.found["foreseen"])
        yield from _rings(say, back.found)
        yield from _clashes(say, back.found["clashes"])
    yield from _entered(say)


def _value(say: Writer, value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return "–"
    told = say.number(value, 1 if abs(value) < _WHOLE_FROM else 0)
    return f"+{told}" if signed and value > 0 else told


def _range(say: Writer, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "–"
    return say.word("word", "range", low=_value(say, low), high=_value(say, high))


def _people(say: Writer, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "–"
    return say.word("word", "range", low=say.number(low), high=say.number(high))


def _attendance(say: Writer, found: Mapping[str, Any]) -> Iterable[Block]:
    planned, seen = found["planned"], found["seen"]
    base = say.word("after", "no_presence")
    if seen is not None:
        numbers = {name: say.number(seen[name]) for name in ("most", "usual", "places", "controls")}
        base = say.word("after", "seen_base", **numbers)
    rows = [
        [
            say.word("after", "planned"),
            say.number(planned["likely"]),
            _people(say, planned["low"], planned["high"]),
            say.word("after", "from_plan"),
        ],
        [
            say.word("after", "seen"),
            say.number(None if seen is None else seen["excess"]),
            "–" if seen is None else _people(say, seen["low"], seen["high"]),
            base,
        ],
        [
            say.word("after", "entered"),
            say.number(found["entered"]),
            "–",
            found["entered_source"] or "–",
        ],
    ]
    yield from table(say, "after_attendance", _ATTENDANCE, rows)


def _foreseen(say: Writer, found: Mapping[str, Any]) -> Iterable[Block]:
    figures = found["figures"]
    if figures is None:
        yield Heading(say.word("part", "after_foreseen"), 2)
        yield Paragraph(found["why_not"][say.language], "note")
        return
    rows = [
        [
            say.word("after", name),
            _value(say, figures[name]["mean"], signed=name == "effect"),
            _range(say, figures[name]["low80"], figures[name]["high80"]),
            "",
        ]
        for name in ("without", "effect", "total")
    ]
    beyond = figures["beyond"]
    reading = "" if beyond is None else say.word("foreseen", beyond)
    rows.append([say.word("after", "happened"), _observed(say, figures), "–", reading])
    begins, ends = (datetime.fromisoformat(figures[name]) for name in ("from", "to"))
    note = say.word(
        "note",
        "after_foreseen",
        reach=say.number(figures["reach_m"]),
        start=say.hour(begins),
        end=say.hour(ends),
        events=say.number(figures["events"]),
        controls=say.number(figures["controls"]),
        level=figures["level"],
    )
    yield from table(say, "after_foreseen", _FORESEEN, rows, note)


def _observed(say: Writer, figures: Mapping[str, Any]) -> str:
    if figures["settles_at"] is not None:
        settles = datetime.fromisoformat(figures["settles_at"])
        return say.word("after", "settling", at=say.hour(settles))
    if figures["observed"] is None:
        return say.word("after", "withheld")
    return say.number(figures["observed"])


def _rings(say: Writer, found: Mapping[str, Any]) -> Iterable[Block]:
    rows = [
        [
            say.word(
                "after",
                "metres",
                near=say.number(cell["ring_from_m"]),
                far=say.number(cell["ring_to_m"]),
            ),
            say.word("phase", cell["phase"]),
            say.word("after", "withheld")
            if cell["happened"] is None
            else say.number(cell["happened"]),
            _expected(say, cell),
            _range(say, cell["low"], cell["high"]),
            "" if cell["beyond"] is None else say.word("beyond", cell["beyond"]),
        ]
        for cell in found["facts"]
    ]
    note = say.word(
        "note",
        "after_rings",
        weeks=len(found["controls"]),
        level=found["facts_level"],
        least=found["facts_least"],
    )
    yield from table(say, "after_rings", _RINGS, rows, note)


def _expected(say: Writer, cell: Mapping[str, Any]) -> str:
    if cell["expected"] is not None:
        return _value(say, cell["expected"])
    return say.word("after", "few_weeks" if cell["controls"] < LEAST_CONTROLS else "withheld")


def _clashes(say: Writer, found: Iterable[Mapping[str, Any]]) -> Iterable[Block]:
    texts = [f"– {one['explanation'][say.language]}" for one in found]
    if texts:
        yield Heading(say.word("part", "after_clashes"), 2)
        yield Paragraph("\n".join(texts))


def _entered(say: Writer) -> Iterable[Block]:
    after = say.paper.content.after
    used = [
        [one.what, _value(say, one.planned), _value(say, one.used), one.note or "–"]
        for one in after.used
    ]
    yield from table(say, "after_used", _USED, used)
    came = [
        [one.what, say.word("word", "yes" if one.came_true else "no"), one.note or "–"]
        for one in after.clashes
    ]
    yield from table(say, "after_came_true", _CAME_TRUE, came)
    moments = sorted(after.timeline, key=lambda one: (one.at, one.id))
    yield from table(say, "after_timeline", _TIMELINE, [[say.hour(m.at), m.text] for m in moments])
    if after.lessons:
        yield Heading(say.word("part", "after_lessons"), 2)
        yield Paragraph(after.lessons)
