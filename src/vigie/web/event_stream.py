"""The answer that carries a subscription: packed once for all, written past the other layers.

What hundreds of listeners are sent is the same bytes. Each piece is compressed by itself (it ends
in a full flush, RFC 1951: nothing after it refers back to it), so that one packing serves every
listener, wherever its stream began. About a tenth of the bytes goes over the wire.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from functools import lru_cache

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from vigie.base.logging import get_logger

STALLED_S = 30.0
"""Who takes nothing for so long is let go."""
DIRECT = "vigie.direct"
"""Key of a request's scope: the server's own ``send``, before any layer."""
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LEVEL = 1
KEPT = 64
_LOG = get_logger(__name__)


@lru_cache(maxsize=KEPT)
def pack(piece: bytes) -> bytes:
    """Return a piece as whole deflate blocks, which any gzip stream may hold at any place."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


def takes_gzip(accepted: str) -> bool:
    """Say whether an ``Accept-Encoding`` names gzip and does not refuse it."""
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class EventStream(StreamingResponse):
    """A stream of server-sent events; a reader that takes nothing for 30 s is let go.

    Not FastAPI's own class: it encodes each event anew for each of its readers. The head and the
    first piece pass the application's layers; what follows, for hours, need not.

    Args:
        content: What is sent, piece by piece.
        packed: Whether the pieces are sent packed.
    """

    media_type = "text/event-stream"

    def __init__(
        self, content: AsyncIterator[bytes], status_code: int = 200, *, packed: bool = False
    ) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        headers |= {"Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        super().__init__(content, status_code, headers=headers)
        self._packed = packed
        self._direct: Send | None = None
        self._sending_s: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        self._direct = scope.get(DIRECT)
        await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send the stream, bounding how long one piece may wait for its reader."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        try:
            async with asyncio.timeout(None) as limit:
                self._look(limit)
                await self._send_pieces(send)
        except TimeoutError:
            _LOG.warning("a reader of the stream takes nothing, it is let go")
            return  # without an end: the server cuts the connection
        finally:
            self._timer.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_pieces(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        head = GZIP_HEAD if self._packed else b""
        async for chunk in self.body_iterator:
            assert isinstance(chunk, bytes)  # noqa: S101 -- what the hub yields
            body = head + pack(chunk) if self._packed else chunk
            self._sending_s = loop.time()
            await send({"type": "http.response.body", "body": body, "more_body": True})
            self._sending_s, head = None, b""
            send = self._direct or send

    def _look(self, limit: asyncio.Timeout) -> None:
        """Look now and then whether a piece has waited too long; cheaper than a timer a piece."""
        loop = asyncio.get_running_loop()
        if self._sending_s is not None and loop.time() - self._sending_s >= STALLED_S:
            limit.reschedule(loop.time())
        self._timer = loop.call_later(STALLED_S / 2, self._look, limit)
