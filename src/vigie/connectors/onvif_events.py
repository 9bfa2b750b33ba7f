"""What a camera's own analytics report (ONVIF metadata): closed, unless the law opens it.

Of a metadata stream only the topic, the instant, the token of the source and a count are ever
looked at; shapes, appearances, faces, bodies, plates and images are removed before (law, ALG-3).
An event is taken only under a grant in force that names its camera and its type, and only if it is
one of the eight of décret 2023-828 (ALG-1, ALG-2); each other one is refused, with its reason. What
is taken is a mark for human eyes: inferred, open, and nothing confirms it here (ALG-4).
"""

from __future__ import annotations

import html
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from vigie.base.clock import to_rfc3339, to_us
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Field, Parsed, Payload
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.grants import Grant, read_grant
from vigie.intake.messages.reading import (
    RowRefused,
    instant,
    many,
    need_text,
    number,
    shown_name,
    text,
)
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.tree import TEXT, Tree, read_payload, read_xml
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import SECOND_US

MAX_BYTES = 8 << 20
SKEW_S = 60
"""How far ahead of the receipt a camera's clock may be: a grant's hours are not the camera's."""

_TABLES = tomllib.loads(files("vigie.connectors").joinpath("onvif_events.toml").read_text("utf-8"))
TYPES: dict[str, str] = _TABLES["types"]
TOPICS: dict[str, str] = _TABLES["topics"]
FIELDS = tuple(
    Field(name, {"fr": fr, "en": en}, privacy, required=name in {"Topic", "UtcTime"})
    for name, (fr, en, privacy) in _TABLES["fields"].items()
)
ALLOWED = AllowList(FIELDS)

