"""From bytes of JSON or XML to one plain tree of dicts, lists, texts and numbers.

XML is closed before it is parsed (OWASP, *XML External Entity Prevention*): no document type, hence
no entity; no network; known encodings only; depth and size capped. Namespaces are dropped,
attributes become ``@name``, the text of an element that has attributes or children becomes ``#``,
and a child that occurs twice becomes a list, so that the JSON and the XML form of a message give
the same tree.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, NoReturn

from lxml import etree

from vigie.base.translations import Phrase
from vigie.intake.connector import Payload
from vigie.intake.tabular.block import FileRefused

MAX_BYTES = 32 << 20
MAX_DEPTH = 64
TEXT = "#"
"""Key of an element's own text beside attributes or children."""

Tree = Any
"""None, a text, a number, a boolean, a list of trees, or a dict of trees by name."""

_ENCODINGS = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-le", "utf-16-be"}
)
_DECLARED = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"\A\s*<\?xml.{0,400}?\?>", re.DOTALL)
_DOCTYPE = re.compile(r"\A\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<!DOCTYPE", re.DOTALL)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLANK = b" \t\r\n"
_JSON_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""Brackets, and the texts within which they mean nothing."""


def read_payload(payload: Payload, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of a payload.

    Raises:
        FileRefused: ``empty_file`` or ``too_large``.
    """
    data = payload.read_bytes(limit)
    if data is None:
        raise FileRefused("too_large", limit=limit)
    if not data.strip(_BLANK):
        raise FileRefused("empty_file")
    return data


def looks_like_xml(data: bytes) -> bool:
    """Say whether the first character is that of XML, in any encoding that XML knows."""
    for bom, _ in _BOMS:
        data = data.removeprefix(bom)
    return data.lstrip(_BLANK + b"\x00").startswith(b"<")


def read_json(data: bytes) -> Tree:
    """Return the tree of a JSON text.

    Raises:
        FileRefused: ``unreadable`` when it is none (NaN and Infinity are not JSON, RFC 8259),
            ``too_deep`` when it is nested beyond ``MAX_DEPTH``.
    """
    try:
        text = _decoded_json(data)
    except ValueError as error:
        raise FileRefused("unreadable", reason=Phrase("reason_json")) from error
    try:
        tree = json.loads(text, parse_constant=_refuse_constant)
    except (RecursionError, ValueError) as error:
        if _nests_too_deep(text):
            raise FileRefused("too_deep", limit=MAX_DEPTH) from error
        raise FileRefused("unreadable", reason=Phrase("reason_json")) from error
    _check_depth(tree, MAX_DEPTH)
    return tree


def _nests_too_deep(text: str) -> bool:
    """Say whether a text that no parser finished opens more than ``MAX_DEPTH`` levels.

    How deep the parser itself goes before it gives up depends on the version of Python.
    """
    depth = 0
    for mark in _JSON_MARKS.finditer(text):
        if mark[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif mark[0] in "]}":
            depth -= 1
    return False


def _decoded_json(data: bytes) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name)
    return data.decode("utf-8")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_depth(tree: Tree, limit: int) -> None:
    level = [tree] if isinstance(tree, dict | list) else []
    for _ in range(limit):
        level = [
            value
            for node in level
            for value in (node.values() if isinstance(node, dict) else node)
            if isinstance(value, dict | list)
        ]
        if not level:
            return
    if level:
        raise FileRefused("too_deep", limit=MAX_DEPTH)


def read_xml(data: bytes) -> tuple[str, Tree]:
    """Return the local name of the root of an XML text, and its tree.

    Raises:
        FileRefused: ``xml_document_type`` when it declares one, before anything of it is looked
            at; ``unreadable`` when it is not well formed or in an encoding that is not taken;
            ``too_deep`` when it is nested beyond ``MAX_DEPTH``.
    """
    text = _decoded_xml(data)
    if _DOCTYPE.match(text):
        raise FileRefused("xml_document_type")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    body = _DECLARATION.sub("", text, count=1).strip()
    try:
        root = etree.fromstring(body.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileRefused("unreadable", reason=Phrase("reason_xml")) from error
    return etree.QName(root).localname, _tree_of(root, MAX_DEPTH)


def _decoded_xml(data: bytes) -> str:
    """Decode as the byte order mark or the declaration says, else as UTF-8."""
    name, start = "utf-8", 0
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            name, start = encoding, len(bom)
            break
    else:
        if data[:2] in {b"<\x00", b"\x00<"}:
            name = "utf-16-le" if data[0] else "utf-16-be"
        elif found := _DECLARED.match(data.lstrip(_BLANK)):
            name = found[1].decode("ascii")
    try:
        if codecs.lookup(name).name not in _ENCODINGS:
            raise FileRefused("unreadable", reason=Phrase("reason_encoding"))
        return data[start:].decode(name)
    except (LookupError, UnicodeError) as error:
        raise FileRefused("unreadable", reason=Phrase("reason_encoding")) from error


def _tree_of(element: Any, left: int) -> Tree:
    if left == 0:
        raise FileRefused("too_deep", limit=MAX_DEPTH)
    tree: dict[str, Tree] = {
        f"@{etree.QName(name).localname}": value for name, value in element.attrib.items()
    }
    texts = [element.text]
    for child in element:
        texts.append(child.tail)
        if not isinstance(child.tag, str):  # an entity that was not resolved
            continue
        name, value = etree.QName(child).localname, _tree_of(child, left - 1)
        if name not in tree:
            tree[name] = value
        elif isinstance(tree[name], list):
            tree[name].append(value)
        else:
            tree[name] = [tree[name], value]
    text = "".join(part for part in texts if part).strip()
    if not tree:
        return text or None
    if text:
        tree[TEXT] = text
    return tree
