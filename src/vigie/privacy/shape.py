"""One shape of personal data, and the parts that shapes are built from (``patterns.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
NUMBER_LABEL = r"(?: ?(?:n°|nº|no|num|numero|numéro|est|:|=|#)){0,2} ?"
PARTS: dict[str, str] = {}
_NAMED = re.compile(r"\{([a-z_]+)\}")


def read(file: str) -> dict[str, Any]:
    """Return a file of the package."""
    return tomllib.loads(files("vigie.privacy").joinpath(file).read_text("utf-8"))


def joined(text: str) -> str:
    """Return an expression with its lines joined and parts in the place of their names."""
    return _NAMED.sub(lambda named: f"(?:{PARTS[named[1]]})", text.replace("\n", ""))


for _name, _text in read("patterns.toml").items():
    PARTS[_name] = joined(_text)

_BEFORE = 30

Judge = Callable[[re.Match[str]], bool]
Reach = Callable[[re.Match[str]], int]


def hints(name: str) -> tuple[str, ...]:
    """Return the words of a list of ``patterns.toml``, blanks about them included."""
    return tuple(PARTS[name].split("|"))


def not_after(name: str) -> Judge:
    """Return a judge that refuses what stands closely behind words of a list."""
    behind = re.compile(rf"(?<![\w]){PARTS[name]}[^\n,;]{{0,12}}$", re.IGNORECASE)
    return lambda match: (
        not behind.search(match.string, max(match.start() - _BEFORE, 0), match.start())
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of personal data.

    Attributes:
        name: Class of what it finds (``phone``).
        pattern: Where it may be; group ``keep``, if any, is left in the text.
        judge: Says whether a match is one; None: always.
        digits: A text with fewer digits cannot hold it.
        words: A text without any of these, in lower case and between blanks, cannot hold it;
            empty: any text can.
        hint: A cheaper pattern that a text must match; None: none.
        reach: Says where what was matched ends, at the match's end or after; None: there.
    """

    name: str
    pattern: re.Pattern[str]
    judge: Judge | None = None
    digits: int = 0
    words: tuple[str, ...] = ()
    hint: re.Pattern[str] | None = None
    reach: Reach | None = None

    def may_stand_in(self, text: str, heard: set[str], digits: int) -> bool:
        """Say whether it is worth looking for in a text, given the words heard and its digits."""
        if digits < self.digits or (self.words and heard.isdisjoint(self.words)):
            return False
        return self.hint is None or self.hint.search(text) is not None

    def replaced(self, text: str, mark: str) -> tuple[str, int]:
        """Return the text with this mark for every passage of the shape, and how many there were.

        What ``keep`` holds stays. The text is read once, from left to right.
        """
        search, keeps = self.pattern.search, "keep" in self.pattern.groupindex
        pieces: list[str] = []
        count = done = at = 0
        while (match := search(text, at)) is not None:
            at = max(match.end(), at + 1)
            if self.judge is None or self.judge(match):
                kept = match.end("keep") if keeps else match.start()
                pieces += (text[done:kept], mark)
                count += 1
                done = at = self.reach(match) if self.reach is not None else match.end()
        return ("".join(pieces) + text[done:], count) if count else (text, 0)
