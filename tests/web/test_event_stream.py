"""The stream's pieces are packed once and read by everybody, wherever their stream began."""

from __future__ import annotations

import json
import zlib

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock
from vigie.intake.events import FACT_RECORDED
from vigie.situation.home import Home
from vigie.web.event_stream import GZIP_HEAD, pack, takes_gzip

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


@given(st.lists(st.binary(max_size=2_000), max_size=8), st.integers(0, 7))
def test_packed_pieces_stand_in_any_stream_at_any_place(pieces: list[bytes], first: int) -> None:
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert reader.decompress(GZIP_HEAD) == b""
    turned = pieces[first:] + pieces[:first]
    assert [reader.decompress(pack(piece)) for piece in turned] == turned


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("gzip, deflate, br", True), ("br;q=1.0, GZIP;q=0.5", True), ("gzip;q=0", False), ("", False)],
)
def test_what_a_reader_takes_is_what_it_says(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


def test_a_stream_is_packed_for_who_takes_it_and_plain_for_who_does_not(own: Own) -> None:
    home, _, client = own
    client.post("/api/session", json={"login": "operator", "password": PASSWORD})
    start = home.intake.events.latest_id
    for number in range(3):
        home.intake.events.append(FACT_RECORDED, {"fact_id": "x" * 900, "number": number})
    heard = []
    for accepted in ("gzip", "identity"):
        headers = {"Last-Event-ID": str(start), "Accept-Encoding": accepted}
        with client.stream("GET", "/api/stream", timeout=10, headers=headers) as answer:
            assert answer.headers.get("content-encoding", "identity") == accepted
            assert answer.headers["x-content-type-options"] == "nosniff"
            told = []
            for line in answer.iter_lines():
                told += [line] if line.startswith("data: ") else []
                if len(told) == 3:
                    break
            heard.append(told)
    assert heard[0] == heard[1]
    assert [json.loads(line[6:])["data"]["number"] for line in heard[0]] == [0, 1, 2]
