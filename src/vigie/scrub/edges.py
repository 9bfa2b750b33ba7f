"""The edges of a mark: what stands against it and is the rest of the same value.

Rules and tagger end a passage where its form or its probability ends; a value goes on:
``[plaque].L``, ``[téléphone] 78``, ``cité Bellecombe, [adresse]``. A number beside a mark stays
where it counts, measures, dates or names something: ``[plaque] 2 occupants``.
"""

from __future__ import annotations

import re
from typing import Final

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.privacy.shape import PARTS
from vigie.privacy.words import load_words

_I: Final = re.IGNORECASE
_NUMBERS: Final = ("phone", "card", "iban", "nir", "document", "plate", "code", "birth_date")


def _mark(*kinds: str) -> str:
    return "(?:" + "|".join(re.escape(PLACEHOLDERS[kind]) for kind in kinds) + ")"


_ANY: Final = _mark(*PLACEHOLDERS)
_NUMBER: Final = _mark(*_NUMBERS)
_LETTERS: Final = _mark("document", "plate", "code", "phone")
_ACCOUNT: Final = _mark("email", "handle")
_HOME: Final = _mark("address")
_BIRTH: Final = _mark("birth_date")
_COUNT: Final = rf"(?!(?:et|une?|premier)\b)(?:{PARTS['counts']})(?![\w'’])"
_MONTH: Final = rf"(?:{PARTS['months']})\.?(?!\w)"
_RADIO: Final = (
    "(?:alpha|bravo|charlie|delta|[ée]cho|fox(?:trot)?|india|juliett?e?|kilo|lima|november"
    r"|qu[ée]bec|rom[ée]o|sierra|tango|uniform|whiske?y|x-?ray|yankee|zoulou|zulu"
    r"|[a-z] comme [^\W\d_]{2,12})(?!\w)"
)
_COUNTED: Final = (
    rf"(?! ?(?:{PARTS['measures']}|{PARTS['ways']}|h|e|er|[èe]me|[èe]re|appels?|nouveau"
    r"|[^\W\d_]{3,}[sx])(?!\w)|[/:h°%€']|[.,][0-9])"
)
_SIGN: Final = r"(?:[ \u00a0]?[-./_|][ \u00a0]?|[ \u00a0])"
_PIECE: Final = rf"(?:(?![0-9]{{1,2}}h)[0-9][0-9A-Za-z*#]{{0,11}}(?!\w)|{_COUNT}){_COUNTED}"
_LETTER: Final = (
    r"(?:[-./_|][A-Za-z](?![\w'’°])"
    r"|[ \u00a0]?[-./_|][ \u00a0]?[B-XZb-xz](?![\w'’°.])|[ \u00a0](?:(?-i:[B-KM-XZ])(?![\w'’°.])"
    r"|[a-z](?![\w'’])(?= ?(?:[,;)\n]|\.(?!\w)|$))))"
)
_AFTER_NUMBER: Final = re.compile(
    rf"(?P<mark>{_NUMBER}|{_mark('handle')})"
    rf"(?P<rest>(?:{_SIGN}{_PIECE})+(?:{_LETTER})?|(?:{_LETTER})+)",
    _I,
)
_AFTER_SAID: Final = re.compile(
    rf"(?P<mark>{_LETTERS})(?P<rest>(?:[ ,-]{{1,2}}(?:{_RADIO}|{_COUNT}{_COUNTED}))+)", _I
)
_BEFORE_SAID: Final = re.compile(
    rf"\b(?P<rest>(?:(?:{_RADIO}|{_COUNT})[ ,-]{{1,2}}){{1,12}})(?P<mark>{_LETTERS})", _I
)
_BEFORE_NUMBER: Final = re.compile(
    rf"(?<![\w:/.,°*#-])(?P<rest>(?:[0-9][0-9OolI]{{0,5}}{_SIGN}){{1,8}})(?P<mark>{_NUMBER})", _I
)
_NO_NUMBER: Final = re.compile(
    rf"(?:\b(?:cam[ée]ras?|lampadaire|cand[ée]labre|m[âa]t|borne|horodateur|bus|ligne|salle|bureau|vol"
    rf"|train|lot|version|article|mod[èe]le|{PARTS['units']}|{PARTS['other_codes']}|{PARTS['ways']}|pv|mc|le|les"
    r"|[àa]|vers|des|aux|et|cyclo|porte|quai|sortie|gare|poste|bt|secteur)"
    r")\.? ?$",
    _I,
)
_DATE: Final = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}(?:[/.-][0-9]{2,4})?\W*$")
_GLUED: Final = re.compile(rf"(?:\w{{0,40}})(?P<mark>{_ANY})(?:\w{{0,40}})")
_OF_ACCOUNT: Final = re.compile(
    rf"(?:(?:https?://|live:)?(?:{_mark('name')}[.@_-])?(?:[\w+-]{{1,40}}[.@_+/-]{{1,3}}){{0,6}})(?P<mark>{_ACCOUNT})"
    rf"(?:(?:(?:[.@_-]|@\n)(?:\w+|{_mark('name', 'email', 'handle')}))*)"
)
_NAMED_ACCOUNT: Final = re.compile(
    rf"(?P<mark>{_mark('name')})(?:\.(?:tv|off(?:iciel)?|m?rs|du ?[0-9]{{2}}|pro|prod|yt|ttv|music"
    r"|x{1,3}|[0-9]\w{0,5})(?!\w)|[_][\w.]{1,20})",
    _I,
)
_BEFORE_MAIL: Final = re.compile(
    rf"(?P<rest>\b(?:tout (?:attach[ée] )?|en un (?:seul )?mot |en minuscules? "
    rf"|point |tiret (?:du )?(?:bas )?|underscore |\(?[a@]\)?(?=\[)){{1,5}}"
    rf"|(?<=c['’]est )(?:[\w-]{{3,20}} ){{1,2}})(?P<mark>{_mark('email')})",
    _I,
)
_BEFORE_BIRTH: Final = re.compile(
    rf"\b(?P<rest>(?:(?:{_COUNT}|un|premier|1er|[0-9]{{1,2}}|{_MONTH})[ /.-]){{1,5}})"
    rf"(?P<mark>{_BIRTH})",
    _I,
)
_TOWN: Final = r"(?:cedex(?: [0-9]{1,2})?|[0-9]{1,2}(?:e|er|[èe]me)(?! [ée]tage)|arrondissement)"
_PLACE: Final = (
    rf"(?:(?:,| -)? ?\(?(?:130|83[0-9]|84[0-9]|04[0-9]|06[0-9]|[0-9]{{3}})[0-9]{{2}}\)?(?!\w)"
    rf"(?:,? (?!{_ANY})[^\W\d_][\w'’-]{{2,30}}(?= ?(?:[,;.)\n]|$|cedex|{_TOWN})))?"
    rf"|(?:,| -| à)? ?\(?(?:marseille|paris|lyon|aubagne|toulon|nice)\b\)?)"
    rf"(?: ?{_TOWN})?(?:,? ?{_TOWN})?"
)
_ENDS: Final = r"(?= ?(?:[;,)\n]|\.(?!\d)|$))"
_AFTER_HOME: Final = re.compile(
    rf"(?P<mark>{_HOME})(?P<rest>(?: [a-zà-ÿ][\wà-ÿ'’-]*){{1,4}},? [0-9]{{5}}(?: [^\W\d_]{{3,20}})?"
    rf"|{_PLACE}|,? à (?-i:[A-ZÀ-Þ])[^\W\d_][\w'’-]{{2,30}}{_ENDS}"
    r"|,? (?:au |n[°º] ?|num[ée]ro )?[0-9]{1,4}(?: ?(?:bis|ter|[a-d]))?"
    rf"{_ENDS}| (?:du|au|de la) (?={_HOME})|-de-chauss[ée]e(?: (?:gauche|droite|face))?"
    rf"|(?:[ ,/-]{{1,3}}(?:au )?\(?(?:{PARTS['part']}|(?:{PARTS['nth']}){_ENDS})\)?)+)",
    _I,
)
_ESTATE: Final = (
    r"(?:(?:r[ée]s(?:idence)?|cit[ée]|copropri[ée]t[ée]|copro|lot(?:issement)?|hlm|ensemble|parc|clos"
    r"|domaine|foyer|immeuble|villa|les? jardins?|hameau|camping|quartier)\.? "
    r"(?!(?:connue?|actuelle|principale|secondaire|d[ée]clar|habitu|est)\b)"
    r"(?:[^\W\d_][\w'’.-]*[ ]?){1,5})"
)
_BEFORE_HOME: Final = re.compile(
    rf"\b(?P<rest>{_ESTATE}[,(/-]? ?\(?|(?:{PARTS['part']}[ ,(/-]{{1,3}}){{1,5}}"
    rf"|(?:au )?lieu[- ]?dit(?: l[ae]s?)? |grand['’]|(?:chambre|ch\.?|ponton|panne) (?={_HOME})"
    r"|(?-i:(?:L[ea]s? |L['’])[A-ZÀ-Þ][\w'’-]{2,20}(?: [A-ZÀ-Þ][\w'’-]{2,20}){0,2})[ ,]{1,2}"
    rf"|[0-9]{{1,4}}(?: ?bis| ?ter)?,? (?:{PARTS['ways']})(?: [^\W\d_][\w'’-]*){{1,4}}[ ,]{{1,2}}"
    rf"|(?:{PARTS['ways']})(?: [^\W\d_][\w'’-]*){{0,3}},? "
    rf"(?={_HOME},? ?(?:bis|ter|\[)))"
    rf"(?P<mark>{_HOME})",
    _I,
)
_INTO_HOME: Final = re.compile(
    rf"(?P<keep>\b(?:{PARTS['homes']}) )(?:(?:au|[àa]|dans|chez|l[ae]s?) ){{1,2}}(?P<mark>{_HOME})"
    rf"|\bl[ae]s? (?={_HOME})",
    _I,
)
_ESTATE_CELL: Final = re.compile(
    r"(?P<keep>(?:[;|\t\]]|\b(?:adresse|domicile|demeurant|dom\.?|domicili[ée]{1,2}|habite|adr\.?"
    r"|r[ée]side|loge|logement))[ ,:;|]{1,3})"
    rf"(?P<rest>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){{0,3}}), ?(?P<mark>{_HOME})",
    _I,
)
_AFTER_CARD: Final = re.compile(
    rf"(?P<mark>{_mark('card')})(?:(?:[ .-]?[x*•]{{2,6}}){{1,3}}(?:[ .-]?{_mark('card')})?)", _I
)
_BEFORE_CARD: Final = re.compile(
    rf"(?<![\w])(?P<rest>[0-9]{{4}}(?:[ .-]?[x*•]{{2,6}}){{1,3}}[ .-]?)(?P<mark>{_mark('card')})",
    _I,
)
_AFTER_ACCOUNT: Final = re.compile(
    rf"(?P<mark>{_mark('handle')}) du [0-9]{{2}}(?![\w/.:]| (?:{PARTS['months']}|au)(?!\w))", _I
)
_BEFORE_CODE: Final = re.compile(rf"(?:(?<=[:,=(] )|(?<=code ))[a-f] (?P<mark>{_mark('code')})", _I)
_LEFT: Final = re.compile(_ANY)


