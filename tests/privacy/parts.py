"""The parts that have a generator of their own, and which of them nobody has read.

A blind part is a module beside this one with ``entries(count)``, written by somebody who had read
neither rules nor misses and never ran the scrubber. Naming it in ``BLIND``, with what the page says
of it, is all that is asked: it is measured with both layers, the last is what the register tells,
and the tagger never learns from any. Once its misses are read it moves to ``READ``.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import unseen

BLIND: dict[str, str] = {
    "offshore": "*offshore* (fourteen registers of a northern suburb, a generator of its own, "
    "`tests/privacy/offshore.py`) is the one to believe, and what the register tells: by a hand "
    "that had seen neither scrubber nor any other part, measured once, on the state whose figures "
    "stand here (decision 0075); its texts and misses were never read.",
}
"""Module and what the page says of it, in the order written."""

READ = ("sealed", "veiled", "shuttered")
"""Modules whose misses were read, and which the tagger has learnt from."""

APART = (*BLIND, *READ)
TOLD = [*READ, *BLIND][-1]
"""The part that the register tells."""


def entries(part: str, count: int = unseen.ENTRIES) -> Iterator[unseen.Entry]:
    """Give the texts of any part.

    Args:
        part: A module of its own, or a half of ``unseen.py``.
        count: How many.
    """
    if part in APART:
        own: Iterator[unseen.Entry] = import_module(part).entries(count)
        return own
    return unseen.entries(part, count)
