"""Names that stand where a name stands: behind « vu par », in a crew, as a signature.

The tagger weighs a word's neighbours and misses names that are words of every day. Here a cue is
strong and the word is a known name, or none that a list has.
"""

from __future__ import annotations

import re
from typing import Final

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.privacy.words import load_words

_I: Final = re.IGNORECASE
_NAME: Final = re.escape(PLACEHOLDERS["name"])
_PARTICLE: Final = (
    r"(?:(?:de la|de los|van den|van der|dos|das|ben|van|von|el|al|le|la|di|da|du|de|ait|a[ïi]t"
    r"|ould"
    r"|saint|sainte) )"
)
_WORD: Final = r"[^\W\d_]['’]?[^\W\d_][\w'’-]{1,24}"
_WHO: Final = (
    rf"(?P<id>(?:[^\W\d_]\. ?)?{_PARTICLE}{{0,2}}(?P<last>{_WORD})(?: (?P<more>{_WORD}))?)"
)
_ONE: Final = rf"(?P<id>(?:[^\W\d_]\. ?)?{_PARTICLE}{{0,2}}(?P<last>{_WORD}))"
_END: Final = r"(?= ?(?:[.,;:()/|\n\-]|$|et |rio|matricule|de la |au |à |le |pour ))"
_BY: Final = (
    r"(?:vue?s?|lue?|relue?|remplac[ée]e?s?|avis[ée]e?s?|pass[ée]e?s?|consult[ée]e?s?|extraites?"
    r"|reconnue?s?|verbalisation|verbalis[ée]e?s?|constat[ée]e?s?|signal[ée]e?s?"
    r"|raccompagn[ée]e?s?|ramen[ée]e?s?"
    r"|amen[ée]e?s?|d[ée]pos[ée]e?s?|repris|pris|transmis|remis|r[ée]dig[ée]e?|dress[ée]e?"
    r"|effectu[ée]e?"
    r"|trait[ée]e?|valid[ée]e?|z[ée]ro|reprise?|contr[ôo]l[ée]e?|pharos)"
)
_TO: Final = (
    r"(?:donn[ée]e?s?|remise?s?|montr[ée]e?s?|transmise?s?|passer le mot|dis|dire|rendue?s?)"
)
_GRADE: Final = (
    r"(?:op[ée]?\.?|op[ée]rat(?:eur|rice)(?: (?:cic|csu))?|agent|asvp|gpx|bgd(?:[ -]chef)?"
    r"|cadre|ide"
    r"|int[ée]rim|r[ée]gisseur|adj|bcp|brigadier|[ée]quipier|[ée]quipage|[îi]lotier|m[ée]decin"
    r"|interne)"
)
_CUED: Final = re.compile(
    rf"(?P<keep>\b(?:{_BY}(?: [^\W\d_]{{2,12}})?,? par|{_TO} (?:[àa]|au)|{_GRADE}) (?:: ?)?"
    rf"|\(vue? (?:par )?|\bnous, |\b(?:respectueusement|cordialement|cdt|salutations),?[ \n]{{1,3}}"
    rf"|\n-- ?\n?|l['’]arriv[ée]e de |le compte de |\b(?:rio|qu[êe]te|session) de |mot [àa] "
    rf"|\bremise? [^.;\n]{{0,25}}{_NAME} par |\bcl[ée]fs? [^:.;\n]{{1,20}} ?: |(?:^|\n)(?:yo"
    rf"|slt|salut|coucou|bjr) )"
    rf"{_ONE}(?![\w'’])",
    _I,
)
_CALLED: Final = re.compile(
    rf"(?P<keep>\bc(?:['’]est)? (?:encore )?l[ea] (?:petite? )?"
    rf"|\bproprio {_NAME} ){_ONE}(?![\w'’])",
    _I,
)
_LISTED: Final = re.compile(rf"(?P<keep>{_NAME}, ){_ONE}(?= ?(?:[.;)/|\n]|$|, {_NAME}))", _I)
_CREW: Final = re.compile(
    rf"(?P<keep>{_NAME}(?: et | & | ?/ ?|,? puis ))(?!et\b){_ONE}(?= ?(?:[.;)/|\n]|$"
    rf"|, (?:{_NAME}|a[pv])))",
    _I,
)
_ACTS: Final = re.compile(
    rf"(?:(?<=[.,;:\n] )|(?<=^)|(?<=\n)|(?<=- )|(?P<keep>\b(?:le|c['’]est|:) )){_ONE}"
    r"(?= (?:me remplace|remplace (?:\[nom\]|au )|en arr[êe]t (?:jus|mal)|(?:est|sont) avec moi"
    r"|reste sur place"
    r"|garde l|revient|pour \[nom\]|prend la suite|prend le volant))",
    _I,
)
_LAST_LINE: Final = re.compile(
    rf"(?P<keep>(?:\n(?:-- ?\n?)?"
    rf"|[.!?] ))(?P<id>(?:[^\W\d_]\. ?)?{_PARTICLE}{{0,2}}(?P<last>{_WORD})"
    rf"(?: (?P<more>{_WORD}))?)(?=\.?\s*$|, (?:chef|police|agent|op))",
    _I,
)
_CELL: Final = re.compile(rf"(?P<keep>(?:^|\n|[;|] ?)){_ONE}(?= ?[;|] ?{_NAME} ?[;|])", _I)
_NEXT_CELL: Final = re.compile(rf"(?P<keep>(?:^|\n|[;|] ?){_NAME} ?[;|] ?){_ONE}(?= ?[;|])", _I)
_PAIR: Final = re.compile(
    rf"(?P<keep>(?:^|\n|[;|] ?))"
    rf"(?P<id>{_PARTICLE}{{0,2}}(?P<last>{_WORD}) ?[;|] ?(?P<more>{_WORD}))"
    rf"(?= ?[;|] ?\[)",
    _I,
)
_REST: Final = re.compile(
    rf"(?P<keep>{_NAME},? )(?P<id>(?P<last>{_WORD}))(?= ?(?:[,;|.)\n]|$))", _I
)
_REST_BEFORE: Final = re.compile(
    rf"(?P<keep>\b(?:m(?:me|lle|r)?\.?|patiente?|locataire|conduct(?:eur|rice)|victime|famille"
    rf"|requ[ée]rante?|le petit"
    rf"|la petite) )(?P<id>{_PARTICLE}{{0,2}}(?P<last>{_WORD}))(?= ?{_NAME}| ?(?:[.,;:()/|\n]|$))",
    _I,
)


