"""A payload that is one XML document or JSON, read by the same source in either form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from vigie.intake.connector import Context, Parsed, Payload
from vigie.intake.messages.reading import many
from vigie.intake.messages.rows import Raw, Rows, refused_file
from vigie.intake.messages.tree import Tree, looks_like_xml, read_json, read_payload, read_xml
from vigie.intake.tabular.block import FileRefused
from vigie.model.contracts import RecordKind


def read_documents(
    payload: Payload,
    context: Context,
    kinds: tuple[RecordKind, ...],
    *,
    xml: Callable[[str, Tree, Rows, Context], None],
    item: Callable[[Tree, Rows, Context], None],
) -> Iterator[Parsed]:
    """Yield what a payload gives, or its refusal under the first of the kinds.

    Args:
        payload: One XML document, a JSON object or a list of them.
        context: Of the feed.
        kinds: Kinds of record that it may give.
        xml: Reads the name of a root and its tree into rows.
        item: Reads one JSON value into rows.
    """
    rows = Rows(*kinds)
    try:
        data = read_payload(payload)
        if looks_like_xml(data):
            xml(*read_xml(data), rows, context)
        else:
            for one in many(read_json(data)):
                item(one, rows, context)
    except FileRefused as refusal:
        yield refused_file(kinds[0], refusal)
        return
    yield from rows.parsed()


def raw_json(tree: Tree) -> Raw:
    """Return what makes a row of its own of a tree, to be tried again."""
    return lambda: json.dumps(tree).encode()
