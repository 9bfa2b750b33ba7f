"""What a token's place in a row or on a sheet says: its cell, those beside it, its label.

A log holds lines of tables (``13h20;NOM;DDN;adresse``) and sheets (``Navire : TL 12345``), where no
word of a sentence tells what a value is: its column does, and what stands in the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from vigie.scrub.cues import NONE, cue

_CUTS = (";", "|", "\t")
_LEAST_CUTS = 2
_LABEL_ENDS = frozenset((":", "="))
_LABEL_REACH = 7
_LONGEST, _BESIDE = 14, 8
_RUN = re.compile(r"\[[^\]\s]{2,12}\]|[^\W\d_]+|\d+|\s+|[^\w\s]|_")


class Word(Protocol):
    """What is asked of a token here."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def low(self) -> str:
        """It in small letters."""

    @property
    def shape(self) -> str:
        """Its shape."""


@lru_cache(maxsize=20_000)
def written(cell: str) -> str:
    """Return how a cell is written: marks as they are, letters, digits, signs, how many of each."""
    shown = ""
    for run in _RUN.finditer(cell):
        sign = run[0][0]
        if sign == "[" and len(run[0]) > 1:
            shown += run[0]
        elif sign.isdecimal():
            shown += f"9{min(len(run[0]), 6)}"
        elif sign.isalpha():
            shown += f"{'A' if run[0].isupper() else 'a'}{min(len(run[0]), 4)}"
        else:
            shown += " " if sign.isspace() else sign
        if len(shown) >= _LONGEST:
            break
    return shown


def placed(text: str, read: Sequence[Word]) -> list[list[str]]:
    """Say of each token what its row, or its line's label, tells.

    Args:
        text: The text.
        read: Its tokens.
    """
    said: list[list[str]] = [[] for _ in read]
    start = 0
    for place in range(len(read) + 1):
        if place < len(read) and read[place].low != "\n":
            continue
        if place - start > 1:
            _line(text, read, range(start, place), said)
        start = place + 1
    return said


def _line(text: str, read: Sequence[Word], line: range, said: list[list[str]]) -> None:
    signs = [read[place].low for place in line]
    counts = {cut: signs.count(cut) for cut in _CUTS}
    gap = max(counts, key=lambda cut: counts[cut])
    if counts[gap] >= _LEAST_CUTS:
        _row(text, read, line, gap, said)
        return
    for at, sign in enumerate(signs[1:_LABEL_REACH], 1):
        if sign in _LABEL_ENDS:
            if signs[at - 1].isalpha():
                _labelled(read, line, at, said)
            return


def _row(text: str, read: Sequence[Word], line: range, gap: str, said: list[list[str]]) -> None:
    cells: list[list[int]] = [[]]
    for place in line:
        if read[place].low == gap:
            cells.append([])
        else:
            cells[-1].append(place)
    shown = [
        written(text[read[cell[0]].start : read[cell[-1]].end]) if cell else "" for cell in cells
    ]
    head = read[cells[0][0]].low if cells[0] else NONE
    for at, cell in enumerate(cells):
        here = shown[at]
        before = shown[at - 1][:_BESIDE] if at else "^"
        after = shown[at + 1][:_BESIDE] if at + 1 < len(cells) else "$"
        told = ["row", f"e={here}", f"eb={before}|{here[:_BESIDE]}", f"ea={after}|{here[:_BESIDE]}"]
        told += [f"ew={before}|{after}", f"eh={head}|{here[:_BESIDE]}"]
        for place in cell:
            said[place] += told


def _labelled(read: Sequence[Word], line: range, at: int, said: list[list[str]]) -> None:
    label, first = read[line[at - 1]].low, read[line[0]].low
    announced = next((name for place in line[:at] if (name := cue(read[place].low)) != NONE), NONE)
    for place in line[at + 1 :]:
        shape = read[place].shape[:3]
        said[place] += [f"fl={label}", f"ff={first}|{shape}", f"fc={announced}|{shape}"]
