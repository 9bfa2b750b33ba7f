"""What changed between two contents, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from vigie.foresight.dossier.model import Content
from vigie.foresight.dossier.shapes import LineShape, PointShape, PolygonShape, apart_m

_SHAPES = (PointShape, LineShape, PolygonShape)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that changed.

    Attributes:
        field: Name.
        before: Value before; None where there was none. A shape is told by ``moved_m``.
        after: Value after.
        moved_m: For a shape that was and is: how far its middle moved, metres.
    """

    field: str
    before: Any
    after: Any
    moved_m: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An item that was added, removed or changed.

    Attributes:
        part: List or part of the content (``posts``, ``first_aid``).
        item: Id of the item; empty for a part that is no list.
        label: What the item is called.
        what: added, removed or changed.
        fields: What changed in it; every value of it when added or removed.
    """

    part: str
    item: str
    label: str
    what: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...]


def changes(before: Content, after: Content) -> list[Change]:
    """Return what changed from one content to another, in the order of the content.

    An item that only changed its place within its list has not changed.
    """
    return [*_parts(before, after), *_lists(before, after)]


def _parts(before: Content, after: Content) -> Iterator[Change]:
    for name in ("summary", "perimeter", "first_aid", "origin"):
        one, other = getattr(before, name), getattr(after, name)
        fields = _fields(_as_fields(one, name), _as_fields(other, name))
        if fields:
            yield Change(name, "", "", "changed", fields)
    for name in ("attendance", "attendance_source", "lessons"):
        one, other = getattr(before.after, name), getattr(after.after, name)
        if one != other:
            yield Change(f"after.{name}", "", "", "changed", (_field(name, one, other),))


def _nested(value: Any) -> bool:
    return isinstance(value, BaseModel) and not isinstance(value, _SHAPES)


def _as_fields(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    return _values(value) if _nested(value) else {name: value}


def _fields(before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        _field(key, before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    )


def _values(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in type(item).model_fields if name != "id"}


def _field(name: str, before: Any, after: Any) -> FieldChange:
    moved = None
    if isinstance(before, _SHAPES) and isinstance(after, _SHAPES):
        moved = round(apart_m(before, after), 1)
    return FieldChange(name, _plain(before), _plain(after), moved)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _lists(before: Content, after: Content) -> Iterator[Change]:
    then = dict(before.lists())
    for part, items in after.lists():
        was = {item.id: item for item in then[part]}
        now = {item.id: item for item in items}
        for key in dict.fromkeys([*was, *now]):
            one, other = was.get(key), now.get(key)
            if one == other:
                continue
            fields = _fields(*({} if x is None else _values(x) for x in (one, other)))
            what: Literal["added", "removed", "changed"] = (
                "added" if one is None else "removed" if other is None else "changed"
            )
            yield Change(part, key, label_of(other or one), what, fields)


def label_of(item: Any) -> str:
    """Return what an item is called."""
    for name in ("name", "street", "title", "service", "what", "text", "fr", "post"):
        text = getattr(item, name, "")
        if text:
            return str(text)
    return str(item.id)
