"""What ``bench video`` asks of the recorder: copying, burning masks in, a cut stream, seeks."""

from __future__ import annotations

import contextlib
import json
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from _small import either
from recorder import EVER, cost, noise, plain_by, seek, sheet_of, until

from vigie.base.clock import SystemClock, now_us
from vigie.city.filmed.clips import Reel
from vigie.city.filmed.scenes import FPS
from vigie.jobs.camera_streams import by_rtsp, by_tcp, has_rtsp
from vigie.situation.home import init_home, open_home
from vigie.watch.recording.index import Index
from vigie.watch.recording.space import Space
from vigie.watch.recording.supervisor import Supervisor

SIZE = (1280, 720)
KEYFRAME_S = 2.0
"""Of the noise: a keyframe every twenty pictures, ten pictures a second."""
CUTS = either(5, 1)
SEEKS = either(200, 4)
BYTES = 65_536


class Relay:
    """A cable between a camera and its recorder, which can be pulled.

    Args:
        url: Address of the stream.

    Attributes:
        url: Address by way of the cable.
    """

    def __init__(self, url: str) -> None:
        told = urlsplit(url)
        self._to = (told.hostname or "127.0.0.1", told.port or 554)
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        self.url = told._replace(netloc=f"127.0.0.1:{port}").geturl()
        self._held: list[socket.socket] = []

    def __enter__(self) -> Self:
        """Plug it in."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        """Pull it, once: what runs through it now ends at once, whoever comes next gets through."""
        held, self._held = self._held, []
        for one in held:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._to)
            except OSError:
                return
            self._held += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(BYTES):
                other.sendall(content)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def cuts(index: Index, url: str) -> dict[str, Any]:
    """Return the gaps that cuts of a stream leave, by the recorder's own index."""
    clock, name, lost = SystemClock(), "cam-0", list[float]()
    index.put_camera(sheet_of(0))
    with Relay(url) as cable, Supervisor(index, clock, lambda _: cable.url, Space()) as supervisor:
        for _ in range(CUTS):
            known = len(index.segments(name, 0, EVER))
            until(lambda known=known: len(index.segments(name, 0, EVER)) > known, supervisor.tick)
            at_us = now_us(clock)
            cable.cut()

            def over(at_us: int = at_us) -> list[Any]:
                told = index.gaps(name, at_us - 1_000_000, EVER)
                return [one for one in told if one.to_us and one.to_us > at_us]

            until(over, supervisor.tick)
            lost += [(one.to_us - one.from_us) / 1e6 for one in over()[-1:]]
    return {
        "cuts": CUTS,
        "longest_gap_s": round(max(lost), 2),
        "gaps_s": [round(one, 2) for one in lost],
        "keyframe_s": KEYFRAME_S,
    }


def recorded(seconds: float) -> dict[str, Any]:
    """Return what one camera at 720p costs copied and masked, what a cut loses, what a seek takes.

    Args:
        seconds: For how long each cost is measured.
    """
    told: dict[str, Any] = {"streams": "rtsp" if has_rtsp() else "tcp", "plain_by": plain_by()}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        reels: list[Reel] = [noise(folder)]
        init_home(folder / "home", {"server": {"require_second_factor": []}})
        with open_home(folder / "home", clock=SystemClock()) as home:
            with by_rtsp(reels, FPS) if has_rtsp() else by_tcp(reels) as urls:
                url = urls["noise"]
                _tell(told, "copied_720p", cost(home.video.index, url, 1, seconds))
                _tell(told, "masked_720p", cost(Index(folder / "masked"), url, 1, seconds, SIZE))
                _tell(told, "cut", cuts(Index(folder / "cut"), url))
            _tell(told, "seek", seek(home, SEEKS))
    return told


def _tell(told: dict[str, Any], name: str, figures: dict[str, Any]) -> None:
    """Keep what was measured, and say it at once."""
    told[name] = figures
    print(name, json.dumps(figures), flush=True)
