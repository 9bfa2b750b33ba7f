"""MLLP over a real TCP connection: every message answered, nothing hostile held."""

from __future__ import annotations

import asyncio
import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.hospital import mllp
from vigie.intake.hospital.mllp import Deframer, Frame, MllpServer, acknowledge

LIMIT = 1_000
BODY = st.binary(max_size=60).map(lambda b: b.replace(b"\x0b", b"").replace(b"\x1c", b""))


def codes(answers: bytes) -> list[tuple[str, str]]:
    """Return the code and control id of each acknowledgement."""
    found = []
    for block in answers.split(b"\x1c\r"):
        if block:
            assert block.startswith(b"\x0bMSH|^~\\&|VIGIE|EDGE|")
            msa = block.decode().split("\r")[1].split("|")
            assert msa[0] == "MSA"
            found.append((msa[1], msa[2]))
    return found


def talk(edge, pieces, *, wait=True, **limits):
    """Send pieces to a server that an edge stands behind; return what came back."""

    async def conversation() -> bytes:
        server = MllpServer(edge.answer, **limits)
        port = await server.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            if wait:
                writer.write_eof()
            return await asyncio.wait_for(reader.read(-1), 10)
        finally:
            writer.close()
            await server.close()

    return asyncio.run(conversation())


def test_an_emergency_arrival_is_accepted(edge, said):
    assert codes(talk(edge, [said.framed(said.adt(1))])) == [("AA", "M-1-A04")]


def test_the_answer_speaks_to_its_sender(edge, said):
    answer = talk(edge, [said.framed(said.adt(1))]).decode()

    assert answer.startswith("\x0bMSH|^~\\&|VIGIE|EDGE|DPI|130000001|20261122110000+0000||ACK^A04|")
    assert answer.endswith("|P|2.5\rMSA|AA|M-1-A04\r\x1c\r")


def test_many_messages_in_one_segment_are_answered_in_order(edge, said):
    content = said.framed(*(said.adt(n) for n in range(30)))

    assert codes(talk(edge, [content])) == [("AA", f"M-{n}-A04") for n in range(30)]
    assert edge._state.tally.days[said.SUNDAY].sites[said.SITE]["health.arrivals"][10] == 30


def test_a_message_that_comes_byte_by_byte_is_one_message(edge, said):
    content = said.framed(said.adt(1), said.adt(2))

    assert len(codes(talk(edge, [content[i : i + 1] for i in range(len(content))]))) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "ORU^R01"}, "AR"),
        ({"type": "SIU^S12"}, "AR"),
        ({"event": "A02"}, "AA"),
        ({"class": "I"}, "AA"),
        ({"type": ""}, "AE"),
        ({"site": ""}, "AE"),
        ({"at": "demain"}, "AE"),
        ({"at": "202712221015"}, "AE"),
    ],
    ids=str,
)
def test_each_sort_of_message_has_its_code(edge, said, change, code):
    assert [one for one, _ in codes(talk(edge, [said.framed(said.adt(1, **change))]))] == [code]


def test_what_is_not_hl7_is_an_error_without_identifier(edge, said):
    hostile = [b"", b"hello", b"<OSCOUR/>", b"\xff" * 40, b"MSH", b"MSH|", b"PID|1||MORVANDIAU"]

    assert codes(talk(edge, [said.framed(*hostile)])) == [("AE", "")] * len(hostile)


def test_noise_between_messages_is_passed_over(edge, said):
    content = (
        b"GET / HTTP/1.1\r\n\r\n" + said.framed(said.adt(1)) + b"\n\n" + said.framed(said.adt(2))
    )

    assert [code for code, _ in codes(talk(edge, [content]))] == ["AA", "AA"]


def test_half_a_message_then_nothing_counts_nothing(edge, said):
    assert talk(edge, [said.framed(said.adt(1))[:200]]) == b""
    assert edge._state.tally.days == {}


def test_half_a_message_then_another_is_an_error_then_accepted(edge, said):
    content = said.framed(said.adt(1))[:200] + said.framed(said.adt(2))

    assert codes(talk(edge, [content])) == [("AE", "M-1-A04"), ("AA", "M-2-A04")]