_ARTICLE: Final = re.compile(r"(?:la|le|les|du|de|des) |(?:l|qu)['’]", _I)
_LEAST: Final = 3
_COMMON_END: Final = re.compile(
    r"(?:eurs?|euses?|tions?|ments?|ages?|istes?|[ae]nces?|iques?|aires?|[ée]{1,2}s?|ante?s?"
    r"|oires?|trices?|thermes?)$",
    _I,
)
_SOUNDS: Final = re.compile(r"[aeiouyàâéèêëîïôùû]", _I)


def _known(word: str) -> bool:
    """Say whether a word is a name that a list has."""
    words, low = load_words(), word.lower()
    return all(part in words.given or part in words.surnames for part in low.split("-")) or (
        low in words.given or low in words.surnames
    )


def _strange(word: str) -> bool:
    """Say whether no list of words has it, in this form."""
    words, low = load_words(), word.lower()
    lists = (words.common, words.ordinary, words.announces, words.places, words.titles)
    return (
        low[0].isalpha()
        and not _COMMON_END.search(low)
        and not any(
            low in one
            for one in (*lists, words.grades, words.short, words.civilities, words.particles)
        )
    )


def is_who(found: re.Match[str]) -> bool:
    """Say whether what stands behind a strong cue is a name: known, or like no other word."""
    shown = found.groupdict()
    last = shown["last"]
    if any(part.isdigit() for part in last):
        return False
    if _known(last):
        return shown.get("more") is None or _known(shown["more"]) or _strange(shown["more"])
    if _ARTICLE.match(found["id"]) or _SOUNDS.search(last) is None or last[-1] == "-":
        return False
    return len(last) > _LEAST and last[0].isupper() and _strange(last) and shown.get("more") is None


def is_signed(found: re.Match[str]) -> bool:
    """Say whether a line of its own, or the last words, are a name."""
    return is_known(found) or (found["keep"][0] == "\n" and is_who(found))


def is_known(found: re.Match[str]) -> bool:
    """Say whether it is a name that a list has."""
    shown = found.groupdict()
    words = [word for name in ("last", "more") if (word := shown.get(name))]
    return bool(words) and all(map(_known, words))


_ANY: Final = ("",)
_MARKED: Final = (PLACEHOLDERS["name"],)
_CELLS: Final = (";", "|")
PEOPLE: Final = (
    (_ANY, _CUED, is_who),
    (_MARKED, _CREW, is_who),
    (_ANY, _CALLED, is_known),
    (_MARKED, _LISTED, is_known),
    (_CELLS, _PAIR, is_known),
    (_ANY, _ACTS, is_who),
    (_ANY, _LAST_LINE, is_signed),
    (_CELLS, _CELL, is_known),
    (_MARKED, _NEXT_CELL, is_known),
    (_MARKED, _REST, is_known),
    (_ANY, _REST_BEFORE, is_known),
)
