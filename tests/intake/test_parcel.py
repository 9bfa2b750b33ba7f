"""A message of the journal travels whole, whatever it holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.intake.between.parcel import LABEL, UNIQUE, Parcel, Piece, pieces, read_piece

text = st.text(max_size=8)


@settings(max_examples=40)
@given(
    parcel=st.builds(
        Parcel,
        message_id=st.text("abc234", min_size=1, max_size=12),
        source=text,
        name=text,
        media=text,
        received_us=st.integers(0, 2**62),
        sha256=text,
        size=st.integers(0, 2**40),
        spool=text,
    ),
    content=st.binary(max_size=200),
    size=st.integers(1, 64),
)
def test_what_travels_comes_back(parcel: Parcel, content: bytes, size: int) -> None:
    """Whatever a name holds: one line of ASCII; pieces put together are the content."""
    sent = pieces(parcel, content, size=size)
    for one in sent:
        headers = one.headers()
        assert all(told.isascii() and told.isprintable() for told in headers.values())
        assert read_piece(headers, one.content) == one
    assert b"".join(one.content for one in sent) == content
    assert {one.whole for one in sent} == {len(content)}
    assert len({one.headers()[UNIQUE] for one in sent}) == len(sent)


@settings(max_examples=20)
@given(told=st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4))
def test_what_is_no_entry_is_refused(told: object) -> None:
    with pytest.raises(ValueError, match=LABEL):
        read_piece({LABEL: json.dumps(told)}, b"")
    label = Piece(Parcel("m", "s", "n", "", 1, "h", 1, ""), 0, 1, b"x").headers()[LABEL]
    for key in ("source", "offset", "received_us"):
        with pytest.raises(ValueError, match=LABEL):
            read_piece({LABEL: json.dumps({**json.loads(label), key: [told]})}, b"x")
