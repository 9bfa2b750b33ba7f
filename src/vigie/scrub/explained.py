"""Numbers that their own text explains: hours, money, measures, dates of this decade.

The tagger takes a number that it holds for personal rather than not. One that says itself what it
is has to be surer: ``15h47``, ``1 452 €``, ``84 512 km``, ``21/10/2026``.
"""

from __future__ import annotations

import re
from typing import Final

from vigie.privacy.shape import PARTS

_I: Final = re.IGNORECASE
_HOUR: Final = (
    r"(?:[01]?[0-9]|2[0-3])(?: ?h ?[0-5][0-9](?: ?min)?|:[0-5][0-9]| ?h(?:eures?)?)(?![\w:])"
)
_MONEY: Final = r"[0-9]{1,3}(?:[ .]?[0-9]{3}){0,2}(?:[.,][0-9]{1,2})? ?(?:€|euros?\b|eur\b|k€|e\b)"
_MEASURE: Final = (
    r"[0-9]{1,3}(?: ?[0-9]{3}){0,2}(?:[.,][0-9]{1,3})? ?"
    rf"(?:%|°|km ?/ ?h\b|(?:{PARTS['measures']}|km|kg|kv|bars?|litres?|passages?|exemplaires?"
    r"|v[ée]hicules?|individus?|agents?|occupants?|voyageurs?|barri[èe]res?)\b)"
)
_SIZE: Final = r"[12] ?m ?[0-9]{2}\b|[12],[0-9]{2} ?m\b"
_DAY: Final = (
    r"(?:0?[1-9]|[12][0-9]|3[01])(?:(?P<s>[/.-])(?:0?[1-9]|1[0-2])(?P=s)(?:20)?2[3-9](?![\w/-])"
    rf"| (?:{PARTS['months']})\.? 202[3-9]\b)|202[3-9]-(?:0[1-9]|1[0-2])-[0-3][0-9](?![\w/-])"
)
_EMERGENCY: Final = r"(?<=\()(?:15|17|18|112|114|115|119|191|196|197|3018|3114|3919)(?=\))"
_EXPLAINED: Final = re.compile(
    rf"(?<![\w:/.,°*#@-])(?:{_HOUR}|{_MONEY}|{_MEASURE}|{_SIZE}|{_DAY}|{_EMERGENCY})", _I
)


def explained(text: str) -> list[tuple[int, int]]:
    """Return where a text says itself what a number is: start and end, in order.

    Args:
        text: A text.
    """
    return [found.span() for found in _EXPLAINED.finditer(text)]
