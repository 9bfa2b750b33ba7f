"""Shapes of identity papers and dates of birth: numbers and dates beside what announces them."""

from __future__ import annotations

import re

from vigie.privacy.shape import LETTER, NUMBER_LABEL, PARTS, Shape, hints, not_after
from vigie.privacy.told import told

_I = re.IGNORECASE

# --- Identity papers ----------------------------------------------------------------------------

_PAPER = rf"(?:{PARTS['papers']})"
_NO_WORD = r"(?!(?:du|de|le|la|en|et|au|a|vu|par|sur|est|ans|nee|ne)\b)"
_FIRST = r"(?:[A-Z]{0,4}[0-9][A-Z0-9]{0,16}|(?-i:[A-Z]{2,4})(?=[ .-]?[0-9])|[A-Z]{1,3}-[0-9]{4,12})"
_NEXT = rf"[ .-]{_NO_WORD}(?:[A-Z]{{0,3}}[0-9][A-Z0-9]{{0,11}}|[A-Z]{{1,3}}(?![\w])(?=[ .-]?[0-9]))"
_NUMBER = rf"{_FIRST}(?:{_NEXT}){{0,6}}(?: (?-i:[A-Z]{{1,2}}))?(?![\w/])"
_DOCUMENT = re.compile(
    rf"(?P<keep>\b{_PAPER}(?![\w])(?: d[ée]livr[ée]{{1,2}} (?:le|en) [0-9/.]{{4,10}})?"
    rf"(?:[^0-9.,;/\n\[\]]{{0,40}}?(?:n°|nº|\bnum[ée]ros?|\bnum|\bno|:|=)"
    rf"[ :]{{0,3}}|(?: [\w(][{LETTER}'’-]{{2,14}}\)?){{0,3}} | ?[/(-] ?))"
    rf"(?P<id>{_NUMBER})",
    _I,
)
_DOCUMENT_FIRST = re.compile(
    rf"(?<![\w/.-])(?P<id>(?=[A-Z]{{0,3}}[0-9])[A-Z0-9]{{7,15}})(?=(?: (?:[a-zé]{{2,9}} ){{0,2}}"
    rf"(?:sur|d[eu]|d['’])(?: (?:sa|son|la|le|une?|l['’]))? ?| ?\( ?){_PAPER}(?![\w]))",
    _I,
)
_PASSPORT = re.compile(r"(?<![\w/.-])(?P<id>[0-9]{2}[A-Z]{2}[0-9]{5})(?![\w/-])")
_SERVICE_NUMBER = re.compile(
    rf"(?P<keep>\b(?:matricules?|mat\.|rio|nigend){NUMBER_LABEL})(?P<id>[0-9]{{3,10}}[A-Z]?)(?![\w])",
    _I,
)
_DOTTED_DATE = re.compile(r"[0-9]{1,2}[ .-][0-9]{1,2}[ .-](?:(?:19|20)[0-9]{2}|[0-9]{2})")
_LEAST_SIGNS, _LEAST_DIGITS = 6, 3


def _is_document(match: re.Match[str]) -> bool:
    """Refuse words, dates and small numbers: a paper's number has six signs, three digits."""
    shown = match["id"]
    if sum(map(str.isalnum, shown)) < _LEAST_SIGNS or _DOTTED_DATE.fullmatch(shown) is not None:
        return False
    return sum(map(str.isdigit, shown)) >= _LEAST_DIGITS


# --- Births -------------------------------------------------------------------------------------

