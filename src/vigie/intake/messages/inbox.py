"""Messages of several types, in envelopes or bare: opened, stripped, checked.

What every connector of such messages needs once: which type a message is of, which version it
speaks, whether it is real, whether its sender's clock is ahead; and rows that can be tried again.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.intake.connector import Context, Field, Payload
from vigie.intake.messages.allowed import OTHER, AllowList, Stripped
from vigie.intake.messages.codes import identifier, is_plate, longest, shown
from vigie.intake.messages.edxl import Carried, Sent, carried, check_sent
from vigie.intake.messages.reading import (
    MAX_TEXT,
    RowRefused,
    instant,
    many,
    need_instant,
    number,
    text,
)
from vigie.intake.messages.revisions import clock_ahead_s
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.tree import Tree, looks_like_xml, read_json, read_payload, read_xml
from vigie.intake.tabular.block import FileRefused

VERSION = "@version"
"""Key of the version of a message's namespace, kept beside a row that is to be tried again."""

PART = "@rows"
"""Key, in a body, of the one part of it that such a row is."""


_NAMESPACE = re.compile(rb"""xmlns(?::[\w.-]+)?\s*=\s*["']([A-Za-z0-9:/.#_-]{1,100})["']""")

_CALL_SIGN = re.compile(r"([A-Z]{2,8})[ _-]?\d{1,4}(?![\w-])", re.ASCII)
_NOTHING = "None"  # as some senders write an empty text


def read_trees(payload: Payload) -> tuple[list[Tree], list[str]]:
    """Return the trees of a payload, at least one, and the XML namespaces it declares.

    An XML text is one tree, named after its root; JSON is one, or a list of them.

    Raises:
        FileRefused: As ``read_payload``, ``read_xml`` and ``read_json``; ``empty_file`` for a list
            of nothing.
    """
    data = read_payload(payload)
    if looks_like_xml(data):
        name, content = read_xml(data)
        return [{name: content}], [one.decode("ascii") for one in _NAMESPACE.findall(data)]
    trees = many(read_json(data))
    if not trees:
        raise FileRefused("empty_file")
    return trees, []


def joined(tree: Tree, paths: Iterable[str]) -> str | None:
    """Return the free texts at some paths, each once, one a line; None where there are none."""
    found = [text(one) for path in paths for one in many(tree, path)]
    told = dict.fromkeys(one for one in found if one not in (None, _NOTHING))
    return "\n".join(str(one) for one in told)[:MAX_TEXT] or None


@dataclass(frozen=True, slots=True)
class Types:
    """Which messages there are.

    Attributes:
        read: Names of the bodies that are read.
        others: Names of the bodies that are known and left unread.
        without_header: Those among them that an envelope may carry without a header.
        telling: From a field to the name of the one body that holds it, for bodies sent bare.
        namespaces: Known versions of the namespace.
        references: Known versions of the code lists (``referenceVersion``).
    """

    read: frozenset[str]
    others: frozenset[str] = frozenset()
    without_header: frozenset[str] = frozenset()
    telling: Mapping[str, str] = field(default_factory=dict)
    namespaces: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()


def allow_list(fields: Iterable[Field], types: Types) -> AllowList:
    """Return the allow-list of envelope, header and bodies, with what stands there for itself."""
    beside = ("@type", "@schemaLocation", *(f"{name}.{PART}" for name in types.read))
    return AllowList((*fields, *(Field(path, {}) for path in beside)))


@dataclass(slots=True)
class Message:
    """A message of a type that is read, stripped to its allow-list.

    Attributes:
        carried: Envelope and header.
        name: Of the body.
        body: What it says.
        sent: When and what for.
        namespace: Version of its namespace, where that is unknown.
        unknown: The version that is unknown, of namespace or code lists.
    """

    carried: Carried
    name: str
    body: Tree
    sent: Sent
    namespace: str | None = None
    unknown: str | None = None

    def raw(self, body: Tree) -> bytes:
        """Return the message with another body, as a payload."""
        message, head = self.carried.header(), dict(self.carried.head)
        if self.namespace is not None:
            (head if self.carried.enveloped else message)[VERSION] = self.namespace
        return Carried(message | {self.name: body}, head, self.carried.enveloped).as_json()