_GROWS: Final = (
    (_ANY, _GLUED),
    (_ACCOUNT, _OF_ACCOUNT),
    (_mark("name"), _NAMED_ACCOUNT),
    (_mark("email"), _BEFORE_MAIL),
    (_BIRTH, _BEFORE_BIRTH),
    (_mark("card"), _BEFORE_CARD),
    (_mark("card"), _AFTER_CARD),
    (_mark("handle"), _AFTER_ACCOUNT),
    (_mark("code"), _BEFORE_CODE),
    (_ANY, _AFTER_NUMBER),
    (_LETTERS, _AFTER_SAID),
    (_LETTERS, _BEFORE_SAID),
    (_HOME, _AFTER_HOME),
    (_HOME, _BEFORE_HOME),
)
"""Marks, and those with what stands against them: the mark alone is left."""
_GROWN: Final = tuple((re.compile(marks), pattern) for marks, pattern in _GROWS)


def mended(text: str) -> str:
    """Return a scrubbed text with every mark grown over the rest of its value.

    Args:
        text: A text with marks.
    """
    if "[" not in text or _LEFT.search(text) is None:
        return text
    for marks, grows in _GROWN:
        if marks.search(text) is not None:
            text = grows.sub(r"\g<mark>", text)
    text = _BEFORE_NUMBER.sub(_joined, text)
    if PLACEHOLDERS["address"] not in text:
        return text
    text = _ESTATE_CELL.sub(_estate, text)
    return _INTO_HOME.sub(lambda found: f"{found['keep'] or ''}{found['mark'] or ''}", text)


def _joined(found: re.Match[str]) -> str:
    """Leave a date, and a number that what stands before it names."""
    before = found.string[max(0, found.start() - 24) : found.start()]
    if _DATE.search(found["rest"]) or _NO_NUMBER.search(before):
        return found[0]
    return found["mark"]


def _estate(found: re.Match[str]) -> str:
    """Leave what is told in ordinary words: no estate has such a name."""
    words = found["rest"].lower().replace("’", "'").split()
    return found[0] if load_words().ordinary.issuperset(words) else found["keep"] + found["mark"]
