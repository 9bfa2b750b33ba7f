"""Shapes of personal data in French free text: phones, plates, e-mails, numbers, addresses, codes.

Every pattern is linear in the length of the text: repetitions are bounded, and no pattern can start
inside what another start would have covered. A pattern may come with a judge, a function that looks
at the match and may refuse it.
"""

from __future__ import annotations

import re

from vigie.privacy.doors import CODES
from vigie.privacy.homes import ADDRESSES
from vigie.privacy.papers import BIRTHS, PAPERS
from vigie.privacy.shape import LETTER, NUMBER_LABEL, PARTS, Shape
from vigie.privacy.told import told
from vigie.privacy.words import load_words

_I = re.IGNORECASE

# --- E-mails and accounts -----------------------------------------------------------------------

_EMAIL = re.compile(
    rf"(?<![\w.+%'’-])[\w.+%'’-]{{1,64}}"
    r"(?: ?@ ?| ?[\[(] ?(?:at|arobase|@) ?[\])] ?"
    r"| (?:arobase|arobas|chez|at) (?=[\w-]+(?:\.| point| dot)))"
    rf"[{LETTER}0-9-]{{1,63}}(?:(?:\.|,(?=(?:fr|com|org|net)\b)| (?:point|dot) "
    r"| ?[\[(](?:point|dot|\.)[\])] ?)"
    rf"[{LETTER}0-9-]{{1,63}}){{1,4}}",
    _I,
)
_HANDLE_AT = re.compile(r"(?<![\w.@])@[A-Za-z0-9_][A-Za-z0-9_.]{1,29}")
_NETWORKS = tuple(PARTS["networks"].split("|"))
_NO_PLATE_FB = r"(?!fb[^\w\s]{1,2}[0-9]{3}[^\w\s]{1,2}[a-z]{2}\b)"
_HANDLE_NAMED = re.compile(
    rf"(?P<keep>\b{_NO_PLATE_FB}(?:{'|'.join(_NETWORKS)})"
    r"(?: ?(?::|=|est|sous(?: le (?:nom|pseudo)(?: de)?)?|@) ?[\"«' ]{0,2}"
    r"| (?=[\w.-]{1,39}[0-9_.][\w-])))"
    r"(?P<id>(?!arobase)@?[\w.-]{2,39}\w(?: (?-i:[A-ZÀ-ÖØ-Þ])[\w'-]+){0,2})",
    _I,
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:instagram|facebook|tiktok|snapchat|twitter|t|x|linkedin|twitch"
    r"|youtube|threads|vinted|discord|wa|linktr|onlyfans)\.(?:com|me|tv|net|fr|gg|be)/[\w.@/?=&%-]{1,80}",
    _I,
)

# --- Phones -------------------------------------------------------------------------------------

_GAP = r"[ .\-/_)\n\u00a0\u202f]{0,3}"
# A date followed by an hour, and its month and year, have ten digits too.
_NO_DATE = (
    r"(?![0-9]{1,2}([/.-])[0-9]{1,2}\1(?:19|20)[0-9]{2}(?![0-9]))"
    r"(?!(?<=[0-9][/.-])[0-9]{1,2}[/.-](?:19|20)[0-9]{2}(?![0-9]))"
)
_PHONE = re.compile(
    rf"(?<![\w+]){_NO_DATE}(?:(?:\+|0 ?0) ?33{_GAP}(?:\(0\){_GAP}|0(?=[1-9]))?|33{_GAP}(?=[67])"
    rf"|\(?[0Oo]{_GAP})[1-9](?:{_GAP}[0-9Oo]){{8}}(?![0-9])"
)
_PHONE_ABROAD = re.compile(
    r"(?<![\w+])(?:\+|00)[1-9][0-9]{0,2}(?:[ .\-/()]{0,2}[0-9]){6,12}(?![0-9])"
)


_COUNT = PARTS["counts"]
_SPELLED_PHONE = re.compile(
    rf"\bz[ée]ro[ -](?:{_COUNT})\b(?:[ ,.\-/]{{1,3}}(?:[0-9]{{1,2}}|{_COUNT})\b){{2,24}}", _I
)


def _is_abroad(match: re.Match[str]) -> bool:
    """Refuse the number of a file, with its year behind a stroke."""
    return "/" not in match.group() or match.group()[0] == "+"


