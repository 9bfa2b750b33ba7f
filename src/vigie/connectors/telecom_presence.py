"""Presence figures of mobile operators: how many people of which class were in a zone in a slot.

Aggregates only (law TEL-1, TEL-2). A file in which one column looks like the identifier of a person
or of a device, by its name or by its content, is refused whole, and nothing of it is read. A figure
below the smallest group is not taken, not even into quarantine, nor is the total of its zone and
slot, from which it could be found by subtraction. A declared rounding that a figure does not keep
refuses the file; where none is declared, figures are rounded here, to multiples of the minimum.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.messages.identifiers import Role, refuse_identifiers, refuse_identifiers_around
from vigie.intake.messages.lists import fields_of
from vigie.intake.messages.moments import revision_of
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
    read_sheet,
)
from vigie.intake.messages.slots import SLOT_FIELDS, read_slot
from vigie.intake.messages.tree import MAX_BYTES
from vigie.intake.messages.wholes import Columns, Reader, parsed_whole, read_whole
from vigie.intake.tabular.block import Block, FileRefused
from vigie.intake.tabular.cells import as_text
from vigie.model.times import SECOND_US
from vigie.privacy.disclosure import round_to

MINIMUM = 20
"""Smallest group that is taken; a feed can only raise it (option ``minimum``)."""
TOTAL, UNIT = "presence.total", "person"
WIDE = {
    "total": TOTAL,
    "residents": "presence.residents",
    "visiteurs": "presence.visitors",
    "actifs": "presence.workers",
    "touristes_francais": "presence.tourists_french",
    "touristes_etrangers": "presence.tourists_foreign",
}
"""Metric of the columns that hold the figures of one class."""

_DATA = data_of("telecom_presence")
_CLASSES = {folded(word): metric for metric, words in _DATA["classes"].items() for word in words}
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f'](?=\d{3}(?!\d))")
_KEY = ("zone", "slot", "metric", "revision")
_WITHHELD = frozenset({"*", "s", "c", "nc", "nd", "secret", "n c", "n d"})


FIELDS = tuple(fields_of({"": _DATA["fields"]}, {}))
_HEADINGS = Headings(FIELDS, _DATA["names"])


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one delivery into measures.

    Options of the feed: ``minimum`` (raises the smallest group, never lowers it), ``rounding`` (the
    step that the operator declares), ``slot_minutes`` (where the file does not say how long a slot
    is), ``zones`` (from zone to place id; otherwise the zone itself is the place id), ``classes``
    (from the operator's class to a metric), ``columns`` (from field to heading).
    """
    if payload.content.seek(0, 2) > MAX_BYTES:
        yield refused_file("measures", FileRefused("too_large", limit=MAX_BYTES))
        return
    given = given_columns(context)
    delivery = _Delivery(context)
    try:
        refuse_identifiers_around(payload)
        blocks = list(read_sheet(payload, context, _HEADINGS.known(given)))
        refuse_identifiers(blocks, _roles(given))
        columns = delivery.columns(blocks, given)
        if columns is None:
            for block in blocks:
                delivery.read(block, given)
            delivery.check_promise()
    except FileRefused as refusal:
        yield refused_file("measures", refusal)
        return
    yield from delivery.parsed(blocks) if columns is None else delivery.whole(columns, blocks)


def _roles(given: Mapping[str, str]) -> Callable[[str], Role]:
    """Return what tells the role of a column; a feed's own name for one documents nothing."""

    def role_of(heading: str) -> Role:
        role = _HEADINGS.field_of(heading, given)
        documented = _HEADINGS.field_of(heading, {}) is not None
        return Role(documented, role == "zone", role not in {None, "zone", "categorie"})

    return role_of


_Place = tuple[str, tuple[int, int]]
"""Zone and slot: what a total and its parts have in common."""


@dataclass(slots=True)
class _Entry:
    """One row: where it stood, what it says, why it is not taken and beside which other one."""

    number: int
    source: dict[str, str | None] = field(default_factory=dict)
    zone: str = ""
    slot: tuple[int, int] = (0, 0)
    values: dict[str, float] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    revision: int = 0
    remark: str = ""
    small: set[str | None] = field(default_factory=set)
    refusal: RowRefused | None = None
    beside: _Entry | None = None

    @property
    def place(self) -> _Place:
        """Zone and slot."""
        return self.zone, self.slot