def test_a_message_that_stands_still_is_given_up(edge, said):
    assert talk(edge, [said.framed(said.adt(1))[:200]], wait=False, frame_s=0.05) == b""


def test_a_silent_connection_is_given_up(edge):
    assert talk(edge, [], wait=False, idle_s=0.05) == b""


def test_escaped_separators_in_content_stay_content(edge, said):
    answers = talk(edge, [said.framed(said.adt(r"A\F\B\S\C", name=r"D\T\E\R\F^G\E\H"))])

    assert [code for code, _ in codes(answers)] == ["AA"]
    assert talk(edge, [said.framed(said.adt(r"A\F\B\S\C", event="A08"))])
    assert sum(edge._state.tally.days[said.SUNDAY].sites[said.SITE]["health.arrivals"]) == 1


def test_other_separators_are_echoed(edge, said):
    message = said.adt(1).translate(bytes.maketrans(b"|^", b"#$"))

    assert b"MSA#AA#M-1-A04" in talk(edge, [said.framed(message)])


def test_a_gigabyte_in_one_frame_is_refused_without_being_held(edge, said):
    """The answer comes after a megabyte; what is still sent meets a closed door."""
    piece = b"A" * (1 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    async def flood() -> tuple[bytes, int]:
        server = MllpServer(edge.answer)
        port = await server.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = 0
        try:
            writer.write(b"\x0b" + said.adt(7)[:300])
            for _ in range(1_024):
                writer.write(piece)
                await writer.drain()
                sent += 1
        except ConnectionError:
            pass
        try:
            answer = await asyncio.wait_for(reader.read(-1), 10)
        except ConnectionError:
            answer = b""
        finally:
            writer.close()
            await server.close()
        return answer, sent

    answer, sent = asyncio.run(flood())
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert sent < 1_024
    assert grown_kb < 64 << 10
    assert codes(answer) in ([("AR", "M-7-A04")], [])
    assert edge._state.tally.days == {}


def test_a_message_above_the_limit_is_rejected_by_name(edge, said):
    long = said.adt(1, name="A" * 2_000)

    assert codes(talk(edge, [said.framed(long)], limit=1_500)) == [("AR", "M-1-A04")]


@given(st.lists(BODY, max_size=6), st.data())
def test_frames_are_the_same_however_the_stream_is_cut(bodies, data):
    stream = b"".join(b"\x0b" + body + b"\x1c\r" for body in bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    deframer = Deframer(LIMIT)

    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += deframer.feed(stream[start:end])

    assert found == [Frame(body) for body in bodies]
    assert not deframer.inside


@given(st.lists(st.binary(max_size=3_000), max_size=6))
def test_any_stream_is_cut_without_holding_more_than_the_limit(pieces):
    deframer = Deframer(LIMIT)
    for piece in pieces:
        for frame in deframer.feed(piece):
            assert frame.state in {"whole", "cut", "oversized"}
            assert len(frame.content) <= max(LIMIT, 4_096)
        assert len(deframer._held) <= LIMIT


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"MSH|^~\\&|", b"MSH|^~\\&|A|B|||||ADT^A04|"])
)
def test_any_content_can_be_acknowledged_in_one_frame(content, start):
    answer = acknowledge(start + content, "AE", 0)

    assert answer.startswith(b"\x0bMSH")
    assert answer.endswith(b"\x1c\r")
    assert answer.count(b"\x0b") == answer.count(b"\x1c") == 1
    assert len(answer.split(b"\r")) == 4


def test_one_connection_too_many_is_closed_and_the_others_go_on(edge, said, monkeypatch):
    monkeypatch.setattr(mllp, "MOST_CONNECTIONS", 1)

    async def conversation() -> tuple[bytes, bytes]:
        server = MllpServer(edge.answer)
        port = await server.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said.framed(said.adt(1)))
        await reader.readuntil(b"\x1c\r")
        refused, late = await asyncio.open_connection("127.0.0.1", port)
        nothing = await asyncio.wait_for(refused.read(-1), 10)
        writer.write(said.framed(said.adt(2)))
        answer = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 10)
        for one in (writer, late):
            one.close()
        await server.close()
        return nothing, answer

    nothing, answer = asyncio.run(conversation())
    assert nothing == b""
    assert codes(answer) == [("AA", "M-2-A04")]