# --- Vehicle plates -----------------------------------------------------------------------------

_SIV_LETTERS = "A-HJ-NP-TV-Z"
_SIV = re.compile(
    rf"(?<![\w])(?P<a>[{_SIV_LETTERS}] ?[{_SIV_LETTERS}])(?P<s>[ .\-_/]{{0,3}})[0-9] ?[0-9] ?[0-9]"
    rf"[ .\-_/]{{0,3}}(?P<b>[{_SIV_LETTERS}] ?[{_SIV_LETTERS}])(?![\w])"
    r"(?: \(?(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB])(?:\)|(?![\w/:.,)])))?",
    _I,
)
_FNI = re.compile(
    r"(?<![\w/:.,])[0-9]{1,4}(?P<s>[ \-]{0,3})(?P<a>[A-HJ-NP-TV-Z]{2,3})[ \-]{0,3}"
    r"(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])(?![\w/:])",
    _I,
)
_NATION = PARTS["nations"]
_PLATE_NAMED = re.compile(
    rf"(?P<keep>\b(?:immatricul[a-zéèêà]{{1,8}}|immat|plaque)\.?"
    rf"(?: (?:{_NATION}|partielle|relevée|provisoire))?{NUMBER_LABEL})(?P<id>"
    r"[0-9]{1,4}[ -]?[A-Z]{2,3}[ -]?(?:2[AB]|[0-9]{2})(?![\w])|[A-Z]{2}-[0-9]{2,3}-[A-Z](?![\w])"
    r"|(?![A-Z]{2} ?[-./_] ?[0-9OIL]{3} ?[-./_])(?=[A-Z -]{0,6}[0-9])[A-Z0-9]{1,8}"
    r"(?:[ -](?=[A-Z]{0,3}[0-9]|(?:(?-i:[A-Z]{2,3})|[BCDFGHJ-NP-TV-Z]{3})(?![\w]))"
    r"[A-Z0-9]{1,8}){0,3})",
    _I,
)
_NATIONS = tuple(PARTS["nation_hints"].split("|"))
_PLATE_ABROAD = re.compile(
    rf"(?P<keep>\b(?:{_NATION})s?,? )(?P<id>(?=[0-9]{{0,4}}[ -]?[A-Z])[A-Z0-9]{{1,4}}"
    r"(?:[ -][A-Z0-9]{1,6}){1,2})(?![\w])",
    _I,
)
_PLATE_SHAPED = re.compile(
    r"\b(?<![\w-])(?:[0-9](?:[0-9]{3}[ -]?(?-i:[BCDFGHJ-NPR-TV-Z]{3})|-[A-Z]{3}-[0-9]{3})"
    r"|(?-i:[A-Z]{1,3}(?: [0-9]{2,3} [A-Z]{3}|[0-9]{2} ?[A-Z]{3}|-[A-Z]{1,2} [1-9][0-9]{2,3}))"
    r"|(?-i:WW?[ -]?[0-9]{3}[ -]?[A-Z]{2})|ww?-?[0-9]{3}-?[a-z]{2}"
    r"|[a-z]{2}(?:[0-9]{2,3}|-[0-9]{2,3}-)[a-z])"
    r"(?![\w-])",
    _I,
)


def _has_plate(match: re.Match[str]) -> bool:
    """Refuse words between numbers, and what has no two digits (``belge 25 ans``)."""
    shown = match[match.lastgroup or 0].lower()
    words = " " in shown and not load_words().short.isdisjoint(re.findall("[a-z]+", shown))
    return not words and sum(map(str.isdigit, shown)) > 1


def _is_siv(match: re.Match[str]) -> bool:
    """Refuse ordinary words around three digits: ``le 205 de``, in capitals ``LE 205 DE``."""
    if not match["s"].isspace():
        return True
    words = {match["a"].lower() in load_words().short, match["b"].lower() in load_words().short}
    return words == {False} or (words != {True} and match.group().isupper())


