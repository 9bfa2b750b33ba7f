"""Alerts of the Common Alerting Protocol (OASIS CAP 1.1, 1.2), as they stand and as they relate.

An alert is named by its sender and identifier, which is what a later message refers to (*Update*
and *Cancel* end the messages they name, CAP 1.2 section 3.2.1). Senders can be persons' mailboxes:
they are hashed into the key and kept nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from shapely.geometry.base import BaseGeometry

from vigie.base.ids import record_id
from vigie.base.translations import Phrase
from vigie.intake.messages.codes import shown
from vigie.intake.messages.reading import (
    RowRefused,
    first,
    instant,
    many,
    need_instant,
    need_text,
    text,
)
from vigie.intake.messages.shapes import cap_circle, cap_polygon
from vigie.intake.messages.tree import Tree

NOT_ACTUAL = ("Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
SEVERITIES = {"Extreme": 5, "Severe": 4, "Moderate": 3, "Minor": 2, "Unknown": None}
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
    "CBRNE", "Other",
)  # fmt: skip
DEFAULT_LANGUAGE = "en-US"
"""Of an ``info`` that names none (CAP 1.2, section 3.2.2)."""

MOST_CODES = 20
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_NAME = re.compile(r"[^\s,<&]+")
_PARTS_OF_A_REFERENCE = 3


class Reference(NamedTuple):
    """An earlier message that an alert names: its key and when it was sent (epoch µs)."""

    key: str
    sent_us: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One message, actual and well named.

    Attributes:
        key: From sender and identifier.
        sent_us: When it was sent, epoch µs.
        type: One of ``MESSAGE_TYPES``.
        scope: One of ``SCOPES``.
        references: The earlier messages it names, itself excluded, oldest first.
        unread: How many references could not be read.
        infos: Its ``info`` blocks.
    """

    key: str
    sent_us: int
    type: str
    scope: str
    references: tuple[Reference, ...] = ()
    unread: int = 0
    infos: tuple[Tree, ...] = field(default=(), repr=False)

    @property
    def ends(self) -> tuple[Reference, ...]:
        """The earlier messages that are over with this one."""
        return self.references if self.type in {"Update", "Cancel"} else ()


def key_of(sender: str, identifier: str) -> str:
    """Return the key of a message; it does not tell who sent it."""
    return record_id("cap", f"{sender},{identifier}")


def contained(root: str, tree: Tree) -> tuple[list[Tree], int] | None:
    """Return the alerts of a document and how many of its entries hold none.

    An alert stands alone, in an EDXL-DE envelope or in the content of an Atom entry; an entry of an
    Atom or RSS index only points to one. None for any other document.

    Raises:
        RowRefused: ``not_actual`` when the envelope is one of an exercise or test.
    """
    if root == "alert":
        return [tree], 0
    if root == "EDXLDistribution":
        status = text(tree, "distributionStatus", 40)
        if status != "Actual":
            raise RowRefused("not_actual", mode=status or "?")
        parts = many(tree, "contentObject")
        path = "xmlContent.embeddedXMLContent.alert"
    elif root == "feed":
        parts, path = many(tree, "entry"), "content.alert"
    elif root == "rss":
        parts, path = many(tree, "channel.item"), "alert"
    else:
        return None
    found = [many(part, path) for part in parts]
    return [one for alerts in found for one in alerts], sum(not alerts for alerts in found)


