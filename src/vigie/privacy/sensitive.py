"""Words of a text that say a person's opinions, religion, union, health, origin or sexual life.

Law PM-4 (GDPR 9, directive 2016/680 art. 10). A lexicon, ``sensitive.toml``: it misses some and
says how many (the generated page ``scrubber.md``).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files

_TABLE = tomllib.loads(files("vigie.privacy").joinpath("sensitive.toml").read_text("utf-8"))
_HINTS = tuple(_TABLE.pop("hints").split())
_WORDS = re.compile(
    "|".join(
        rf"(?P<{name}>\b(?:{'|'.join(lines.strip().splitlines())}))"
        for name, lines in _TABLE.items()
    ),
    re.IGNORECASE,
)
_PLAIN = str.maketrans(
    "àâäáãçéèêëíìîïñóòôöõúùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ’", "aaaaaceeeeiiiinooooouuuuyAAACEEEEIIOOUUU'"
)
SENSITIVE = "[sensible]"
SENSITIVE_CLASSES = tuple(_TABLE)


def mask_sensitive(text: str) -> tuple[str, Counter[str]]:
    """Return a text with ``[sensible]`` for each sensitive passage, and how many of each class."""
    plain, found = text.translate(_PLAIN), Counter[str]()
    if not any(hint in plain.lower() for hint in _HINTS):
        return text, found
    pieces: list[str] = []
    done = 0
    for match in _WORDS.finditer(plain):
        found[match.lastgroup or ""] += 1
        pieces += (text[done : match.start()], SENSITIVE)
        done = match.end()
    return "".join(pieces) + text[done:], found