class Inbox:
    """Opens the messages of one payload, one after the other.

    Args:
        rows: Where records, remarks and refusals are collected.
        context: What may be known beside the payload.
        types: Which messages there are.
        allowed: Their allow-list, by ``allow_list``.
    """

    def __init__(self, rows: Rows, context: Context, types: Types, allowed: AllowList) -> None:
        self.rows, self.context = rows, context
        self._types, self._allowed = types, allowed
        self._now_us = to_us(context.now)

    def open(self, tree: Tree, namespace: str | None = None) -> Iterator[Message]:
        """Yield the messages of a tree that are of a type that is read.

        Args:
            tree: An envelope with its messages, or one bare message.
            namespace: Version of its namespace.
        """
        if isinstance(tree, dict) and VERSION in tree:
            namespace = text(tree, VERSION, 20)
            tree = {name: value for name, value in tree.items() if name != VERSION}
        if namespace in self._types.namespaces:
            namespace = None
        try:
            found = carried(tree)
        except RowRefused as refusal:
            self.refuse(b"0", refusal)
            return
        for one in found:
            message = self._message(one, namespace)
            if message is not None:
                yield message

    def _message(self, one: Carried, namespace: str | None) -> Message | None:
        """Strip one message and check how it was sent; None where it is refused or left unread."""
        types, names = self._types, one.bodies()
        told = {types.telling[name] for name in names if name in types.telling}
        if not one.enveloped and len(told) == 1:
            names = [told.pop()]
            one = Carried({names[0]: one.message})
        name = names[0] if len(names) == 1 else ""
        head = self._allowed.strip(one.head)
        if name in types.read:
            stripped = self._allowed.strip(one.message)
        else:  # nothing is kept of it but its name
            stripped = Stripped(one.header() | dict.fromkeys(map(shown, names[:5])))
        self.rows.remarks([*head.notices(), *stripped.notices()])
        one = Carried(stripped.tree, head.tree, enveloped=one.enveloped)
        try:
            zone = self.context.timezone
            sent = check_sent(one, zone, header=name not in types.without_header)
            self._check_known(name, names)
            if sent.at_us is not None and name in types.read:
                self.check_clock(sent.at_us)
        except RowRefused as refusal:
            self.refuse(one.as_json(), refusal)
            return None
        if name in types.others:
            self.unused(name)
            return None
        message = Message(one, name, one.message.get(name), sent, namespace, namespace)
        reference = text(message.body, "referenceVersion", 20)
        if namespace is None and reference is not None and reference not in types.references:
            message.unknown = reference
        if message.unknown is not None:
            value = shown(message.unknown)
            self.rows.remark("unknown_version", severity="warning", value=value)
        return message

    def _check_known(self, name: str, names: list[str]) -> None:
        if name not in self._types.read | self._types.others:
            raise RowRefused("unknown_message", value=", ".join(map(shown, names[:5])))

    def refuse(self, raw: bytes, refusal: RowRefused) -> None:
        """Send a row to quarantine."""
        with self.rows.row(raw):
            raise refusal

    def refuse_whole(self, message: Message, refusal: RowRefused) -> None:
        """Send a message to quarantine as one row."""
        with self.row(message, message.body):
            raise refusal

    def unused(self, what: str) -> None:
        """Count a row that is known and left unread."""
        with self.rows.row(b""):
            self.rows.remark("not_used", what=what)

    @contextmanager
    def row(self, message: Message, body: Tree) -> Iterator[None]:
        """Read one row of a message; what an unknown version lacks is that version's fault.

        Args:
            message: The message.
            body: What of its body is the row.
        """
        with self.rows.row(partial(message.raw, body)):
            try:
                yield
            except RowRefused as refusal:
                if message.unknown is not None and refusal.code == "missing_required":
                    value = shown(message.unknown)
                    raise RowRefused("unknown_version", value=value) from refusal
                raise

    def items(self, message: Message, name: str) -> list[Tree]:
        """Return the entries of a list that must have one; else the message is refused."""
        found = many(message.body, name)
        if not found:
            self.refuse_whole(message, RowRefused("missing_required", column=name))
        return found

    def check_clock(self, at_us: int) -> None:
        """Remark on a sender's clock that is ahead.

        Raises:
            RowRefused: ``time_in_future`` from a day on.
        """
        if ahead_s := clock_ahead_s(at_us, self._now_us):
            self.rows.remark("clock_skew", severity="warning", seconds=str(ahead_s))

    def instant(self, tree: Tree, path: str) -> int | None:
        """Return an instant, epoch µs, that may be left out but not without its offset.

        Raises:
            RowRefused: ``bad_time``, ``naive_time``.
        """
        return instant(tree, path, self.context.timezone, zoned=True)

    def need_instant(self, tree: Tree, path: str) -> int:
        """Return an instant, epoch µs, that must be there with its offset.

        Raises:
            RowRefused: ``missing_required``, ``bad_time``, ``naive_time``.
        """
        return need_instant(tree, path, self.context.timezone, zoned=True)

    def spoken_us(self, message: Message, paths: Sequence[str]) -> int:
        """Return when a message was sent, epoch µs: as its envelope says, else its latest instant.

        Args:
            message: The message.
            paths: Where the instants of its body stand; the first is the one to ask for.

        Raises:
            RowRefused: ``missing_required``, ``bad_time``, ``naive_time``, ``time_in_future``.
        """
        if message.sent.at_us is not None:
            return message.sent.at_us
        found = []
        for path in paths:
            key = path.rpartition(".")[2]
            found += [self.instant({key: value}, key) for value in many(message.body, path)]
        latest = max((us for us in found if us is not None), default=None)
        if latest is None:
            raise RowRefused("missing_required", column=paths[0])
        self.check_clock(latest)
        return latest

    def need_number(self, tree: Tree, path: str) -> float:
        """Return a number that must be there.

        Raises:
            RowRefused: ``missing_required``, ``bad_number``.
        """
        value = number(tree, path)
        if value is None:
            raise RowRefused("missing_required", column=path)
        return value

    def number(self, tree: Tree, path: str, low: float, high: float) -> float | None:
        """Return a number that may be left out, or None; one that cannot be is remarked on."""
        try:
            value = number(tree, path)
        except RowRefused as refusal:
            self.rows.remark(refusal.code, severity="warning", value=OTHER, column=path)
            return None
        if value is None or low <= value <= high:
            return value
        self.rows.remark("out_of_range", severity="warning", value=f"{value:g}", column=path)
        return None

    def meaning(self, table: Mapping[str, str], code: str | None, column: str) -> str | None:
        """Return what a code that may be left out stands for, or None; remarked on if unknown."""
        found = None if code is None else table.get(code)
        if code is not None and found is None:
            self.rows.remark("unknown_code", severity="warning", value=shown(code), column=column)
        return found

    def kind(self, code: str, table: Mapping[str, str], mark: str, column: str) -> str:
        """Return what a code stands for by its longest known beginning, remarked on if cut.

        Raises:
            RowRefused: ``unknown_code`` when nothing of it is known.
        """
        found = longest(code, table, mark)
        if found is None:
            raise RowRefused("unknown_code", value=shown(code), column=column)
        if not found[1]:
            self.rows.remark("unknown_code", severity="warning", value=shown(code), column=column)
        return found[0]

    def unit(self, tree: Tree, path: str) -> str:
        """Return what identifies a vehicle; where that is its plate, a hash of it.

        Raises:
            RowRefused: ``missing_required``, ``bad_identifier``.
        """
        found = identifier(tree, path)
        if not is_plate(found):
            return found
        self.rows.remark("dropped_personal", column=path)
        return record_id(self.context.source, found)

    def call_sign(self, tree: Tree, path: str, known: Container[str]) -> str | None:
        """Return the call sign at the head of a vehicle's name, or None.

        What follows it may be a person's name, and a name of another shape may be nothing else.

        Args:
            tree: Where to look.
            path: Where the name stands.
            known: Letters that call signs begin with.
        """
        name = text(tree, path, 100) or ""
        if is_plate(name):
            self.rows.remark("dropped_personal", column=path)
            return None
        found = _CALL_SIGN.match(name)
        return found[0] if found and found[1] in known else None
