"""MLLP, how hospital systems send HL7 v2: framed messages over TCP, each of them answered.

HL7 v2, appendix C: a frame is 0x0B, the message, 0x1C, 0x0D. What is longer than the limit is
refused while it comes and never held; a frame that stands still is given up; an answer leaves only
after its message counts.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from vigie.base.clock import from_us
from vigie.base.logging import get_logger
from vigie.intake.hospital.hl7v2 import header_fields

MAX_FRAME = 1 << 20
FRAME_S = 30.0
IDLE_S = 3_600.0
MOST_CONNECTIONS = 64
_CHUNK = 1 << 16
_HEAD = 1 << 12
_BLOCK = re.compile(rb"[\x0b\x1c]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_ECHOED = 199
_LOG = get_logger(__name__)

AckCode = Literal["AA", "AE", "AR"]
"""Application accept, error (what was sent cannot be read), reject (it is not taken at all)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What came between two block characters.

    Attributes:
        content: The message, or its beginning when it was not whole.
        state: ``whole``; ``cut`` when another message began before its end; ``oversized``.
    """

    content: bytes
    state: Literal["whole", "cut", "oversized"] = "whole"


class Deframer:
    """Finds frames in a stream that comes in pieces of any size; holds at most ``limit`` bytes.

    Attributes:
        inside: Whether a frame has begun and not ended.
        broken: Whether the stream is to be left: a frame was longer than the limit.
    """

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self.inside = False
        self.broken = False
        self._limit = limit
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that a piece completes; what stands outside of frames is left out."""
        found: list[Frame] = []
        at = 0
        while at < len(data) and not self.broken:
            if not self.inside:
                start = data.find(b"\x0b", at)
                if start < 0:
                    break
                self.inside, at = True, start + 1
                continue
            block = _BLOCK.search(data, at)
            end = block.start() if block else len(data)
            if len(self._held) + end - at > self._limit:
                head = bytes(self._held[:_HEAD]) + data[at : at + _HEAD]
                found.append(Frame(head[:_HEAD], "oversized"))
                self.broken, self.inside = True, False
                self._held.clear()
                break
            self._held += data[at:end]
            if block is None:
                break
            whole = block[0] == b"\x1c"
            if whole or self._held:
                found.append(Frame(bytes(self._held), "whole" if whole else "cut"))
            self._held.clear()
            self.inside, at = not whole, end + 1
        return found


def acknowledge(content: bytes, code: AckCode, now_us: int) -> bytes:
    """Return the framed ACK of a message: its separators, its sender, its control id."""
    head = header_fields(content)
    between = head.get("between", "|")
    event = head.get("event", "")
    shown = {name: _CONTROL.sub("", value)[:_MOST_ECHOED] for name, value in head.items()}
    at = from_us(now_us).strftime("%Y%m%d%H%M%S+0000")
    msh = (
        "MSH",
        shown.get("encoding", "^~\\&"),
        "VIGIE",
        "EDGE",
        shown.get("application", ""),
        shown.get("facility", ""),
        at,
        "",
        f"ACK{shown.get('component', '^')}{event}" if event else "ACK",
        f"ACK-{now_us}",
        shown.get("processing", "P") or "P",
        shown.get("version", "2.5") or "2.5",
    )
    text = f"{between.join(msh)}\rMSA{between}{code}{between}{shown.get('control', '')}\r"
    return b"\x0b" + text.encode("utf-8", "replace") + b"\x1c\r"


Answer = Callable[[Sequence[Frame]], list[bytes]]
"""Counts what frames hold, durably, and returns the acknowledgement of each."""


class MllpServer:
    """Listens on one address.

    Args:
        answer: What is done with frames.
        limit: Most bytes of a frame.
        frame_s: Seconds within which a frame must end.
        idle_s: Seconds a connection may be silent between frames.
    """

    def __init__(
        self,
        answer: Answer,
        *,
        limit: int = MAX_FRAME,
        frame_s: float = FRAME_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._answer = answer
        self._limit = limit
        self._frame_s = frame_s
        self._idle_s = idle_s
        self._open: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Begin to listen; return the port."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_CHUNK)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and let go of every connection."""
        if self._server is None:
            return
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= MOST_CONNECTIONS:
            _LOG.warning("connection refused", open=len(self._open))
            writer.close()
            return
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, TimeoutError) as error:
            _LOG.info("connection ended", reason=type(error).__name__)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        deframer = Deframer(self._limit)
        due = loop.time() + self._idle_s
        while not deframer.broken:
            data = await asyncio.wait_for(reader.read(_CHUNK), max(0.0, due - loop.time()))
            if not data:
                return
            was_inside = deframer.inside
            frames = deframer.feed(data)
            if frames:
                for acknowledgement in self._answer(frames):
                    writer.write(acknowledgement)
                await asyncio.wait_for(writer.drain(), self._frame_s)
            if not deframer.inside:
                due = loop.time() + self._idle_s
            elif frames or not was_inside:
                due = loop.time() + self._frame_s
