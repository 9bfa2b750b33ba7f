"""What SIRI's messages are wrapped in: XML plain or in SOAP 1.1 and 1.2, or the JSON of SIRI Lite.

Whatever the wrapping, a service delivery comes out as the same tree (CEN/TS 15531-2; the SOAP
bindings of its WSDL put the header into ``ServiceDeliveryInfo`` beside the deliveries).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vigie.base.translations import Phrase
from vigie.intake.messages.reading import first, many
from vigie.intake.messages.tree import TEXT, Tree, looks_like_xml, read_json, read_xml
from vigie.intake.tabular.block import FileRefused

_FRAMEWORK = re.compile(
    r"[A-Za-z]{0,60}(?:Request|Response|Notification|Acknowledgement|Permissions|Delivery|Fault)"
)
_NAME = re.compile(r"[A-Za-z]{1,60}")
_SITUATIONS = {"PtSituationElement", "RoadSituationElement"}
_KEPT = {"RecordedAtTime", "ResponseTimestamp", "MonitoringRef", "@version"}


@dataclass(slots=True)
class Opened:
    """What one message holds.

    Attributes:
        services: Service deliveries, each with its header and its deliveries by name.
        others: Names of the framework's own messages: requests, subscriptions, discovery.
    """

    services: list[dict[str, Tree]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def open_message(data: bytes) -> Opened:
    """Return what a message holds.

    Raises:
        FileRefused: As ``read_xml`` and ``read_json``; ``unknown_message`` when it is no message
            of SIRI.
    """
    name, tree = read_xml(data) if looks_like_xml(data) else ("Siri", _plain(read_json(data)))
    if name == "Siri" and tree is not None and not isinstance(tree, dict):
        raise FileRefused("unreadable", reason=Phrase("reason_not_object"))
    opened = Opened()
    if name in _SITUATIONS:
        situation = {"SituationExchangeDelivery": {"Situations": {name: tree}}}
        tree = {"ServiceDelivery": situation}
    elif name not in {"Siri", "Envelope"}:
        tree = {name: tree}
    _open(first(tree, "Body") if name == "Envelope" else tree, opened)
    known = all(_FRAMEWORK.fullmatch(other) for other in opened.others)
    if not opened.services and not (opened.others and known):
        raise FileRefused("unknown_message", value=shown(next(iter(opened.others), name)))
    return opened


def _open(tree: Tree, opened: Opened) -> None:
    for name, value in tree.items() if isinstance(tree, dict) else ():
        if name.startswith("@") or name == TEXT:
            continue
        for one in many(value) or [None]:
            answer = first(one, "Answer") or first(one, "Notification")
            if name == "Siri":
                _open(one, opened)
            elif name == "ServiceDelivery":
                opened.services.append(one if isinstance(one, dict) else {})
            elif isinstance(answer, dict):
                info = first(one, "ServiceDeliveryInfo")
                opened.services.append((info if isinstance(info, dict) else {}) | answer)
            else:
                opened.others.append(name)


def _plain(tree: Tree) -> Tree:
    """Return SIRI Lite's JSON as XML gives it: the text of an element stands in ``value`` there."""
    if isinstance(tree, list):
        return [_plain(one) for one in tree]
    if isinstance(tree, dict):
        named = {"value": TEXT, "lang": "@lang"} if "value" in tree else {}
        plain = {named.get(name, name): _plain(one) for name, one in tree.items()}
        return plain[TEXT] if set(plain) == {TEXT} else plain
    return tree


def shown(name: str) -> str:
    """Return a name from a message as a remark may show it."""
    return name if _NAME.fullmatch(name) else "…"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a delivery, and what it stands in.

    Attributes:
        tree: The element.
        above: What it stands in, from the inmost out: parent, delivery, service delivery.
    """

    tree: Tree
    above: tuple[Tree, ...]
    _path: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self._path[-1]

    def raw(self) -> bytes:
        """Return a message of this element alone, in the JSON of SIRI Lite."""
        made: Tree = self.tree
        for name, tree in zip(reversed(self._path), self.above, strict=True):
            around = tree if isinstance(tree, dict) else {}
            made = {key: around[key] for key in around if key in _KEPT} | {name: made}
        return json.dumps({"Siri": {"ServiceDelivery": made}}).encode("ascii")


def elements(service: Tree, path: str) -> Iterator[Element]:
    """Yield the elements at a path of a service delivery, with what they stand in."""
    names = tuple(path.split("."))

    def walk(tree: Tree, above: tuple[Tree, ...], left: tuple[str, ...]) -> Iterator[Element]:
        if not left:
            yield Element(tree, above, names)
            return
        for one in many(tree, left[0]):
            yield from walk(one, (tree, *above), left[1:])

    yield from walk(service, (), names)