_MONTH = rf"(?:{PARTS['months']})\.?"
_COUNT = rf"(?:{PARTS['counts']})"
_SEP = r" ?[/.,_\\\- ] ?"
_YEAR = r"(?:(?:19|20)[0-9]{2}|['’]?[0-9]{2})"
_DATE = (
    rf"(?:[0-9]{{1,2}}(?: ?er)?(?:{_SEP}[0-9]{{1,2}}{_SEP}{_YEAR}"
    rf"|[ ,./-]{{0,3}}{_MONTH}(?:[ ,./-]{{0,3}}{_YEAR})?)"
    r"|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{8}|[0-9]{6}|(?:19|20)[0-9]{2}"
    rf"|{_MONTH}[ ,./-]{{1,2}}{_YEAR}|[0-9]{{1,2}}[/.-][0-9]{{1,2}}(?![/.-]?[0-9]))(?![0-9])"
)
_WHEN = (
    r"(?:[ :,=]{0,3}\b(?:le|la|l['’]an|l(?=['’])|en|un|d[ée]but|fin|courant|vers"
    r"|environ|pr[ée]sum[ée]e?"
    r"|approximativement|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|aux environs de|du|est"
    r"|mois de)\b){0,3}[ :,=('’]{0,3}"
)
_WHERE = (
    rf"(?: (?:[àa]|en|aux?) [{LETTER}][{LETTER}'’ -]{{1,40}}?(?: ?\([0-9AB]{{2,3}}\))?,?"
    r"(?= (?:le|en) ))?"
)
_BIRTH = re.compile(
    rf"(?P<keep>\b(?:(?:n[ée]{{1,2}}s?(?: ?\(e\))?|n\.?(?= (?:le|en)\b)|natif|native"
    rf"|anniversaire|naissance|nais+\.?|ddnais+\.?|dob|d\.o\.b\.?"
    rf"|d[./ -]?d?[./ -]?n(?![{LETTER}])\.?){_WHERE}{_WHEN}"
    r"|naissance et lieu ?:? ?|lieu de naissance ?:? ?"
    r"|[âa]g[ée]{1,2} de [0-9]{1,2} ans \())"
    rf"(?P<id>{_DATE})(?: ?[àa] (?P<place>[{LETTER}][{LETTER}'’-]{{2,30}}"
    r"(?: ?\([0-9AB]{2,3}\))?))?",
    _I,
)
_BIRTH_YEAR = re.compile(
    rf"(?P<keep>\b(?:n[ée]e?|nee)(?: (?:fin|d[ée]but|courant|vers|en))?{_WHERE}(?: en)? )"
    r"(?P<id>['’]?[0-9]{2})(?![\w/:%°-]|[.,][0-9]| ?(?:ans|jours|mois|h|km|m|euros|€)\b)",
    _I,
)
_BIRTH_SPELLED = re.compile(
    rf"(?P<keep>\b(?:n[ée]{{1,2}}(?:\(e\))?|naissance|ddn){_WHERE}{_WHEN})"
    rf"(?P<id>(?:(?:{_COUNT}|{_MONTH}|[0-9]{{1,4}})[ -]){{1,11}}(?:{_COUNT}|{_MONTH}|[0-9]{{4}}))"
    r"(?![\w])",
    _I,
)
_BARE = re.compile(
    r"(?<![\w/.:,-])(?P<id>(?:0?[1-9]|[12][0-9]|3[01])(?:(?P<s>[/.-])(?:0?[1-9]|1[0-2])(?P=s)"
    rf"| (?:{PARTS['months']}) )(?:19(?:2[5-9]|[3-9][0-9])|20(?:0[0-9]|1[0-2])))"
    r"(?![\w/]|[.-][0-9])",
    _I,
)
_BARE_YEAR = re.compile("19[2-9]|20[01]")
_IS_NO_LAW = not_after("laws")
_REMEMBERED = frozenset(("8 mai 1945", "08/05/1945", "18 juin 1940", "19 mars 1962", "8/5/1945"))


def _is_bare_birth(match: re.Match[str]) -> bool:
    """Take a date of last century, or of this one's first years, unless a law or a feast has it.

    Logs tell of the day: so old a date is hardly ever anything but somebody's birth.
    """
    return match["id"].lower() not in _REMEMBERED and _IS_NO_LAW(match)


_LONG_HINT = re.compile(r"[0-9][0-9A-Za-z]{6}")
_HINTS = hints("paper_hints")
PAPERS: tuple[Shape, ...] = (
    Shape("document", _DOCUMENT, _is_document, digits=3, words=_HINTS),
    Shape(
        "document",
        _DOCUMENT_FIRST,
        _is_document,
        digits=5,
        words=hints("paper_hints"),
        hint=_LONG_HINT,
    ),
    Shape("document", _PASSPORT, not_after("files"), digits=7),
    Shape("document", _SERVICE_NUMBER, digits=3, words=("matric", "mat.", "rio", "nigend")),
)
BIRTHS: tuple[Shape, ...] = (
    Shape("birth_date", _BIRTH, digits=2, words=hints("born_hints") + hints("birth_hints")),
    Shape("birth_date", _BIRTH_YEAR, digits=2, words=hints("born_hints")),
    Shape("birth_date", _BIRTH_SPELLED, words=hints("born_hints")),
    Shape("birth_date", _BARE, _is_bare_birth, digits=5, hint=_BARE_YEAR),
    *told("birth_date"),
)
