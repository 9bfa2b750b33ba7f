"""The child of ``web.readers``: a server of the same home that answers questions, below others."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from vigie.base.logging import configure_logging
from vigie.base.memory import bound_pools
from vigie.situation.home import open_home
from vigie.web.server import SWITCH_S, make_server

BELOW = 10
"""Of the scale of ``nice``: a tenth of what others get where both want a processor."""
AT_ONCE = 2
"""Questions computed at one time; the others wait their turn, first come, first served."""


def _end_with_parent() -> None:
    """End in an orderly way at the end of the input: the server has ended, however it did."""
    while os.read(0, 4_096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Answer questions at the door that the parent names until it ends."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bound_pools()
    first = bytearray()
    while not first.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            return 0
        first += piece
    told = json.loads(first)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    with open_home(Path(told["home"])) as home:
        configure_logging(level=home.settings.log_level, also=home.elsewhere)
        made = make_server(home, "127.0.0.1", workers=False, turns=AT_ONCE)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.bind(f"{told['door']}.new")
            door.listen(128)
            Path(f"{told['door']}.new").rename(told["door"])  # whoever sees it finds it listening
            sys.setswitchinterval(SWITCH_S)
            os.nice(BELOW)
            made.run(sockets=[door])
    with suppress(OSError):  # what the parent would have tidied, if it ended first
        Path(told["door"]).unlink(missing_ok=True)
        Path(told["door"]).parent.rmdir()
    return 0


if __name__ == "__main__":
    sys.exit(main())
