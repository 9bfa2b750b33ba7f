"""Shapes of the codes that open doors, and of what is written on a door's bell."""

from __future__ import annotations

import re

from vigie.privacy.shape import LETTER, NUMBER_LABEL, PARTS, Shape, hints, not_after
from vigie.privacy.words import load_words

_I = re.IGNORECASE

_COUNT = rf"(?:{PARTS['counts']})"
_DOOR = rf"(?:{PARTS['doors']})"
_OPENER = rf"(?:{PARTS['openers']})"
_FILLER = rf"(?:(?:{_DOOR}|{PARTS['code_fillers']})\b|d['’]|l['’]|c['’]|[1-3](?= ?[:=]))"
_LABEL = r"(?: ?(?:n°|nº|no\b|num\b|num[ée]ro\b|est\b|c['’]est\b|le\b|:|=|->|→|«|\"|\()){0,3} ?"
_HOUR = r"(?:[01]?[0-9]|2[0-3])h(?:[0-5][0-9])?(?![\w])"
_LAST_LETTER = r"(?-i:[A-F])(?![\w'’])|[A-F](?= ?[,.;/)\n]|$)"
_COMPACT = rf"(?=[A-Z#*]{{0,2}}[0-9])(?!{_HOUR})[0-9A-Z#*]{{3,8}}(?![\w])"
_GROUP = rf"(?:[#*]?[0-9]{{1,4}}[A-F]?[#*]?|{_LAST_LETTER}|[A-F](?= [0-9])|[#*])"
_KEY = (
    rf"(?:{_COMPACT}(?:[ .-](?:{_LAST_LETTER})"
    r"| [0-9#*]{1,2}(?![\w/:.°]| ?(?:e|er|[èe]me|[ée]tage)\b))?"
    rf"|[0-9A-F#*]{{1,3}}[A-F]?(?:[ .-]{_GROUP}){{1,7}})"
)
_CODE = re.compile(
    rf"(?P<keep>\b{_OPENER}(?![\w])(?:[ ,'’]{{0,2}}{_FILLER}){{0,7}}{_LABEL})"
    rf"(?P<id>{_KEY}(?: cl[ée]s?\b)?)(?![\w])",
    _I,
)
_MIXED = r"(?!A[0-9]{3}(?![\w]))(?=[0-9#*]{0,6}[A-F])(?=[A-F#*]?[0-9]{2})[0-9A-F#*]{4,7}(?![\w/:-])"
_CODE_NEAR = re.compile(
    rf"(?P<keep>\b(?:{_OPENER}|interphone)(?![\w])[^0-9.;\n\[\]]{{1,40}}?)\b"
    rf"(?P<id>{_MIXED}"
    r"|(?<!en )(?<![/°-])[0-9]{4,6}(?![\w/:.%°€²-]|,[0-9]| (?:euros|personnes)))",
    _I,
)
_CODE_AFTER_DOOR = re.compile(
    rf"(?P<keep>\b(?:{_DOOR}|entrer|ouvrir|rentrer|monter|acc[ée]der|acc[èe]s)(?![\w])"
    rf"[^0-9.;\n\[\]]{{1,25}}?)\b(?P<id>{_MIXED})",
    _I,
)
_CODE_NEXT = re.compile(
    rf"(?P<keep>\[code\](?:{PARTS['code_joins']}) ?)"
    r"(?P<id>(?=[A-F#*]{0,2}[0-9]{2})[0-9A-F#*]{4,8})(?![\w/:.])",
    _I,
)
_CODE_TYPED = re.compile(
    rf"(?P<keep>\b(?P<verb>{PARTS['typing']})(?: (?:le|la|sur|code|d['’]abord)){{0,2}} )"
    r"(?P<id>(?=[A-F#*]{0,2}[0-9])[0-9A-F#*]{4,8})(?![\w/:.])",
    _I,
)
_CODE_FIRST = re.compile(
    r"(?<![\w/:.,-])(?P<id>(?=[A-F#*]?[0-9])(?:(?=[0-9]*[A-F#*])[0-9A-F#*]{4,6}"
    rf"(?= (?:{PARTS['before_doors']})(?:{_DOOR}|code|entrer|ouvrir|acc[ée]der|rentrer|monter)\b)"
    rf"|[0-9]{{4,6}}(?= (?:{PARTS['before_doors']})(?:digicode|interphone|clavier)\b)"
    rf"|(?:[0-9]{{4,6}}[A-F]?|[0-9]{{2}}[A-F][0-9]{{2}})(?= ?(?:{PARTS['last_keys']})\b)))",
    _I,
)
_SAID = rf"(?:{_COUNT}|(?-i:[A-F])|[b-f]|alpha|bravo|charlie|delta|[0-9]{{1,4}})"
_CODE_SPELLED = re.compile(
    rf"(?P<keep>\b(?:digicodes?|codes?)(?![\w])(?:[ ,'’]{{0,2}}{_FILLER}){{0,7}}{_LABEL})"
    rf"(?P<id>{_SAID}(?:[ ,-]{{1,2}}{_SAID}(?![\w'’])|[ ,-]{{1,2}}a(?= ?[,.;/)\n]|$)){{1,8}})"
    r"(?![\w'’])",
    _I,
)
_CODE_SHAPED = re.compile(r"(?<![\w/:.,°-])(?P<id>[0-9]{2}[A-D][0-9]{2})(?![\w/:-]|[.,][0-9])")
_INTERPHONE = re.compile(
    rf"(?P<keep>\b(?:interphone|sonnette|sonner|sonnez)(?:,? (?:{PARTS['bell_words']})\b){{0,5}}"
    rf"{NUMBER_LABEL}[\"«' ]{{0,2}}(?:(?:M|Mr|Mme|Mlle)\b\.? ?)?)"
    rf"(?P<id>[0-9]{{1,5}}[A-D]?|[{LETTER}][{LETTER}'’-]{{1,30}}"
    rf"(?: ?[ /-] ?(?-i:[A-ZÀ-ÖØ-Þ])[{LETTER}'’-]{{2,30}})?)(?![\w])",
    _I,
)
_OTHER = re.compile(rf"\b(?:{PARTS['other_codes']})\b", _I)
_SPOKEN = re.compile(r"[^\W_]+")
_TITLES = frozenset(["mm", "mr", "mme", "mlle", "mmes", "dr", "me", "monsieur", "madame", "mrs"])
_LEAST_SIGNS = 3


