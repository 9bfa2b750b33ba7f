"""Messages become one plain tree, and hostile ones become a named refusal."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.intake.connector import Payload
from vigie.intake.messages.tree import (
    MAX_DEPTH,
    looks_like_xml,
    read_json,
    read_payload,
    read_xml,
)
from vigie.intake.tabular.block import FileRefused

BOMB = """<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<a>&c;</a>"""
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
HOSTILE = {
    "bomb": BOMB.encode(),
    "external entity": OUTSIDE.encode(),
    "external subset": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
    "after comments": b"<!-- a --> <?pi?>\n<!-- b --><!DOCTYPE a><a/>",
    "UTF-16": OUTSIDE.encode("utf-16"),
    "UTF-16 without mark": OUTSIDE.encode("utf-16-le"),
    "UTF-16 big end": OUTSIDE.encode("utf-16-be"),
}


def refusal(read, data):
    with pytest.raises(FileRefused) as caught:
        read(data)
    return caught.value.reject.code


@pytest.mark.parametrize("name", HOSTILE)
def test_a_document_type_is_refused_in_every_disguise(name):
    assert refusal(read_xml, HOSTILE[name]) == "xml_document_type"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32", "punycode", "no-such", "rot13"])
def test_an_encoding_that_could_hide_one_is_not_taken(encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    assert refusal(read_xml, head + b"<a>x</a>") == "unreadable"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("ISO-8859-15", "iso8859-15"),
        ("windows-1252", "cp1252"),
        ("UTF-16", "utf-16"),
    ],
)
def test_the_encodings_of_french_services_are_read(declared, encoding):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<a><b>École</b></a>'

    assert read_xml(text.encode(encoding)) == ("a", {"b": "École"})


def test_a_text_that_is_not_in_its_encoding_is_refused():
    data = '<?xml version="1.0" encoding="UTF-8"?><a>École</a>'.encode("latin-1")

    assert refusal(read_xml, data) == "unreadable"


def test_json_and_xml_give_the_same_tree():
    xml = b"<m xmlns='urn:x'><case><id>1</id><n>a</n><n>b</n></case></m>"
    same = b'{"case": {"id": "1", "n": ["a", "b"]}}'

    assert read_xml(xml)[1] == read_json(same)


def test_attributes_and_mixed_text_have_their_place():
    data = b'<a xmlns:p="urn:p" p:at="1">one <b/>two<c lang="fr">x</c></a>'

    assert read_xml(data) == (
        "a",
        {"@at": "1", "b": None, "c": {"@lang": "fr", "#": "x"}, "#": "one two"},
    )


def test_depth_is_capped_in_both_forms():
    deep = MAX_DEPTH + 1
    assert refusal(read_json, b"[" * deep + b"]" * deep) == "too_deep"
    assert refusal(read_json, b"[" * 200_000) == "too_deep"
    assert refusal(read_json, b"[" * deep) == "too_deep"  # whatever the parser says of it
    assert refusal(read_json, b'["' + b"[" * 99 + b'", ') == "unreadable"
    assert refusal(read_json, b"[]," * 99) == "unreadable"
    assert refusal(read_xml, b"<a>" * deep + b"</a>" * deep) == "too_deep"
    assert refusal(read_xml, b"<a>" * 100_000) in {"too_deep", "unreadable"}


@pytest.mark.parametrize(
    "data",
    [b"{", b"nan", b"[NaN]", b"[-Infinity]", b"\xff\xfe\x00", b'"\xff"', b"1" * 5_000, b"{}{}"],
)
def test_what_is_no_json_is_unreadable(data):
    assert refusal(read_json, data) == "unreadable"


def test_a_payload_has_bounds():
    assert refusal(lambda d: read_payload(Payload("x", io.BytesIO(d))), b" \r\n") == "empty_file"
    long = b"x" * 11
    assert refusal(lambda d: read_payload(Payload("x", io.BytesIO(d)), 10), long) == "too_large"
    assert read_payload(Payload("x", io.BytesIO(b"x"))) == b"x"


def test_what_begins_like_xml_is_told_from_json():
    for data in (
        b" \n<a/>",
        "<a/>".encode("utf-16"),
        "<a/>".encode("utf-16-be"),
        b"\xef\xbb\xbf<a/>",
    ):
        assert looks_like_xml(data)
    assert not looks_like_xml(b'{"a": "<b>"}')


trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(trees)
def test_any_json_comes_back(tree):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read_json(json.dumps(tree).encode(encoding)) == tree


@given(st.binary(max_size=200))
@example(b"<")
@example(b"<?xml version='1.0' encoding='utf-8'")
@example(b"\x00<\x00a")
@example(b"\xff\xfe<")
def test_bytes_are_read_or_refused(data):
    for read in (read_xml, read_json):
        with contextlib.suppress(FileRefused):
            read(data)
