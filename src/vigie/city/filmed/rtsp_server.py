"""An RTSP server of clips, for the system's Python with GStreamer; told what by its first line.

The line is JSON: ``port`` and ``mounts``, of each its name, ``clips`` (two files, Annex B),
``before``, ``between`` and ``fps``. Pictures are pushed as time goes; nothing is encoded. It needs
nothing of Vigie, and ends when its input does.
"""

import importlib
import json
import pathlib
import sys
from typing import Any

AUD = b"\x00\x00\x00\x01\x09"
PIPELINE = (
    "( appsrc name=reel is-live=true do-timestamp=true format=time"
    " caps=video/x-h264,stream-format=byte-stream,alignment=au"
    " ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 )"
)


def order_of(mount: dict[str, Any], step: int) -> int:
    """Return which of the two clips is the one of a step: 0 quiet, 1 the happening."""
    if step <= mount["before"]:
        return int(step == mount["before"])
    return int((step - mount["before"]) % (mount["between"] + 1) == 0)


class Feeder:
    """Pushes the pictures of one mount while somebody watches it."""

    def __init__(self, gst: Any, glib: Any, mount: dict[str, Any]) -> None:
        self._gst, self._glib, self._mount = gst, glib, mount
        self._clips = [
            [AUD + one for one in pathlib.Path(path).read_bytes().split(AUD)[1:]]
            for path in mount["clips"]
        ]
        self._step = self._at = 0

    def configure(self, _factory: Any, media: Any) -> None:
        """Begin to push into a stream that was just made."""
        source = media.get_element().get_by_name("reel")
        self._glib.timeout_add(round(1000 / self._mount["fps"]), self._push, source)

    def _push(self, source: Any) -> bool:
        clip = self._clips[order_of(self._mount, self._step)]
        buffer = self._gst.Buffer.new_wrapped(clip[self._at])
        self._at += 1
        if self._at == len(clip):
            self._step, self._at = self._step + 1, 0
        return bool(source.emit("push-buffer", buffer) == self._gst.FlowReturn.OK)


def main() -> None:
    """Serve until the input ends."""
    gi = importlib.import_module("gi")
    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    names = ("Gst", "GstRtspServer", "GLib")
    gst, rtsp, glib = (importlib.import_module(f"gi.repository.{name}") for name in names)
    gst.init(None)
    told = json.loads(sys.stdin.readline())
    server = rtsp.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(told["port"]))
    feeders = []
    for name, mount in told["mounts"].items():
        factory = rtsp.RTSPMediaFactory()
        factory.set_launch(PIPELINE)
        factory.set_shared(True)
        feeders.append(Feeder(gst, glib, mount))
        factory.connect("media-configure", feeders[-1].configure)
        server.get_mount_points().add_factory(f"/{name}", factory)
    if not server.attach(None):
        sys.exit(1)
    loop = glib.MainLoop()
    ending = glib.IO_IN | glib.IO_HUP
    glib.io_add_watch(sys.stdin, glib.PRIORITY_DEFAULT, ending, lambda *_: loop.quit())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()