_ROOTS = {
    "MetadataStream": "Event.NotificationMessage",
    "Notify": "NotificationMessage",
    "NotificationMessage": "",
}
_TOKENS = ("VideoSourceConfigurationToken", "VideoSourceToken", "VideoSource", "Source")
_ITEMS = ("Source", "Key", "Data")
_KNOWN = frozenset({"Topic", "Message", "UtcTime", "PropertyOperation", TEXT, *_ITEMS})
_ENDED = frozenset({"false", "0"})


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn a metadata stream into facts, as far as grants allow it.

    Options of the feed: ``grants``, a list (see ``vigie.intake.messages.grants``); and ``topics``,
    from a vendor's topic to one of the eight types.
    """
    rows = Rows("facts")
    try:
        root, tree = _read(payload)
    except FileRefused as refusal:
        yield refused_file("facts", refusal)
        return
    gate = _Gate(context, rows)
    if root == "MetadataStream" and isinstance(tree, dict):
        around = {name: value for name, value in tree.items() if name != "Event"}
        rows.remarks(ALLOWED.strip(around).notices())
    for message in many(tree, _ROOTS[root]):
        gate.take(message)
    yield from rows.parsed()


def _read(payload: Payload) -> tuple[str, Tree]:
    root, tree = read_xml(read_payload(payload, MAX_BYTES))
    if root not in _ROOTS:
        raise FileRefused("unknown_message", value=shown_name(root))
    return root, tree


def _items(node: Tree) -> dict[str, Tree]:
    """Return the items of a part by their names: ``SimpleItem`` by value, others as they are."""
    found: dict[str, Tree] = {}
    for one in many(node):
        for tag, inner in one.items() if isinstance(one, dict) else ():
            for item in many(inner):
                named = isinstance(item, dict) and isinstance(item.get("@Name"), str)
                name = item["@Name"] if named else tag
                found.setdefault(name, item.get("@Value", item) if named else item)
    return found


def _plain(message: Tree) -> dict[str, Tree]:
    """Return a notification with its items under their names, for the allow-list to cut."""
    if not isinstance(message, dict):
        return {}
    plain: dict[str, Tree] = {"Topic": text(message, "Topic", 300)}
    plain |= {name: value for name, value in message.items() if name not in _KNOWN}
    for body in many(message, "Message.Message"):
        for name, value in body.items() if isinstance(body, dict) else ():
            plain[name.removeprefix("@")] = _items(value) if name in _ITEMS else value
        break
    return plain


def _raw(event: Tree) -> bytes:
    """Return what is left of a notification as one of its own; nothing that was cut is in it."""

    def items(part: str) -> str:
        inner = event.get(part)
        pairs = inner.items() if isinstance(inner, dict) else ()
        return (
            f"<{part}>"
            + "".join(
                f'<SimpleItem Name="{html.escape(name)}" Value="{html.escape(text(value) or "")}"/>'
                for name, value in pairs
            )
            + f"</{part}>"
        )

    attributes = "".join(
        f' {name}="{html.escape(shown)}"'
        for name in ("UtcTime", "PropertyOperation")
        if (shown := text(event, name, 80))
    )
    topic = html.escape(text(event, "Topic", 300) or "")
    body = f"<Message><Message{attributes}>{items('Source')}{items('Data')}</Message></Message>"
    whole = f"<NotificationMessage><Topic>{topic}</Topic>{body}</NotificationMessage>"
    return whole.encode("utf-8", "replace")


def topic_name(topic: str) -> str:
    """Return a topic without the namespace prefixes of its parts."""
    return "/".join(part.rpartition(":")[2] for part in topic.strip().split("/"))


class _Gate:
    """What may pass of one payload."""

    def __init__(self, context: Context, rows: Rows) -> None:
        self._context = context
        self._rows = rows
        self._now_us = to_us(context.now)
        said = context.options.get("grants")
        read = [read_grant(one, TYPES) for one in said] if isinstance(said, list | tuple) else []
        self._grants: list[Grant] = [one for one in read if one is not None]
        if len(self._grants) < len(read):
            count = len(read) - len(self._grants)
            rows.remark("not_used", severity="warning", what="grant", count=count)
        own = context.options.get("topics")
        self._topics = TOPICS | {
            topic_name(str(topic)): str(kind)
            for topic, kind in (own.items() if isinstance(own, dict) else ())
            if kind in TYPES
        }

    def take(self, message: Tree) -> None:
        """Cut a notification to the list, then refuse or take what is left."""
        stripped = ALLOWED.strip(_plain(message))
        self._rows.remarks(stripped.notices())
        with self._rows.row(_raw(stripped.tree)):
            self._event(stripped.tree)

    def _event(self, event: dict[str, Tree]) -> None:
        kind = self._topics.get(topic_name(need_text(event, "Topic", 300)))
        if kind is None:
            raise RowRefused("no_legal_grant", what=Phrase("reason_not_legal_type"))
        at_us = instant(event, "UtcTime", self._context.timezone, zoned=True)
        if at_us is None:
            raise RowRefused("missing_required", column="UtcTime")
        if at_us > self._now_us + SKEW_S * SECOND_US:
            raise RowRefused("time_in_future", value=to_rfc3339(at_us))
        camera = next(
            (found for name in _TOKENS if (found := text(event, f"Source.{name}", 120))), None
        )
        if camera is None:
            raise RowRefused("missing_required", column="Source.VideoSourceConfigurationToken")
        grant = next((g for g in self._grants if g.allows(kind, camera, at_us, self._now_us)), None)
        if grant is None:
            raise RowRefused("no_legal_grant", what=Phrase("reason_outside_grant", value=kind))
        if self._is_over(event):
            self._rows.remark("not_used", what=f"{kind}: end or repetition")
            return
        self._rows.add("facts", self._fact(event, kind, camera, at_us, grant))

    @staticmethod
    def _is_over(event: dict[str, Tree]) -> bool:
        """Say whether a notification tells an end, or repeats a state to a new listener."""
        if text(event, "PropertyOperation", 40) in {"Initialized", "Deleted"}:
            return True
        states = [text(event, f"Data.{name}", 20) for name in ("State", "IsInside")]
        return any(state is not None and state.casefold() in _ENDED for state in states)

    @staticmethod
    def _fact(
        event: dict[str, Tree], kind: str, camera: str, at_us: int, grant: Grant
    ) -> dict[str, Any]:
        where = grant.cameras[camera]
        return {
            "source_ref": f"{kind}/{camera}@{at_us}",
            "kind": TYPES[kind],
            "earliest_at": at_us,
            "latest_at": at_us,
            "lon": where[0] if where else None,
            "lat": where[1] if where else None,
            "status": "open",
            "basis": "inferred",
            "discovered_by": "camera",
            "quantity": number(event, "Data.Count"),
            "attributes": {"camera": camera, "type": kind, **grant.texts},
        }


CONNECTOR = Connector(
    name="onvif_events",
    title={
        "fr": "Événements de caméras (ONVIF), sous autorisation légale",
        "en": "Camera events (ONVIF), under a legal grant",
    },
    emits=("facts",),
    suffixes=(".xml",),
    media=("application/xml", "text/xml"),
    fields=FIELDS,
    parse=parse,
    period_s=86_400,
    reference="ONVIF Profile M (metadatastream.xsd); loi 2023-380 art. 10, décret 2023-828",
)
