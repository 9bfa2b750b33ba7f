"""What a connector is: one module with one ``CONNECTOR``; it parses, the kit does everything else.

A connector does no input or output, knows no clock and no network, and never raises for data that
is wrong: a row that cannot become a record is a ``Reject``, a remark is a ``Notice``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any, BinaryIO, Literal

import pyarrow as pa

from vigie.base import plugins
from vigie.base.errors import NotFound
from vigie.model.contracts import RecordKind
from vigie.model.notices import Notice, Reject

CHUNK_ROWS = 65_536
FieldPrivacy = Literal["none", "place", "free_text", "personal", "agent"]
Joining = Literal["", "lines", "headed"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a source's format: the allow-list that a connector reads.

    Attributes:
        name: Name in the source's own words.
        meaning: French and English.
        privacy: ``none`` and ``place`` pass; ``free_text`` is scrubbed into the live plane;
            ``personal`` and ``agent`` are dropped at the door and counted.
        required: Whether a row without it is refused.
    """

    name: str
    meaning: Mapping[str, str]
    privacy: FieldPrivacy = "none"
    required: bool = False


def listed(
    name: str, fr: str, en: str, privacy: FieldPrivacy = "none", *, required: bool = False
) -> Field:
    """Return a field with its meaning in French and English, on one line of an allow-list."""
    return Field(name, {"fr": fr, "en": en}, privacy, required)


@dataclass(slots=True)
class Payload:
    """One file or message to parse.

    Attributes:
        name: File name or message name, without folder.
        content: Seekable binary stream, already within the kit's size caps.
        media: Media type when the sender told one.
        size: Bytes.
    """

    name: str
    content: BinaryIO
    media: str = ""
    size: int = 0

    def read_bytes(self, limit: int) -> bytes | None:
        """Return the whole content, or None when it is longer than ``limit`` bytes."""
        self.content.seek(0)
        data = self.content.read(limit + 1)
        return None if len(data) > limit else data


@dataclass(frozen=True, slots=True)
class Context:
    """What a connector may know beside the payload.

    Attributes:
        source: Name under which the feed is registered.
        timezone: IANA zone of the city.
        now: Instant of receipt, aware; the only notion of time there is.
        mapping: Parsed mapping (the ``table`` connector) or empty.
        options: Further options of the feed.
        bbox: West, south, east, north of the city.
        language: Of messages.
        max_line_bytes: Longest line of a text format.
        max_archive_bytes: Most bytes an archive may unpack to.
        max_archive_ratio: Largest ratio of unpacked to packed bytes.
        max_archive_files: Most members of an archive.
    """

    source: str
    timezone: str
    now: datetime
    mapping: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    bbox: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)
    language: str = "fr"
    max_line_bytes: int = 1 << 20
    max_archive_bytes: int = 200 * 2**20
    max_archive_ratio: int = 100
    max_archive_files: int = 1_000


@dataclass(slots=True)
class Parsed:
    """A chunk of records of one kind, as the connector read them.

    Attributes:
        kind: Record kind of ``table``.
        table: Given columns of the contract plus ``source_ref``; at most ``CHUNK_ROWS`` rows.
        rows: Row number in the file of each record, from 1 (int64), aligned with ``table``.
        narratives: Raw free text aligned with ``table``, or None; the kit scrubs it.
        address: Address aligned with ``table``, or None; located where lon and lat are null.
        place_name: Name of a well-known place aligned with ``table``, or None.
        notices: Remarks about the file or about rows that did get in.
        rejects: Rows that cannot become a record.
        read: How many rows of the file this chunk covers, rejects included.
        raw: Gives the i-th row of ``table`` as a parsable mini-payload (as ``Reject.raw``); the kit
            calls it, before asking for the next chunk, for the rows that its own checks refuse.
            Without it such a row is tried again from the journalled message.
        said: Of each row that tells only part of its record, the columns that it says: the record
            keeps the others. Null for a row that tells all of it, or None when every row does. What
            a partial row must have and does not say (kind, instant) it fills with anything that
            passes the checks; it is not kept.
    """

    kind: RecordKind
    table: pa.Table
    rows: pa.Int64Array
    narratives: pa.StringArray | None = None
    address: pa.StringArray | None = None
    place_name: pa.StringArray | None = None
    notices: list[Notice] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0
    raw: Callable[[int], bytes] | None = None
    said: pa.ListArray | None = None


def never(_mapping: Mapping[str, Any]) -> Joining:
    """Say that payloads of a format cannot be read together."""
    return ""


def plain_lines(_mapping: Mapping[str, Any]) -> Joining:
    """Say that payloads are text with one record a line and may be read together."""
    return "lines"


def headed_lines(_mapping: Mapping[str, Any]) -> Joining:
    """Say that payloads are text with a header line, the same one, and may be read together."""
    return "headed"


Parse = Callable[[Payload, Context], Iterator[Parsed]]


@dataclass(frozen=True, slots=True)
class Connector:
    """A source format: how it is called, what it reads, and the function that reads it.

    Attributes:
        name: Equals the module's name; a test checks it.
        title: French and English.
        emits: Record kinds it can give.
        suffixes: File endings that a folder ingestion hands to it.
        media: Media types accepted on push.
        fields: Allow-list of the format's fields (empty for ``table``: the mapping says it).
        parse: Bytes to records.
        period_s: Expected period; silent for twice that, the source is shown stale.
        revises: Whether a later message may amend an earlier record.
        needs_mapping: Whether a mapping file is required.
        reference: Standard, manual or law the format comes from.
        joins: From the mapping, whether many small payloads of a feed may be read as one
            (``never``, ``plain_lines``, ``headed_lines``): a thousand one-row messages a second
            are then parsed as one table.
    """

    name: str
    title: Mapping[str, str]
    emits: tuple[RecordKind, ...]
    suffixes: tuple[str, ...]
    parse: Parse
    media: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    period_s: int = 86_400
    revises: bool = False
    needs_mapping: bool = False
    reference: str = ""
    joins: Callable[[Mapping[str, Any]], Joining] = never


def discover(package: ModuleType) -> dict[str, Connector]:
    """Return the connectors of a package and of third parties, by name; a failing import raises."""
    return plugins.discover(package, "CONNECTOR", Connector)


def get_connector(connectors: Mapping[str, Connector], name: str) -> Connector:
    """Return a connector by name.

    Raises:
        NotFound: When there is none of that name.
    """
    if name not in connectors:
        raise NotFound(what="connector", name=name)
    return connectors[name]