def read_alert(tree: Tree, timezone: str) -> Alert:
    """Return an alert from its stripped tree.

    Raises:
        RowRefused: ``not_actual``, ``unknown_message``, ``unknown_code``, ``missing_required``,
            ``bad_row`` (an identifier that no reference could name), ``bad_time``, ``naive_time``;
            ``unknown_reference`` for a cancellation that names nothing.
    """
    status = need_text(tree, "status", 40)
    if status in NOT_ACTUAL:
        raise RowRefused("not_actual", mode=status)
    if status != "Actual":
        raise RowRefused("unknown_code", value=shown(status), column="status")
    sender, identifier = (_name(tree, part) for part in ("sender", "identifier"))
    sent_us = need_instant(tree, "sent", timezone, zoned=True)
    message, scope = need_text(tree, "msgType", 40), need_text(tree, "scope", 40)
    if message not in MESSAGE_TYPES:
        raise RowRefused("unknown_message", value=shown(message))
    if scope not in SCOPES:
        raise RowRefused("unknown_code", value=shown(scope), column="scope")
    key = key_of(sender, identifier)
    references, unread = _references(tree, key)
    if message == "Cancel" and not references:
        raise RowRefused("unknown_reference", value="references")
    infos = tuple(one for one in many(tree, "info") if isinstance(one, dict))
    return Alert(key, sent_us, message, scope, references, unread, infos)


def _name(tree: Tree, path: str) -> str:
    found = need_text(tree, path)
    if _NAME.fullmatch(found) is None:
        expected = f"{path} without blank or comma"
        raise RowRefused("bad_row", reason=Phrase("reason_expected", expected=expected))
    return found


def _references(tree: Tree, own: str) -> tuple[tuple[Reference, ...], int]:
    """Return what an alert refers to, ``sender,identifier,sent`` parted by blanks, oldest first."""
    found: dict[str, Reference] = {}
    unread = 0
    for one in (text(tree, "references", 1 << 20) or "").split():
        parts = one.split(",")
        sent_us = None
        if len(parts) == _PARTS_OF_A_REFERENCE and all(parts):
            try:
                sent_us = instant({"sent": parts[2]}, "sent", "UTC")
            except RowRefused:
                sent_us = None
        if sent_us is None:
            unread += 1
            continue
        key = key_of(parts[0], parts[1])
        if key != own:
            found[key] = Reference(key, sent_us)
    return tuple(sorted(found.values(), key=lambda one: (one.sent_us, one.key))), unread


def in_language(infos: Sequence[Tree], language: str) -> list[Tree]:
    """Return the ``info`` blocks in a language, or else in that of the first."""
    spoken = [(text(one, "language", 40) or DEFAULT_LANGUAGE).casefold() for one in infos]
    wanted = [one for one, tongue in zip(infos, spoken, strict=True) if tongue[:2] == language]
    return wanted or [one for one, tongue in zip(infos, spoken, strict=True) if tongue == spoken[0]]


def codes_of(info: Tree, path: str) -> list[tuple[str, str]]:
    """Return the pairs of name and value at a path (``eventCode``, ``parameter``)."""
    pairs = [(text(one, "valueName", 200), text(one, "value", 200)) for one in many(info, path)]
    return [(name, value) for name, value in pairs if name and value]


def plain_codes(infos: Sequence[Tree], path: str) -> list[str]:
    """Return the values at a path that are codes, each once, at most ``MOST_CODES``."""
    found = (value for info in infos for _, value in codes_of(info, path))
    return list(dict.fromkeys(one for one in found if _CODE.fullmatch(one)))[:MOST_CODES]


def areas(infos: Sequence[Tree]) -> tuple[list[BaseGeometry], int]:
    """Return the polygons and circles of ``info`` blocks, and how many could not be read."""
    shapes: list[BaseGeometry] = []
    unread = 0
    for path, read in (("area.polygon", cap_polygon), ("area.circle", cap_circle)):
        for one in chain.from_iterable(many(info, path) for info in infos):
            try:
                shapes.append(read(text(one, "", 1 << 20) or ""))
            except RowRefused:
                unread += 1
    return shapes, unread


def interval(info: Tree, sent_us: int, timezone: str) -> tuple[int, int | None]:
    """Return when what an ``info`` is about begins, and when it expires, if told (epoch µs)."""
    onset = instant(info, "onset", timezone, zoned=True)
    effective = instant(info, "effective", timezone, zoned=True)
    begins = onset if onset is not None else effective if effective is not None else sent_us
    return begins, instant(info, "expires", timezone, zoned=True)


def signed(tree: Tree) -> bool:
    """Say whether an alert carries an XML signature; it is not verified."""
    return first(tree, "Signature") is not None
