"""Shapes of homes: streets with a number, flats, estates, and what stands after « demeurant »."""

from __future__ import annotations

import re

from vigie.privacy.shape import LETTER, PARTS, Shape, hints
from vigie.privacy.told import told
from vigie.privacy.words import load_words

_I = re.IGNORECASE
_ADDRESS = re.compile(PARTS["numbered"], _I)
_NUMBER_LAST = re.compile(PARTS["number_last"], _I)
_NUMBER_SPELLED = re.compile(PARTS["number_spelled"], _I)
_HOME = re.compile(PARTS["home"], _I)
_REST_AFTER = re.compile(PARTS["rest"], _I)
_NEXT_WORD = re.compile(rf" ([{LETTER}][{LETTER}'’-]{{2,30}})(?![\w])")
_LAST_WORD = re.compile(rf"[{LETTER}'’-]{{3,31}}$")
_UNIT_WORD = re.compile(rf"\b(?:{PARTS['units']})\b", _I)
_WORDS = re.compile(rf"[{LETTER}]{{3,}}")
_LAST_HINT = re.compile(r"(?:°|º|ro|RO|au|AU|,) ?[0-9]{1,4}(?![0-9/h])")
_MOST_WORDS = 3
_BEFORE = 60


def _way_end(match: re.Match[str]) -> int:
    """Read on after a given name in small letters: ``12 rue alphonse daudet`` bears two words."""
    words, end = load_words(), match.end()
    last = _LAST_WORD.search(match.group()[-32:])
    for _ in range(_MOST_WORDS):
        after = _NEXT_WORD.match(match.string, end)
        if last is None or after is None or last[0].lower() not in words.given:
            break
        low = after[1].lower()
        if low in words.common or low in words.particles or low in words.barriers:
            break
        end, last = after.end(), _LAST_WORD.search(after[1])
    more = _REST_AFTER.match(match.string, end) if end > match.end() else None
    return end if more is None else more.end()


def _is_home(match: re.Match[str]) -> bool:
    """Refuse ordinary words in capitals after a number: ``DEMEURE 3 PERSONNES``."""
    shown = {word.lower() for word in _WORDS.findall(match["id"])}
    if not shown or not shown <= load_words().ordinary:
        return True
    return _UNIT_WORD.search(match["id"]) is not None


_FACT_BEFORE, _HOME_BEFORE = (
    re.compile(PARTS[name], _I) for name in ("fact_before", "home_before")
)
_CLAUSE_END = re.compile(r"[.;\n]")


def _is_no_fact(match: re.Match[str]) -> bool:
    """Refuse where a fact was in the street: ``devant le 12 rue``, ``nid de poule, 12 rue``."""
    before = match.string[max(match.start() - _BEFORE, 0) : match.start()]
    if _FACT_BEFORE.search(before) is None:
        return True
    return _HOME_BEFORE.search(_CLAUSE_END.split(before)[-1]) is not None


ADDRESSES: tuple[Shape, ...] = (
    Shape("address", _HOME, _is_home, words=hints("home_hints"), reach=_way_end),
    Shape("address", _ADDRESS, _is_no_fact, digits=1, reach=_way_end),
    Shape(
        "address",
        _NUMBER_LAST,
        _is_no_fact,
        digits=1,
        words=("n°", "nº", "numéro", "numero", " au ", ", "),
        hint=_LAST_HINT,
    ),
    Shape("address", _NUMBER_SPELLED, _is_no_fact, words=hints("count_hints"), reach=_way_end),
    *told("address"),
)