class _Delivery:
    """The rows of one file: all are read before the first is given out."""

    def __init__(self, context: Context) -> None:
        options = context.options
        self._timezone = context.timezone
        self._minimum = max(MINIMUM, math.ceil(positive(options, "minimum") or 0))
        self._declared = positive(options, "rounding")
        self._quality = "good" if self._declared is not None else "estimated"
        self._slot_minutes = positive(options, "slot_minutes")
        self._zones = texts(options, "zones")
        self._classes = _CLASSES | {
            folded(word): metric for word, metric in texts(options, "classes").items()
        }
        self._below = f"<{self._minimum}"
        self._entries: list[_Entry] = []
        self._rows = Rows("measures")

    def read(self, block: Block, given: Mapping[str, str]) -> None:
        """Read the rows of a block.

        Raises:
            FileRefused: ``missing_column``.
        """
        self._rows.remarks(block.notices)
        if not len(block):
            return
        sheet = _HEADINGS.cut(block, given)
        for name, others in {"zone": {}, "debut": {}, "nombre": WIDE}.items():
            if sheet.fields.isdisjoint({name, *others}):
                raise FileRefused("missing_column", column=name)
        self._rows.remarks(sheet.notices)
        if "geometrie" in sheet.fields:
            self._rows.remark("not_used", what="geometrie", count=len(block))
        columns = {name: as_text(array).to_pylist() for name, array in block.columns.items()}
        fields = {name: _HEADINGS.field_of(name, given) for name in columns}
        for index, line, cells in sheet.rows:
            entry = _Entry(line)
            self._entries.append(entry)
            try:
                self._fill(entry, cells)
            except RowRefused as refusal:
                entry.refusal = refusal
            entry.source = {
                name: self._below if fields[name] in entry.small else column[index]
                for name, column in columns.items()
            }

    def _fill(self, entry: _Entry, cells: Cells) -> None:
        self._count(entry, cells)
        entry.zone = need_cell(cells, "zone", 80)
        slot = read_slot(cells, self._timezone, self._slot_minutes)
        entry.slot, entry.remark = (slot.from_us, slot.to_us), slot.remark
        entry.lon, entry.lat = figure(cells, "longitude"), figure(cells, "latitude")
        entry.revision = self._revision(cells)
        if entry.small:
            return
        if "nombre" in cells:
            self._name(entry, cells)
        if not entry.values:
            raise RowRefused("missing_required", column="nombre")

    def _count(self, entry: _Entry, cells: Cells) -> None:
        """Read the figures of a row, and which of them are of too small a group."""
        for name in ("nombre", *WIDE):
            said = cells.get(name)
            if said is None:
                continue
            if said[0] in "<*" or (said[0].isalpha() and folded(said) in _WITHHELD):
                entry.small.add(name)
                continue
            value = figure({name: _THOUSANDS.sub("", said)}, name)
            if value is None or value < 0:
                raise RowRefused("bad_number", value=said[:40], column=name)
            if value < self._minimum:
                entry.small.add(name)
            entry.values[WIDE.get(name, name)] = value

    def _name(self, entry: _Entry, cells: Cells) -> None:
        """Give the figure of a row with a class its metric."""
        said = cells.get("categorie")
        metric = TOTAL if said is None else self._classes.get(folded(said))
        if metric is None or metric not in WIDE.values():
            raise RowRefused("unknown_code", value=(said or "")[:40], column="categorie")
        entry.values[metric] = entry.values.pop("nombre")

    def check_promise(self) -> None:
        """Refuse a file whose figures are not as the operator promises them (law TEL-1).

        A figure withheld by the operator keeps the promise; its row alone is not taken.

        Raises:
            FileRefused: ``group_too_small`` (the figure itself is not said) or ``not_rounded``.
        """
        self._check({value for entry in self._entries for value in entry.values.values()})

    def _check(self, values: set[float]) -> None:
        step = self._declared
        if any(value < self._minimum for value in values):
            raise FileRefused("group_too_small", count="n", minimum=self._minimum)
        if step is not None and any(abs(v / step - round(v / step)) > 1e-9 for v in values):  # noqa: PLR2004 -- of a step
            raise FileRefused("not_rounded", step=f"{step:g}")

    def columns(self, blocks: list[Block], given: Mapping[str, str]) -> Columns | None:
        """Return a file column by column, or None where anything is to be said of a row of it.

        A file with a row to refuse, to withhold or to remark on, or with two of one zone and slot,
        is left to be read row by row.

        Raises:
            FileRefused: As ``check_promise``.
        """
        said = read_whole(blocks, _HEADINGS, given, self._readers())
        if said is None or any(slot.remark for slot in set(said["slot"])):
            return None
        if len(set(zip(*map(said.__getitem__, _KEY), strict=True))) != len(said["value"]):
            return None
        self._check(set(said["value"]))
        return said

    def _readers(self) -> dict[str, Reader]:
        """Return what reads the cells of a row that go together, one figure a row."""
        zone = self._timezone
        return {
            "zone": (("zone",), lambda cells: need_cell(cells, "zone", 80)),
            "slot": (SLOT_FIELDS, lambda cells: read_slot(cells, zone, self._slot_minutes)),
            "value": (("nombre",), self._one_figure),
            "metric": (("categorie",), self._one_metric),
            "lon": (("longitude",), lambda cells: figure(cells, "longitude")),
            "lat": (("latitude",), lambda cells: figure(cells, "latitude")),
            "revision": (("mise_a_jour",), self._revision),
        }

    def _revision(self, cells: Cells) -> int:
        return revision_of(cells.get("mise_a_jour"), self._timezone, "mise_a_jour")

    def _one_figure(self, cells: Cells) -> float:
        entry = _Entry(0)
        self._count(entry, cells)
        if entry.small or not entry.values:
            raise RowRefused("missing_required", column="nombre")
        return entry.values["nombre"]

    def _one_metric(self, cells: Cells) -> str:
        entry = _Entry(0, values={"nombre": 0.0})
        self._name(entry, cells)
        return next(iter(entry.values))

    def whole(self, said: Columns, blocks: list[Block]) -> Iterator[Parsed]:
        """Return the measures of a file that was read column by column."""
        rounded = {value: self._rounded(value) for value in set(said["value"])}
        slots = {slot: (slot.from_us // SECOND_US, slot.seconds) for slot in set(said["slot"])}
        told = zip(said["metric"], said["zone"], map(slots.__getitem__, said["slot"]), strict=True)
        values = [rounded[value] for value in said["value"]]
        measures: Columns = {
            "source_ref": [f"{metric}/{zone}@{at}+{long}" for metric, zone, (at, long) in told],
            "place_id": [self._zones.get(zone, zone) for zone in said["zone"]],
            "from_at": [slot.from_us for slot in said["slot"]],
            "to_at": [slot.to_us for slot in said["slot"]],
            "value": values,
            "unit": [UNIT] * len(values),
            "group_size": [int(value) for value in values],
            "quality": [self._quality] * len(values),
            **{name: said[name] for name in ("metric", "revision", "lon", "lat")},
        }
        return parsed_whole("measures", measures, blocks, place_names=said["zone"])

    def parsed(self, blocks: list[Block]) -> Iterator[Parsed]:
        """Yield the measures of the rows that may be taken."""
        small: dict[_Place, _Entry] = {}
        told: dict[tuple[_Place, str, int], list[_Entry]] = {}
        for entry in self._entries:
            if entry.small and entry.slot[1]:
                small.setdefault(entry.place, entry)
            if entry.refusal is not None or entry.small:
                continue
            for metric in entry.values:
                told.setdefault((entry.place, metric, entry.revision), []).append(entry)
        for entry in self._entries:
            self._judge(entry, small, told)
            others = [entry.beside.source] if entry.beside is not None else []
            self._rows.read = entry.number - 1
            with self._rows.row(partial(as_json_rows, [*others, entry.source])):
                if entry.refusal is not None:
                    raise entry.refusal
                self._add(entry, told)
        self._rows.read = sum(block.read for block in blocks)
        rejects = [reject for block in blocks for reject in block.rejects]
        for part, chunk in enumerate(self._rows.parsed()):
            if part == 0:
                chunk.rejects = [*rejects, *chunk.rejects]
            yield chunk

    def _judge(
        self,
        entry: _Entry,
        small: Mapping[_Place, _Entry],
        told: Mapping[tuple[_Place, str, int], list[_Entry]],
    ) -> None:
        """Refuse what is too small, the total that would give it away, and what contradicts."""
        if entry.refusal is not None:
            return
        hides = entry if entry.small else small.get(entry.place) if TOTAL in entry.values else None
        if hides is not None:  # the figure itself is not said
            entry.refusal = RowRefused("group_too_small", count="n", minimum=self._minimum)
            entry.beside = None if hides is entry else hides
            return
        for metric, value in entry.values.items():
            for other in told[entry.place, metric, entry.revision]:
                if other.values[metric] != value:
                    entry.refusal = RowRefused("figures_differ", value=metric)
                    entry.beside = other
                    return

    def _add(self, entry: _Entry, told: Mapping[tuple[_Place, str, int], list[_Entry]]) -> None:
        from_us, to_us = entry.slot
        for metric, said in entry.values.items():
            if told[entry.place, metric, entry.revision][0] is not entry:
                self._rows.remark("duplicate_row")
                continue
            value = self._rounded(said)
            seconds = (to_us - from_us) // SECOND_US
            self._rows.add(
                "measures",
                {
                    "source_ref": f"{metric}/{entry.zone}@{from_us // SECOND_US}+{seconds}",
                    "revision": entry.revision,
                    "metric": metric,
                    "place_id": self._zones.get(entry.zone, entry.zone),
                    "from_at": from_us,
                    "to_at": to_us,
                    "value": value,
                    "unit": UNIT,
                    "group_size": int(value),
                    "quality": self._quality,
                    "lon": entry.lon,
                    "lat": entry.lat,
                },
                place_name=entry.zone,
            )
        if entry.remark:
            self._rows.remark(entry.remark)

    def _rounded(self, value: float) -> float:
        """Return a figure as it may be kept: a multiple of the step, never below the minimum."""
        if self._declared is not None:
            return value
        return float(round_to(value, self._minimum))


CONNECTOR = Connector(
    name="telecom_presence",
    title={
        "fr": "Présence mesurée par les opérateurs mobiles",
        "en": "Presence counted by mobile operators",
    },
    emits=("measures",),
    suffixes=(".csv", ".json"),
    media=("text/csv", "application/json"),
    fields=FIELDS,
    parse=parse,
    period_s=2 * 86_400,
    revises=True,
    reference="Aggregates of mobile operators, under the law's TEL-1 and TEL-2 (no public schema)",
)
