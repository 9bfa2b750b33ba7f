"""Tables whose headings differ from one sender to the next: CSV, JSON or GeoJSON, row by row.

The kit's readers of tables cut the file into blocks; ``Headings`` knows each field under all the
names that senders give it, removes what is not listed (personal fields first), and hands on rows of
plain texts under the field's own name.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from importlib import resources
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.geo.addresses import fold
from vigie.intake.connector import Context, Field, Parsed, Payload
from vigie.intake.messages.allowed import OTHER
from vigie.intake.messages.reading import MAX_TEXT, RowRefused
from vigie.intake.messages.rows import Rows
from vigie.intake.tabular.block import Block, FileRefused, guarded, no_rows
from vigie.intake.tabular.cells import as_text
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.intake.tabular.jsonlines import read_json_records
from vigie.intake.tabular.records import empty_parsed
from vigie.model.contracts import RecordKind
from vigie.model.notices import Notice

Cells = dict[str, str]
"""One row: texts by the field's own name; empty cells are left out."""

_LISTS = re.compile(rb'"(features|results|records|requests|data|rows|items)"\s*:\s*\[')
_HEAD_BYTES = 4_096
_FIGURE = re.compile(
    r"[+-]?(?:\d{1,18}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII
)
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_WRAPPERS = frozenset({"properties", "fields", "record", "attributes"})
_PLAIN_NAME = re.compile(r"[^\W\d][\w .:'/-]{0,79}")
_LONG_NUMBER = re.compile(r"\d{5}|@")


@lru_cache(maxsize=4_096)
def folded(word: str) -> str:
    """Return a code word as it is compared: lower case, no accents, no punctuation."""
    return fold(word)


@cache
def data_of(connector: str) -> dict[str, Any]:
    """Return the table of codes and names that stands beside a connector (``NAME.toml``)."""
    text = resources.files("vigie.connectors").joinpath(f"{connector}.toml").read_text("utf-8")
    return tomllib.loads(text)


def spaced(name: str) -> str:
    """Return a heading with a blank where its small letters turn to capitals."""
    return _CAMEL.sub(" ", name)


def heading_key(name: str) -> str:
    """Return a heading as it is compared: words in lower case, no accents, no wrapper before it."""
    words = fold(spaced(name)).split()
    while len(words) > 1 and words[0] in _WRAPPERS:
        words = words[1:]
    return " ".join(words)


def shown_heading(name: str) -> str:
    """Return a heading as it may be shown: a name can itself be personal."""
    plain = _PLAIN_NAME.fullmatch(name) and not _LONG_NUMBER.search(name)
    return name if plain else OTHER


@dataclass(slots=True)
class Sheet:
    """What the headings leave of a block.

    Attributes:
        rows: Of each row its index in the block, its number in the file, its cells.
        fields: Fields that the block has a column for.
        notices: What was removed.
    """

    rows: list[tuple[int, int, Cells]]
    fields: set[str]
    notices: list[Notice] = field(default_factory=list)


class Headings:
    """The fields of a format under every name they are known by.

    Args:
        fields: The allow-list; ``personal`` and ``agent`` fields are removed and counted.
        names: Other names by field.
        personal: Words that make a heading that is not listed a personal one.
    """

    def __init__(
        self,
        fields: Iterable[Field],
        names: Mapping[str, Sequence[str]],
        personal: Iterable[str] = (),
    ) -> None:
        listed = list(fields)
        self._refused = {one.name for one in listed if one.privacy in {"personal", "agent"}}
        self._field_of = {heading_key(one.name): one.name for one in listed}
        for name, others in names.items():
            self._field_of |= {heading_key(other): name for other in others}
        self._personal = frozenset(personal)
        self._spelled = [one.name for one in listed]

    def field_of(self, heading: str, given: Mapping[str, str]) -> str | None:
        """Return the field that a heading stands for, or None.

        Args:
            heading: As the file has it.
            given: The feed's own ``columns``: from field to heading.
        """
        key = heading_key(heading)
        listed = self._field_of.get(key)
        if listed in self._refused:  # no feed makes a personal field pass under another name
            return listed
        for name, other in given.items():
            if heading_key(other) == key and heading_key(name) in self._field_of:
                return self._field_of[heading_key(name)]
        return listed

    def known(self, given: Mapping[str, str]) -> list[str]:
        """Return every heading that is known: they help to find a file's separator."""
        return [*self._spelled, *self._field_of, *(str(other) for other in given.values())]

    def columns(
        self, block: Block, given: Mapping[str, str]
    ) -> tuple[dict[str, list[str | None]], list[Notice]]:
        """Return the columns of a block by field, without what is not listed, and what that was."""
        removed: Counter[tuple[str, str]] = Counter()
        kept: dict[str, list[list[str | None]]] = {}
        for heading, array in block.columns.items():
            name = self.field_of(heading, given)
            if name is not None and name not in self._refused:
                kept.setdefault(name, []).append(_clean(array))
                continue
            if count := len(as_text(array).drop_null()):
                refused = name is not None or self._looks_personal(heading)
                code = "dropped_personal" if refused else "unmapped_column"
                removed[code, name or shown_heading(heading)] += count
        notices = [
            Notice(code, severity="info", count=count, params={"column": name})
            for (code, name), count in sorted(removed.items())
        ]
        return {name: _first_of(found) for name, found in kept.items()}, notices

    def cut(self, block: Block, given: Mapping[str, str]) -> Sheet:
        """Return the rows of a block under the fields' own names, without what is not listed."""
        columns, notices = self.columns(block, given)
        rows: list[tuple[int, int, Cells]] = [
            (index, number, {}) for index, number in enumerate(block.rows.tolist())
        ]
        for name, values in columns.items():
            for (_, _, cells), value in zip(rows, values, strict=True):
                if value is not None:
                    cells[name] = value
        return Sheet(rows, set(columns), notices)

    def _looks_personal(self, heading: str) -> bool:
        return not self._personal.isdisjoint(heading_key(heading).split())