def _is_fni(match: re.Match[str]) -> bool:
    """Refuse words between numbers, and small letters that are spaced where a price may stand."""
    if not match["s"] and " " not in match.group():
        return True
    letters = match["a"].lower()
    if letters not in load_words().short:
        return match["a"].isupper() or letters not in load_words().common
    # in a text of small letters, DE in capitals is no preposition
    around = match.string[max(match.start() - 40, 0) : match.end() + 40]
    return letters in load_words().particles and match["a"].isupper() and not around.isupper()


# --- Numbers of persons, accounts, papers -------------------------------------------------------

_NIR = re.compile(
    r"(?<![0-9])[12378][ .\-]?[0-9]{2}[ .\-]?(?:0[1-9]|1[0-2]|[2-9][0-9])[ .\-]?(?:[0-9]{2}"
    r"|2[ABab])[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}(?:[ .\-/]{0,3}[0-9]{2})?(?![\w])"
)
_IBAN = re.compile(
    r"(?<![\w])[A-Z]{2}[0-9]{2}[ .\-]?[A-Z0-9]{4}(?:[ .\-]?(?=[A-Z]{0,3}[0-9])[A-Z0-9]{4}){1,6}"
    r"(?:[ .\-]?(?=[A-Z]{0,3}[0-9])[A-Z0-9]{1,4}|[A-Z]{1,4})?(?![\w])",
    _I,
)
_CARD = re.compile(
    r"(?<![\w])(?:[2-6][0-9]{3}(?:[ .\-]?[0-9]{4}){2}[ .\-]?[0-9]{1,4}"
    r"|3[47][0-9]{2}[ .\-]?[0-9]{6}[ .\-]?[0-9]{5})(?![\w])"
)
_IBAN_LEAST, _IBAN_FRENCH = 15, 27


def iban_checks(text: str) -> bool:
    """Say whether an IBAN's check digits are right (ISO 13616, modulus 97)."""
    compact = re.sub(r"[ .\-]", "", text).upper()
    if len(compact) < _IBAN_LEAST or not compact.isalnum() or not compact.isascii():
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def luhn_checks(text: str) -> bool:
    """Say whether a card number's check digit is right (ISO/IEC 7812-1, Luhn)."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(match: re.Match[str]) -> bool:
    """Take a French one even with a slip in it; any other only with its check digits."""
    compact = re.sub(r"[ .\-]", "", match.group()).upper()
    return (compact.startswith("FR") and len(compact) == _IBAN_FRENCH) or iban_checks(compact)


def _is_card(match: re.Match[str]) -> bool:
    return luhn_checks(match.group())


_SIV_TAIL = re.compile(r"[0-9] ?[0-9] ?[0-9][ .\-_/]{0,3}[A-Za-z] ?[A-Za-z](?![\w])")

SHAPES: tuple[Shape, ...] = (
    *told("email"),
    Shape("email", _EMAIL, words=("@", "arobas", " at ", " chez ", "(at", "[at", "( at", "[ at")),
    Shape("handle", _PROFILE, words=(".com/", ".me/", ".tv/", ".net/", ".fr/", ".gg/", ".be/")),
    Shape("handle", _HANDLE_AT, words=("@",)),
    Shape("handle", _HANDLE_NAMED, words=_NETWORKS),
    Shape("iban", _IBAN, _is_iban, digits=8),
    Shape("card", _CARD, _is_card, digits=13),
    Shape("nir", _NIR, digits=12),
    *(shape for name in ("iban", "nir", "card", "handle") for shape in told(name)),
    *PAPERS,
    *BIRTHS,
    Shape("phone", _PHONE, digits=8),
    Shape("phone", _PHONE_ABROAD, _is_abroad, digits=8, words=("+", "00")),
    Shape("phone", _SPELLED_PHONE, words=("zéro", "zero")),
    *told("phone"),
    *told("document"),
    Shape("plate", _SIV, _is_siv, digits=3, hint=_SIV_TAIL),
    Shape("plate", _PLATE_NAMED, digits=1, words=("immat", "plaque")),
    Shape("plate", _PLATE_ABROAD, _has_plate, digits=2, words=_NATIONS),
    Shape("plate", _PLATE_SHAPED, _has_plate, digits=2),
    *told("plate"),
    *CODES,
    *told("code"),
    *ADDRESSES,
    Shape("plate", _FNI, _is_fni, digits=3),
)
"""In the order they are applied: what is surest first, so that a phone is not read as a plate."""
