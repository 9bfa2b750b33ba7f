"""The process of one camera: ``python -m vigie.watch.recording.child``, told what by its input.

The address of the stream comes in by the standard input, never on the command line, where other
users of the machine could read it. When that input ends, the parent has ended, however it did: the
process then ends too.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from vigie.base.house_clock import HouseClock
from vigie.base.logging import configure_logging, get_logger
from vigie.base.time_record import RecordFile
from vigie.watch.masking.burning import Burning
from vigie.watch.recording.index import Index
from vigie.watch.recording.masks import masks_in_force
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.segment_file import import_av
from vigie.watch.recording.sheet import BURNT
from vigie.watch.recording.source import source_of
from vigie.watch.recording.space import Space

LONGEST_CLOSING_S = 3.0
"""A stream that is silent when the parent ends is not waited for: what it wrote is adopted."""
log = get_logger(__name__)


def main() -> int:
    """Record one camera until told to stop, or until the parent has ended."""
    os.umask(0o077)
    configure_logging(level="WARNING")
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: _end(stop))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_until_parent_ends, args=(stop,), daemon=True).start()
    import_av().logging.set_level(None)
    index = Index(Path(told["root"]))
    clock = HouseClock(RecordFile(index.root.parent))
    space = Space(told["quota"], told["least_free"])
    source = source_of(told["url"], clock, stop)
    if index.camera(told["camera_id"]).masks == BURNT:
        source = Burning(source, partial(masks_in_force, index, told["camera_id"]))
    recorder = Recorder(
        index,
        told["camera_id"],
        source,
        clock,
        stop,
        room=lambda: space.is_left(index),
    )
    recorder.run()
    return 0


def _until_parent_ends(stop: threading.Event) -> None:
    while sys.stdin.readline():
        """The parent says nothing more; an empty line is the end of its life."""
    _end(stop)


def _end(stop: threading.Event) -> None:
    stop.set()
    last = threading.Timer(LONGEST_CLOSING_S, os._exit, (0,))
    last.daemon = True
    last.start()


if __name__ == "__main__":
    sys.exit(main())
