"""Shapes of homes: streets with a number, flats, estates, and what stands after « demeurant »."""

from __future__ import annotations

import re

from vigie.privacy.shape import LETTER, PARTS, Shape, hints
from vigie.privacy.words import load_words

_I = re.IGNORECASE
_COUNT, _UNIT = (rf"(?:{PARTS[name]})" for name in ("counts", "units"))
_LINK, _CAPITAL, _WORD, _HOUSE = (
    rf"(?:{PARTS[name]})" for name in ("link", "capital", "word", "house")
)
_WAY_NAME, _REST, _END = (rf"(?:{PARTS[name]})" for name in ("way_name", "rest", "end"))
_ESTATE, _FLOOR, _PART, _TIE, _POSTCODE = (
    rf"(?:{PARTS[name]})" for name in ("estate", "floor", "part", "tie", "postcode")
)
_ADDRESS = re.compile(
    rf"(?<![\w/:])(?:(?:(?:n[°º]|num[ée]ro) ?)?{_HOUSE}[ ,]{{1,3}}"
    rf"|(?:n[°º] ?|num[ée]ro ?|(?<=au )){_HOUSE} (?:du |de |d['’])(?:la |l['’])?)"
    rf"{_WAY_NAME}{_REST}",
    _I,
)
_NUMBER_LAST = re.compile(
    rf"(?<![\w-])(?:{_WAY_NAME})(?:[ ,]{{1,2}}(?:au )?(?:n[°º]|num[ée]ro) ?{_HOUSE}"
    rf"|(?: au|, au|,) {_HOUSE}(?={_END}| {_UNIT}\b)){_REST}",
    _I,
)
_NUMBER_SPELLED = re.compile(
    rf"\b(?!une?\b|et\b|premier\b|cents?\b|mil)(?:{_COUNT}[ -]){{1,4}}(?:(?:bis|ter) )?,? ?"
    rf"(?=(?:{PARTS['spelled_ways']})\b){_WAY_NAME}{_REST}",
    _I,
)
_LEAD = rf"(?:[ :]{{1,2}}(?:(?:{PARTS['home_fillers']})\b|l['’](?=\w))){{0,5}}[ :]{{0,3}}"
_PLACE = rf"(?:(?:les?|la|aux) |l['’])?{_CAPITAL}(?: {_LINK}\b)?(?: {_CAPITAL}){{0,3}}"
_HOME = re.compile(
    rf"(?P<keep>\b(?:{PARTS['homes']})(?![\w]){_LEAD})"
    rf"(?P<id>{_ESTATE}(?:{_TIE}{_PART}){{1,5}}{_POSTCODE}?"
    rf"|(?:(?:n[°º] ?)?{_HOUSE}[ ,]{{1,2}})?{_WAY_NAME}{_REST}"
    rf"|(?:(?:n[°º] ?)?[0-9]{{1,4}}[ ,]{{1,2}})?(?:{_PART}{_TIE}){{0,4}}{_PART}"
    rf"(?:[ ,-]{{1,3}}(?:{_ESTATE}|(?:les?|la) {_CAPITAL}(?: {_CAPITAL}){{0,2}}))?"
    rf"|{_PLACE}(?:{_TIE}{_PART}){{1,5}}{_POSTCODE}?"
    rf"|{_HOUSE}[ ,]{{1,2}}(?!(?:m|km|h|ans)\b)(?:(?:les?|la) |l['’])?{_CAPITAL}"
    rf"(?:(?: {_LINK}\b){{0,2}} {_CAPITAL}){{0,3}}{_REST})",
    _I,
)
_SETTLED = re.compile(
    r"(?P<keep>\b(?:domicili[ée]{1,2}s?|demeurant|dmt|r[ée]sidant|lieu[ -]?dit|adr(?:esse)?(?= ?:))"
    r" ?:? ?(?:au lieu[ -]?dit |à |au )?)"
    rf"(?P<id>(?:(?-i:L(?:es?|a|ES?|A) |Aux |AUX |L['’]){_CAPITAL}(?: {_LINK}\b)?"
    rf"(?: {_CAPITAL}){{0,2}}|(?<=dit )(?:la |les? |l['’])?{_WORD}))",
    _I,
)
_FLAT = re.compile(
    rf"\b(?:{_ESTATE}[ ,-]{{1,3}})?(?:{_PART}[ ,-]{{1,3}}){{0,4}}"
    r"(?:app?t?|apt|appartement|logement|lgt|logt)\.? ?(?:n[°º] ?|num[ée]ro )?"
    r"(?:[A-Z]{0,2}[0-9]{1,4}[a-d]?|[0-9]{1,3}-[0-9]{1,3})(?![\w/:.]|[èe])"
    r"(?! ?(?:e|è|er|[èe]me|pi[èe]ces?|personnes?|m2|m²|h|ans|enfants?)\b)"
    rf"(?:[ ,-]{{1,3}}{_PART}){{0,4}}(?:[ ,-]{{1,3}}{_ESTATE})?",
    _I,
)
_DOOR = re.compile(
    r"\b(?:b[âa]?t(?:iment)?|esc(?:alier)?|bloc)\.? ?[A-Z0-9]{1,3}[ ,-]{1,3}"
    rf"(?:{_FLOOR}[ ,-]{{1,3}})?porte ?(?:n° ?)?[0-9]{{1,4}}\b(?:[ ,-]{{1,3}}{_PART}){{0,3}}",
    _I,
)
_BOX = re.compile(PARTS["post_box"], _I)
_REST_AFTER = re.compile(_REST, _I)
_NEXT_WORD = re.compile(rf" ([{LETTER}][{LETTER}'’-]{{2,30}})(?![\w])")
_LAST_WORD = re.compile(rf"[{LETTER}'’-]{{3,31}}$")
_UNIT_WORD = re.compile(rf"\b{_UNIT}\b", _I)
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
    told = {word.lower() for word in _WORDS.findall(match["id"])}
    if not told or not told <= load_words().ordinary:
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
    Shape("address", _SETTLED, words=("domicil", "demeurant", "dmt", "sidant", "dit", "adr")),
    Shape("address", _FLAT, digits=1, words=("app", "apt", "logement", "lgt", "logt")),
    Shape("address", _DOOR, digits=1, words=("porte",)),
    Shape("address", _BOX, digits=2, words=("bp", "cs", "tsa", "b.p", "postale")),
)
