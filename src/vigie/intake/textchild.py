"""A child that scrubs the texts it is given until its parent ends; see ``vigie.intake.texts``."""

from __future__ import annotations

import contextlib
import sys

from vigie.intake.texts import receive, scrub_here, send
from vigie.scrub import LateScrubber


def main() -> None:
    """Answer lists of texts with lists of scrubbed texts and of counts."""
    scrubber = LateScrubber(tagged=True)
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            texts = receive(sys.stdin.buffer)
            if isinstance(texts, list):
                send(sys.stdout.buffer, scrub_here(scrubber, texts))


if __name__ == "__main__":
    main()
