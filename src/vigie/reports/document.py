"""A report as data: blocks in order; ``templates/report.typ`` sets them.

Nothing of a block is ever read as typst markup: the template gets the whole report as JSON and
writes its texts as strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first, second or third rank."""

    text: str
    rank: int = 1
    block: str = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text; line breaks are kept. ``look``: plain, note (small) or warning (framed)."""

    text: str
    look: Literal["plain", "note", "warning"] = "plain"
    block: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and their values."""

    items: Sequence[tuple[str, str]]
    block: str = "facts"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; numbers stand at the right.

    Attributes:
        columns: Titles.
        rows: Cells, as many as columns in each.
        align: left or right of each column.
        widths: Shares of the width; empty: as needed.
        note: Source, base and interval of its figures.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: Sequence[Align]
    widths: Sequence[float] = ()
    note: str = ""
    block: str = "table"


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbered steps under a title, with what calls for them."""

    title: str
    lead: str
    items: Sequence[tuple[str, str]]
    block: str = "steps"


@dataclass(frozen=True, slots=True)
class Checks:
    """A list with boxes, ticked or not."""

    items: Sequence[tuple[bool, str]]
    block: str = "checks"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (SVG), its caption and what it shows, in words (``alt``).

    ``sheet`` gives it a page of its own, landscape, of that size.
    """

    svg: str
    caption: str
    alt: str
    sheet: str = ""
    block: str = "picture"


Block = Heading | Paragraph | Facts | Table | Steps | Checks | Picture


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        title: Title.
        subtitle: Second line.
        version: Version, as it is told on every page.
        date: Date of the version, ISO: the document bears it, so that equal reports are equal.
        language: ``fr`` or ``en``.
        words: Words of the frame: ``by``, ``page``, ``of``, ``contents``.
        blocks: What stands in it.
        state: Watermark word; empty for none.
    """

    title: str
    subtitle: str
    version: str
    date: str
    language: str
    words: dict[str, str]
    blocks: Sequence[Block]
    state: str = ""
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the template reads it.

        No heading stands more than one rank below the one before it: PDF/UA refuses such a gap.
        """
        found = asdict(self)
        rank = 0
        for block in found["blocks"]:
            if block["block"] == "heading":
                rank = block["rank"] = min(block["rank"], rank + 1)
        return found
