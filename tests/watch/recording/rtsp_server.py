"""A real RTSP server for tests, run by the system's Python: GStreamer plays a file, no encoding.

``rtsp_server.py PORT FILE``; SIGUSR1 throws every client out without a word.
"""

import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    f"( filesrc location={sys.argv[2]} ! qtdemux ! h264parse config-interval=-1"
    " ! rtph264pay name=pay0 pt=96 )"
)
server.get_mount_points().add_factory("/camera", factory)
server.attach(None)


def throw_out(*_):
    server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)
    return True


GLib.unix_signal_add(GLib.PRIORITY_HIGH, signal.SIGUSR1, throw_out)
print("ready", flush=True)
GLib.MainLoop().run()