def _first_of(columns: list[list[str | None]]) -> list[str | None]:
    """Return for each row the first of several columns that says something."""
    if len(columns) == 1:
        return columns[0]
    return [
        next((one for one in row if one is not None), None) for row in zip(*columns, strict=True)
    ]


def _clean(array: pa.Array) -> list[str | None]:
    """Return a column as texts without control characters; blank is None."""
    cleaned = as_text(pc.replace_substring_regex(as_text(array), _CONTROL, " "))
    texts: list[str | None] = cleaned.to_pylist()
    return texts


def given_columns(context: Context) -> dict[str, str]:
    """Return the feed's own headings (option ``columns``, from field to heading)."""
    given = context.options.get("columns", {})
    return {str(k): str(v) for k, v in given.items()} if isinstance(given, Mapping) else {}


def is_json(payload: Payload) -> bool:
    """Say whether a payload begins like JSON."""
    payload.content.seek(0)
    head = payload.content.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    payload.content.seek(0)
    return head[:1] in {b"{", b"["}


def rows_key(payload: Payload) -> str:
    """Return the name of the list that holds the rows of a JSON document; empty: its first one."""
    payload.content.seek(0)
    head = payload.content.read(_HEAD_BYTES)
    payload.content.seek(0)
    found = _LISTS.search(head) if head.lstrip()[:1] == b"{" else None
    return found[1].decode() if found else ""


def read_sheet(payload: Payload, context: Context, known: Sequence[str]) -> Iterator[Block]:
    """Yield the rows of a table, CSV (any separator) or JSON (a list, or an object with one).

    Args:
        payload: The file.
        context: Caps.
        known: Headings that help to find the separator.
    """
    if is_json(payload):
        key = rows_key(payload)
        yield from guarded(read_json_records(payload.content, payload.name, key, context))
        return
    form = DelimitedFormat(known=known, max_line_bytes=context.max_line_bytes)
    yield from guarded(read_delimited(payload.content, payload.name, form))


@dataclass(frozen=True, slots=True)
class SheetFormat:
    """A format that is a table.

    Attributes:
        kind: Of the records.
        headings: The fields.
        required: A delimited file needs a column for one field of each group (``missing_column``).
    """

    kind: RecordKind
    headings: Headings
    required: Sequence[Sequence[str]] = ()

    def records(
        self,
        blocks: Iterable[Block],
        context: Context,
        take: Callable[[Rows, Cells], None],
        raw_of: Callable[[Cells], bytes] | None = None,
    ) -> Iterator[Parsed]:
        """Yield the records of a file, block by block.

        Args:
            blocks: Of ``read_sheet``.
            context: Its option ``columns`` names the feed's own headings.
            take: Adds the records of one row, or raises ``RowRefused``.
            raw_of: Makes the mini-payload of a row from its cells, where the row itself will not
                do.
        """
        given = given_columns(context)
        checked = False
        for block in blocks:
            sheet = self.headings.cut(block, given)
            if len(block) and not checked:
                checked = True
                lost = [group[0] for group in self.required if sheet.fields.isdisjoint(group)]
                if lost:
                    refusal = FileRefused("missing_column", column=lost[0]).reject
                    yield empty_parsed(self.kind, no_rows(notices=block.notices, rejects=[refusal]))
                    return
            yield from self._block(block, sheet, take, raw_of)

    def _block(
        self,
        block: Block,
        sheet: Sheet,
        take: Callable[[Rows, Cells], None],
        raw_of: Callable[[Cells], bytes] | None,
    ) -> Iterator[Parsed]:
        rows = Rows(self.kind)
        rows.remarks([*block.notices, *sheet.notices])
        for index, number, cells in sheet.rows:
            rows.read = number - 1
            with rows.row(partial(raw_of, cells) if raw_of else partial(block.raw, index)):
                take(rows, cells)
        rows.read = block.read
        for part, chunk in enumerate(rows.parsed()):
            if part == 0:
                chunk.rejects = [*block.rejects, *chunk.rejects]
            if len(chunk.rows) or chunk.notices or chunk.rejects or chunk.read:
                yield chunk


def cell(cells: Cells, name: str, limit: int = MAX_TEXT) -> str | None:
    """Return the text of a cell, cut to a length, or None where there is none."""
    said = cells.get(name)
    return None if said is None else said[:limit].strip() or None


def need_cell(cells: Cells, name: str, limit: int = MAX_TEXT) -> str:
    """Return the text of a cell.

    Raises:
        RowRefused: ``missing_required``.
    """
    said = cell(cells, name, limit)
    if said is None:
        raise RowRefused("missing_required", column=name)
    return said


def figure(cells: Cells, name: str) -> float | None:
    """Return the number of a cell (a decimal comma is taken), or None where there is none.

    Raises:
        RowRefused: ``bad_number`` when what stands there is none, or not finite.
    """
    said = cells.get(name)
    if said is None:
        return None
    value = float(said.replace(",", ".")) if _FIGURE.fullmatch(said) else math.nan
    if not math.isfinite(value):
        raise RowRefused("bad_number", value=said[:40], column=name)
    return value


def as_json_rows(rows: Iterable[Mapping[str, str | None]]) -> bytes:
    """Return rows as a payload that ``read_sheet`` reads again."""
    kept = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return json.dumps(kept, ensure_ascii=False).encode("utf-8")
