"""Clips as MPEG-TS over TCP on the loopback, paced in real time: where there is no RTSP server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any, Self

import av

from vigie.city.filmed.clips import KEYFRAME_S, Reel, pictures_of
from vigie.city.filmed.rtsp_server import order_of
from vigie.city.filmed.scenes import FPS

LOOPBACK = "127.0.0.1"
CLOCK_HZ = 90_000


class _Sink:
    """What a muxer writes into: a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> int:
        """Send all of it."""
        self._connection.sendall(data)
        return len(data)


class ReelServer:
    """Serves one reel on a port of the loopback while it is entered; whoever connects gets it.

    Args:
        reel: What is shown.

    Attributes:
        url: Its address, as FFmpeg reads it.
    """

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._clips = [pictures_of(path) for path in reel.parts]
        self._order = {"before": reel.before, "between": reel.between}
        self._stop = threading.Event()
        self._socket = socket.create_server((LOOPBACK, 0))
        self._socket.settimeout(0.5)
        self.url = f"tcp://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and whoever watches."""
        self._stop.set()
        for one in self._threads:
            one.join()
        self._socket.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                connection, _ = self._socket.accept()
                one = threading.Thread(target=self._show, args=(connection,), daemon=True)
                self._threads.append(one)
                one.start()

    def _pictures(self) -> Iterator[bytes]:
        step = 0
        while True:
            yield from self._clips[order_of(self._order, step)]
            step += 1

    def _show(self, connection: socket.socket) -> None:
        """Send pictures at their time until the other side hangs up."""
        connection.settimeout(10.0)
        with (
            connection,
            suppress(OSError, av.FFmpegError),
            av.open(str(self._reel.parts[0]), format="h264") as like,
            av.open(_Sink(connection), "w", format="mpegts") as out,
        ):
            stream: Any = out.add_stream_from_template(like.streams.video[0])
            began = time.monotonic()
            for number, one in enumerate(self._pictures()):
                wait = began + number / FPS - time.monotonic()
                if self._stop.wait(max(0.0, wait)):
                    return
                packet = av.Packet(one)
                packet.pts = packet.dts = number * CLOCK_HZ // FPS
                packet.time_base = Fraction(1, CLOCK_HZ)
                packet.is_keyframe = number % (KEYFRAME_S * FPS) == 0
                packet.stream = stream
                out.mux_one(packet)