def _is_code(match: re.Match[str]) -> bool:
    """Refuse what has less than three signs or two digits."""
    shown = match["id"]
    return sum(map(str.isalnum, shown)) >= _LEAST_SIGNS and sum(map(str.isdigit, shown)) > 1


def _is_near(match: re.Match[str]) -> bool:
    """Refuse codes of laws, posts and trades (``code pénal``); digits after an unknown word."""
    words = load_words()
    if _OTHER.search(match["keep"]) is not None:
        return False
    told = set(_SPOKEN.findall(match["keep"].lower())[1:])
    return not match["id"].isdigit() or told <= words.common | words.barriers | words.particles


def _is_typed(match: re.Match[str]) -> bool:
    """Take digits alone only where one types them; 3919 and its like are phones."""
    shown = match["id"]
    if not shown.isdigit():
        return sum(map(str.isdigit, shown)) > 1
    typed = match["verb"].lower().startswith(("tap", "sais", "comp"))
    return typed and not shown.startswith(("3", "08", "118"))


def _is_spelled(match: re.Match[str]) -> bool:
    """Ask for two numbers among the words that were dictated."""
    parts = _SPOKEN.findall(match["id"].lower())
    counts = [part for part in parts if len(part) > 1 and part not in {"un", "une", "et"}]
    return len(counts) > 1 and any(not part.isdigit() for part in parts)


def _is_at_door(match: re.Match[str]) -> bool:
    """Refuse ordinary words, and small letters that no name on a bell announces."""
    low = match["id"].lower()
    if low[0].isdigit():
        return True
    words, first = load_words(), low.split(" ")[0]
    ordinary = (_TITLES, words.short, words.common, words.particles, words.barriers - words.given)
    if any(first in list_ for list_ in ordinary):
        return False
    told = match["keep"].lower().rstrip(" \"'«:")
    return match["id"][0].isupper() or told.endswith((" nom", " nom de", " chez"))


_MIXED_HINT = re.compile(r"\b(?:[A-Fa-f][0-9]{3}|[0-9]{2,5}[A-Fa-f])")
_NEAR_HINT = re.compile(r"[0-9A-Fa-f#*]{4}")
CODES: tuple[Shape, ...] = (
    Shape("code", _CODE, _is_code, digits=2, words=hints("opener_hints")),
    Shape("code", _CODE_NEAR, _is_near, 2, words=hints("opener_hints"), hint=_NEAR_HINT),
    Shape("code", _CODE_AFTER_DOOR, _is_near, digits=3, hint=_MIXED_HINT),
    Shape("code", _CODE_SPELLED, _is_spelled, words=("code",)),
    Shape("code", _CODE_NEXT, _is_code, digits=2, words=("[code]",)),
    Shape("code", _CODE_TYPED, _is_typed, digits=2, words=hints("typed_hints")),
    Shape("code", _CODE_FIRST, digits=2, words=hints("door_hints")),
    Shape("code", _CODE_SHAPED, not_after("things"), digits=4),
    Shape("code", _INTERPHONE, _is_at_door, words=("interphone", "sonn")),
)
