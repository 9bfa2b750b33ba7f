"""The EDXL-DE 2.0 envelope, as the French emergency hub fills it, around a message in JSON or XML.

OASIS, *Emergency Data Exchange Language Distribution Element 2.0*; required fields are those of the
profile of Hub Santé and NexSIS. Inside, each message has its own header (RC-DE).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigie.base.translations import Phrase
from vigie.intake.messages.reading import RowRefused, first, many, need_instant, need_text, text
from vigie.intake.messages.tree import Tree

ENVELOPE = (
    "distributionID",
    "senderID",
    "dateTimeSent",
    "dateTimeExpires",
    "distributionStatus",
    "distributionKind",
    "descriptor.language",
    "descriptor.explicitAddress.explicitAddressScheme",
    "descriptor.explicitAddress.explicitAddressValue",
)
"""What the envelope must hold beside its content."""

HEADER = ("messageId", "sender", "sentAt", "kind", "status", "recipient")
"""What the header of a message in an envelope must hold."""

ACTUAL = "Actual"
MODES = ("Exercise", "System", "Test", "Draft", "Unknown")
ROOT = "edxlDistribution"
_CONTENT = "content"
_MESSAGES = (
    f"{_CONTENT}.jsonContent.embeddedJsonContent.message",
    f"{_CONTENT}.contentObject.jsonContent.embeddedJsonContent.message",
    f"{_CONTENT}.contentObject.contentXML.embeddedXMLContent.message",
)
_OWN = frozenset({"distributionID", "distributionStatus", "dateTimeSent", _CONTENT, ROOT})


@dataclass(slots=True)
class Carried:
    """One message and its envelope.

    Attributes:
        message: Header and body; empty when the envelope carries none.
        head: The envelope without its content; empty when there is none.
        enveloped: Whether there was an envelope.
    """

    message: dict[str, Tree]
    head: dict[str, Tree] = field(default_factory=dict)
    enveloped: bool = False

    def bodies(self) -> list[str]:
        """Return the names of what stands beside the header: one, in a sound message."""
        return [name for name in self.message if name not in HEADER and name[:1] != "@"]

    def header(self) -> dict[str, Tree]:
        """Return the header of the message."""
        return {name: self.message[name] for name in HEADER if name in self.message}

    def as_json(self) -> bytes:
        """Return envelope and message as a payload that reads the same."""
        if not self.enveloped:
            return _json(self.message)
        content = [{"jsonContent": {"embeddedJsonContent": {"message": self.message}}}]
        return _json({**self.head, _CONTENT: content})


@dataclass(frozen=True, slots=True)
class Sent:
    """What envelope and header say of a message.

    Attributes:
        at_us: When it was sent, epoch µs; None when it came without envelope and header.
        kind: What it is sent for (``Report``, ``Update``, ``Cancel``, ``Ack`` ...), or empty.
    """

    at_us: int | None = None
    kind: str = ""


def carried(tree: Tree) -> list[Carried]:
    """Return the messages of a payload's tree, each with its envelope where it has one.

    Raises:
        RowRefused: ``bad_row`` when it is no object.
    """
    if not isinstance(tree, dict):
        raise RowRefused("bad_row", reason=Phrase("reason_not_object"))
    envelope = tree.get(ROOT, tree)
    if not isinstance(envelope, dict) or _OWN.isdisjoint(tree):
        bare = tree.get("message", tree)
        return [Carried(bare if isinstance(bare, dict) else {})]
    head = {name: value for name, value in envelope.items() if name != _CONTENT}
    held = [one for path in _MESSAGES for one in many(envelope, path)]
    found = [one for one in held if isinstance(one, dict)] or [{}]
    return [Carried(one, head, enveloped=True) for one in found]


def check_sent(one: Carried, timezone: str, *, header: bool = True) -> Sent:
    """Check envelope and header of a message, and return what they say.

    Args:
        one: The message; without envelope, only the status and the time of a header are looked at.
        timezone: Zone of the city; times must have an offset all the same.
        header: Whether a message in an envelope must have its header.

    Raises:
        RowRefused: ``missing_required`` with the field's name; ``bad_time`` and ``naive_time``;
            ``not_actual`` for anything that is not real (Exercise, Test, System, Draft, Unknown).
    """
    if one.enveloped:
        _need(one.head, ENVELOPE)
        for name in ("dateTimeSent", "dateTimeExpires"):
            need_instant(one.head, name, timezone, zoned=True)
        _need_actual(need_text(one.head, "distributionStatus", 40))
    if one.enveloped and not one.message:
        raise RowRefused("missing_required", column=_CONTENT)
    if one.enveloped and header:
        _need(one.message, HEADER)
    if status := text(one.message, "status", 40):
        _need_actual(status)
    kind = text(one.message, "kind", 40) or text(one.head, "distributionKind", 40) or ""
    for tree, name in ((one.message, "sentAt"), (one.head, "dateTimeSent")):
        if text(tree, name) is not None:
            return Sent(need_instant(tree, name, timezone, zoned=True), kind)
    return Sent(None, kind)


def _need(tree: Tree, paths: Iterable[str]) -> None:
    for path in paths:
        if first(tree, path) in (None, "", {}):
            raise RowRefused("missing_required", column=path)


def _need_actual(status: str) -> None:
    if status != ACTUAL:
        raise RowRefused("not_actual", mode=status if status in MODES else "?")


def _json(tree: Tree) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode("ascii")
