"""A table in whatever form it comes, told by its bytes and not by its name."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from vigie.intake.connector import Context, Payload
from vigie.intake.tabular.anyform import read_any_table

CONTEXT = Context("x", "Europe/Paris", datetime(2026, 11, 23, 9, tzinfo=UTC))
POINT = {"type": "Point", "coordinates": [5.37, 43.29]}


def read(content: bytes):
    payload = Payload("sans-nom", io.BytesIO(content), size=len(content))
    return list(read_any_table(payload, CONTEXT, {"ref", "titre"}))


@pytest.mark.parametrize(
    "content",
    [
        b"ref;titre\n1;a\n2;b\n",
        b"\xef\xbb\xbfref,titre\n1,a\n2,b\n",
        json.dumps([{"ref": "1", "titre": "a"}, {"ref": "2", "titre": "b"}]).encode(),
        b'\xef\xbb\xbf {"data": [{"ref": "1", "titre": "a"}, {"ref": "2", "titre": "b"}]}',
        b'{"ref": "1", "titre": "a"}\n{"ref": "2", "titre": "b"}\n',
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "geometry": POINT, "properties": {"ref": ref, "titre": t}}
                    for ref, t in (("1", "a"), ("2", "b"))
                ],
            }
        ).encode(),
    ],
)
def test_the_same_rows_come_out_of_every_form(content):
    blocks = [block for block in read(content) if len(block)]

    assert [block.columns["ref"].to_pylist() for block in blocks] == [["1", "2"]]
    assert blocks[0].columns["titre"].to_pylist() == ["a", "b"]
    assert (blocks[0].geometry is not None) == (b"Feature" in content)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"PK\x03\x04 rien", "unreadable"), (b"{", "truncated_file")],
)
def test_what_cannot_be_read_says_why(content, code):
    codes = [reject.code for block in read(content) for reject in block.rejects]

    assert codes == [code]
