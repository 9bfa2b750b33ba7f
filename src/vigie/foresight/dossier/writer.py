"""Words, numbers and hours of an event file on paper, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us
from vigie.base.translations import number
from vigie.foresight.dossier.model import Content, State
from vigie.foresight.dossier.remarks import Remark
from vigie.foresight.dossier.sheet import Ground
from vigie.foresight.dossier.texts import parts, word
from vigie.foresight.plans import PlanRecord
from vigie.reports.document import Align, Block, Table

_DAYS: Final = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
        *("septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}


@dataclass(frozen=True)
class Back:
    """An event looked back on.

    Attributes:
        at_us: When it was counted, epoch µs.
        found: Planned, foreseen and happened, as the interface answers them; None where the
            counts do not go with the paper.
    """

    at_us: int
    found: Mapping[str, Any] | None


@dataclass(frozen=True)
class Paper:
    """What is put on paper.

    Attributes:
        plan: The plan.
        content: The file.
        state: State of the version.
        version: Number of the version; 0 for a proposal.
        at_us: When it was made, epoch µs.
        why: Why it was made.
        remarks: What is to be looked at.
        timezone: Time zone of every hour told.
        ground: The city's outline.
        back: What is looked back on; None before the event is over.
    """

    plan: PlanRecord
    content: Content
    state: State
    version: int
    at_us: int
    why: str
    remarks: Sequence[Remark]
    timezone: str
    ground: Ground
    back: Back | None = None


class Writer:
    """Words, numbers and hours of one paper in one language."""

    def __init__(self, paper: Paper, language: str) -> None:
        self.paper = paper
        self.language = language
        self._zone = ZoneInfo(paper.timezone)
        local = from_us(paper.plan.starts_us).astimezone(self._zone)
        self._day = local.date()

    def word(self, part: str, code: str, **params: Any) -> str:
        """Return a text."""
        return word(part, code, self.language, **params)

    def known(self, part: str, code: str, text: str) -> str:
        """Return the house's own word for a code, the text itself where it has none."""
        return self.word(part, code) if code in parts().get(part, {}) else text

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a number, a dash where there is none."""
        return "–" if value is None else number(value, self.language, digits)

    def day(self, at: datetime) -> str:
        """Return a day in words."""
        local = at.astimezone(self._zone)
        name, month = _DAYS[self.language][local.weekday()], _MONTHS[self.language][local.month - 1]
        return f"{name} {local.day} {month} {local.year}"

    def hour(self, at: datetime) -> str:
        """Return an hour, with its day where that is not the day of the event."""
        local = at.astimezone(self._zone)
        told = f"{local:%H}\u202fh\u202f{local:%M}" if self.language == "fr" else f"{local:%H:%M}"
        return told if local.date() == self._day else f"{local:%d/%m} {told}"

    def span(self, start_us: int, end_us: int) -> str:
        """Return from when to when."""
        return " – ".join(self.hour(from_us(at)) for at in (start_us, end_us))

    @property
    def version(self) -> str:
        """The version as it is told."""
        if not self.paper.version:
            return self.word("word", "proposal")
        return self.word("word", "version", n=self.paper.version)

    @property
    def date(self) -> str:
        """The day the version was made, in words."""
        return self.day(from_us(self.paper.at_us))


Columns = Sequence[tuple[str, float, Align]]
"""Code, share of the width and side of each column."""


def table(
    say: Writer,
    part: str,
    columns: Columns,
    rows: Sequence[Sequence[str]],
    note: str = "",
) -> Iterable[Block]:
    """Yield the table of a part; nothing when it has no rows."""
    if not rows:
        return
    yield Table(
        caption=say.word("part", part),
        columns=[say.word("column", code) for code, _, _ in columns],
        rows=rows,
        align=[side for _, _, side in columns],
        widths=[share for _, share, _ in columns],
        note=note,
    )
