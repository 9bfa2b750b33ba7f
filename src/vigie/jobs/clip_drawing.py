"""Masked clips that were let be drawn, drawn beside the server: one at a time, of low priority.

``python -m vigie.jobs.clip_drawing HOME EXPORT`` is the process; the schedule starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from vigie.base.clock import now_us
from vigie.base.errors import VigieError
from vigie.base.logging import configure_logging, get_logger
from vigie.jobs.children import end, start
from vigie.situation.home import Home, open_home
from vigie.situation.video_export import draw_export
from vigie.watch.masking.exports import get_export, let_go, to_draw
from vigie.watch.recording.index import FILE

NICENESS = 10
INTERRUPTED = "interrupted"
log = get_logger(__name__)


class ClipDrawer:
    """Draws what waits to be drawn, one clip after the other."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._drawing = ""

    @property
    def busy(self) -> bool:
        """Return whether one is being drawn."""
        return self._process is not None and self._process.poll() is None

    def tick(self) -> Sequence[str]:
        """Begin the next clip if one waits and none is being drawn; returns its command."""
        index = self._home.video.index
        if self.busy or not (index.root / FILE).exists():
            return ()
        self._note_broken()
        waiting = to_draw(index, now_us(self._home.clock))
        if not waiting:
            return ()
        command = [sys.executable, "-m", "vigie.jobs.clip_drawing", str(self._home.path), waiting]
        log.info("a masked clip is being drawn", export=waiting)
        self._process, self._drawing = start(command), waiting
        return command

    def _note_broken(self) -> None:
        """Note as failed what a process left undone: it ended without saying how.

        One that ended well left nothing undone: if its clip is to be drawn by now, a person has put
        masks on the film that it made, or another process draws it.
        """
        process, drawn = self._process, self._drawing
        self._process, self._drawing = None, ""
        if process is None or process.returncode == 0:
            return
        if get_export(self._home.video.index, drawn).state == "drawing":
            log.warning("a masked clip was broken off", export=drawn, code=process.returncode)
            let_go(self._home.video.index, drawn, INTERRUPTED)

    def close(self) -> None:
        """End the process under way; whoever serves the home next draws that clip anew."""
        if self._process is not None and self.busy:
            end(self._process)
            let_go(self._home.video.index, self._drawing)
            self._process, self._drawing = None, ""


def main() -> int:
    """Draw the clip ``argv[2]`` of the home ``argv[1]``; why it failed stands with the clip."""
    os.nice(NICENESS)
    configure_logging(level="WARNING")
    with open_home(Path(sys.argv[1])) as home:
        try:
            draw_export(home, sys.argv[2])
        except VigieError as error:
            log.warning("clip not drawn", export=sys.argv[2], code=error.code)
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
