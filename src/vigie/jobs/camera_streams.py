"""Reels served to whoever watches: by RTSP where GStreamer's server is installed, else over TCP."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from vigie.base.errors import Unavailable
from vigie.city.filmed.clips import Reel
from vigie.city.filmed.tcp_server import ReelServer
from vigie.jobs.broker import free_port
from vigie.jobs.children import end

SYSTEM_PYTHON = Path("/usr/bin/python3")


def has_rtsp() -> bool:
    """Say whether the system's Python can run GStreamer's RTSP server."""
    wanted = "import gi; gi.require_version('GstRtspServer', '1.0')"
    if not SYSTEM_PYTHON.exists():
        return False
    asked = subprocess.run([SYSTEM_PYTHON, "-c", wanted], capture_output=True, check=False)
    return asked.returncode == 0


@contextlib.contextmanager
def by_rtsp(reels: Sequence[Reel], fps: int) -> Iterator[dict[str, str]]:
    """Serve reels by RTSP while the block lasts; yields their addresses by name.

    Raises:
        Unavailable: The server does not start.
    """
    script = Path(__file__).parents[1] / "city" / "filmed" / "rtsp_server.py"
    port = free_port()
    mounts = {
        one.name: {
            "clips": [str(path.absolute()) for path in one.parts],
            "before": one.before,
            "between": one.between,
            "fps": fps,
        }
        for one in reels
    }
    server = subprocess.Popen(
        [SYSTEM_PYTHON, "-I", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin is not None  # noqa: S101 -- asked for above
    assert server.stdout is not None  # noqa: S101 -- asked for above
    try:
        server.stdin.write(json.dumps({"port": port, "mounts": mounts}).encode() + b"\n")
        server.stdin.flush()
        if server.stdout.readline() != b"ready\n":
            raise Unavailable(what="rtsp")
        yield {one.name: f"rtsp://127.0.0.1:{port}/{one.name}" for one in reels}
    finally:
        with contextlib.suppress(BrokenPipeError):
            server.stdin.close()
        end(server)
        server.stdout.close()


@contextlib.contextmanager
def by_tcp(reels: Sequence[Reel]) -> Iterator[dict[str, str]]:
    """Serve reels as files paced in real time, MPEG-TS over TCP, while the block lasts."""
    with contextlib.ExitStack() as running:
        yield {one.name: running.enter_context(ReelServer(one)).url for one in reels}
