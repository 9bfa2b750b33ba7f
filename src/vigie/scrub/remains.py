"""What rules and tagger leave of families that have a form: homes, keys of numbers, passwords.

A number with a way is a home unless what stands before it is public; an estate is one when a tower,
a stair, a floor or a door follows it; a way without a number where a person stands before it. Names
spelt sign by sign, words with figures behind « session », the answer to « un code ? » and accounts
with a capital inside go too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.privacy.shape import PARTS
from vigie.privacy.words import load_words
from vigie.scrub.people import PEOPLE

_I: Final = re.IGNORECASE
_BEFORE: Final = 70
_NAME: Final = re.escape(PLACEHOLDERS["name"])
_HOME: Final = re.escape(PLACEHOLDERS["address"])
_MARK: Final = "(?:" + "|".join(map(re.escape, PLACEHOLDERS.values())) + ")"
_NTH: Final = r"[0-9]{1,2} ?(?:[èe]me|i[èe]me|[èe]re|er|e|è)"
_SIDE: Final = r"(?:gauche|droite|face|fond|gche|dte|dr\.?|g\.)(?!\w)"
_UNIT: Final = (
    r"(?:tour|b[âa]t(?:iment)?|bt|bloc|esc(?:alier)?|entr[ée]e|hall|cage|porte|pte|app?ts?|apt"
    r"|appart(?:ement)?|log(?:ement|t)?|lgt|studio|chambre|chb?r?e?|pavillon|pav|villa|[ée]tage"
    r"|[ée]t"
    r"|interphone)"
)
_PART: Final = (
    rf"(?:{_UNIT}\.? ?(?:n[°º] ?)?(?:[a-z]{{0,2}}[0-9]{{1,4}}[a-z]?|[a-z])(?![\w'’])"
    rf"|{_NTH} ?(?:[ée]tage|[ée]tg|[ée]t)(?!\w)\.?(?: (?:porte )?{_SIDE})?|{_NTH} {_SIDE}"
    rf"|(?:rdc|rez[ -]de[ -]chauss[ée]e)(?: {_SIDE})?|p(?:or)?te {_SIDE})"
)
_GAP: Final = r"(?:, ?| ?[(/-] ?| )"
_ESTATE_KIND: Final = (
    r"(?:r[ée]s(?:idence)?|cit[ée]|immeuble|imm|tour|copro(?:pri[ée]t[ée])?|hlm|clos|cada|foyer"
    r"|hameau|lotissement|lot|villas?|domaine|ensemble|campus|camping|pavillons?)"
)
_SMALL: Final = r"(?:de la |de l['’]|de |du |des |d['’]|la |les? |l['’])"
_WORD: Final = (
    r"(?:\[nom\]|(?!(?:et|ou|en|est|sont|a|par|avec|sans|pour|dans|sur|puis"
    r"|vers)\b)[^\W\d_][\w'’-]*)"
)
_ESTATE: Final = rf"{_ESTATE_KIND}\.? {_SMALL}?{_WORD}(?: {_SMALL}?{_WORD}){{0,3}}?"
_NO_ESTATE: Final = (
    r"(?:lyc[ée]es?|coll[èe]ge|[ée]coles?|gare|stade|h[ôo]pital|clinique|parking|parc|gymnase"
    r"|m[ée]tro"
    r"|tribune|ascenseur|caserne|entr[ée]e|porte|cage|cour|hall|salle|service|chambre|cam[ée]ra"
    r"|rame"
    r"|ligne|victime|patient[e]?|dame|mairie|pr[ée]fecture|tour|nuit|rue|place|voiture|clef?|femme)"
)
_NAMED: Final = rf"(?:les|la|le) (?!{_NO_ESTATE}\b){_WORD}(?: {_WORD})?"
_WAY_NAME: Final = (
    rf"(?:{PARTS['ways']}) {_SMALL}?(?:{_NAME}(?:-{_NAME})?|[^\W\d_]\.|[^\W\d_][\w'’-]*"
    rf"|[0-9]{{1,2}} {PARTS['months']})"
    rf"(?:[ -](?:{_SMALL}|(?-i:[A-ZÀ-Þ]))[\w'’-]*){{0,4}}"
)
_NUMBERED: Final = re.compile(
    rf"(?P<id>{PARTS['numbered']}|(?<![\w:/.°*#+€-])[0-9]{{1,4}}[a-d]?,? ?(?:sente|venelle"
    rf"|r\.) {_SMALL}?[^\W\d_][\w'’-]+)",
    _I,
)
_NUMBER_LAST: Final = re.compile(rf"(?P<id>{PARTS['number_last']})", _I)
_PUBLIC: Final = re.compile(
    r"\b(?:face (?:au|[àa]|aux)|hauteur|niveau|angle|crois|carrefour|intersection|rond-point"
    r"|candela"
    r"|candéla|lampad|luminaire|lumineux|poteau|m[âa]t|borne|cam(?:[ée]ra)?s?\b|d[ôo]me|horodat"
    r"|bouche"
    r"|hydrant|poubelle|benne|conteneur|nids?[ -]de|chauss[ée]e|trottoir|chantier|travaux|arr[êe]t"
    r"|bus\b|tram|station|[ée]cole|coll[èe]ge|lyc[ée]e|cr[èe]che|gymnase|stade|pharmac|commer[çcn]"
    r"|magasin|boutique|restau|snack|bar\b|bar-|caf[ée]|brasserie|tabac|h[ôo]tel|garage|boulang"
    r"|boucher|[ée]picerie|super|hyper|centre|salon|opticien|pressing|mairie|pr[ée]fecture"
    r"|h[ôo]pital"
    r"|clinique|poste\b|agence|banque|[ée]glise|mosqu[ée]e|parc\b|square|kiosque|march[ée]|terrasse"
    r"|double file|fourri[èe]re|enl[èe]v|verbalis|accident|collision|choc|rixe|attroup|manif"
    r"|contr[ôo]l"
    r"|d[ée]p[ôo]t|tags?\b|graff|d[ée]chet|encombrant|[ée]pave|arbre|branche|tricolore"
    r"|signalisation"
    r"|panneau|fontaine|bt\b|di\b|bon\b|ticket|[ée]tablissement|entreprise|soci[ée]t[ée]|cin[ée]ma"
    r"|siège|siege|bureaux|inject|avp|vol\b|vu[es]?\b|position|ronde|patrouil|passage|trottinette"
    r"|garé|gar[ée]e?s?\b|d[ée]pos[ée]e|trouv[ée]e)[^\n.]{0,45}$",
    _I,
)
_WITH_HOME: Final = re.compile(
    rf"(?<![\w\[])(?P<id>(?:(?:{_PART}{_GAP}){{0,3}}"
    rf"(?:{_ESTATE}(?:{_GAP}(?:{_PART}|{_HOME})){{1,4}}"
    rf"|{_NAMED}{_GAP}{_PART}(?:{_GAP}(?:{_PART}|{_HOME})){{0,3}}|les? {_NAME}{_GAP}{_HOME})\)?"
    rf"|(?:{_UNIT} (?:[a-z]?[0-9]{{1,3}}|[a-z]){_GAP}(?:{_PART}{_GAP}){{0,3}})(?:{_ESTATE}"
    rf"|{_NAMED})"
    r"(?= ?(?:[,;.)\n]|$))))(?![\w])",
    _I,
)
_LIVES: Final = (
    r"(?:demeur(?:e|ent|ant|ait|erait)|habit(?:e|ent|ant|ait|erait|eraient)|domicili[ée]{1,2}s?|dom\.?"
    r"|loge(?:ant|rait)?"
    r"|log[ée]e?s?|r[ée]sid(?:e|ant|ait|erait)|h[ée]berg[ée]{1,2}s?|dmt)"
)
_KIN: Final = (
    r"(?:sa|son|ses|leur|une?|la|le) (?:s[oœ]e?ur|fr[èe]re|m[èe]re|p[èe]re|cousine?|tante|oncle"
    r"|amie?|fille|fils|copain|copine|compagn[eo]n?|ex|parents?|grand-m[èe]re|voisine?"
    r"|belle-m[èe]re)"
)
_BESIDE: Final = re.compile(
    rf"(?P<keep>\b(?:(?:m(?:me|lle|r)?|madame|monsieur)\.? {_NAME},|chez (?:(?:m(?:me|lle|r)?\.? )?"
    rf"{_NAME}|{_KIN}),?|{_LIVES}(?: chez {_NAME},?)?) (?:au |[àa] la |[àa] l['’]|[àa] |dans la )?)"
    rf"(?P<id>{_WAY_NAME})(?=[ ,;.)\n]|$)",
    _I,
)
_REST: Final = re.compile(
    rf"(?P<keep>{_HOME})(?P<id>(?: {_NAME})?(?:{_GAP}{_PART}\)?)+|, ?{_ESTATE}(?= ?(?:[,;.)\n]|$))"
    rf"|, {_WAY_NAME}(?= ?(?:[,;.)\n]|$))|(?:{_GAP}(?:{_NTH}|{_NAME}|{_PART}))?{_GAP}{_HOME}"
    rf"|,? ?interphone ?{_MARK}| [a-h](?= ?[:,;]))(?!\w)",
    _I,
)
_BEFORE_REST: Final = re.compile(
    rf"(?P<id>\b(?:(?:{_PART}|{_UNIT}){_GAP}){{1,4}}{_HOME}"
    rf"|\b{_ESTATE_KIND}(?: (?:[ée]tudiante|autonomie|universitaire|sociale))? {_HOME})",
    _I,
)
_ESTATE_AFTER: Final = re.compile(rf"(?P<keep>{_HOME}) (?P<id>{_NAMED})(?= ?(?:[,;.)\n]|$))", _I)
_NIR_KEY: Final = re.compile(
    rf"(?P<keep>{re.escape(PLACEHOLDERS['nir'])}),? ?\(?(?P<id>cl[ée]f? ?:? ?(?:[0-9]{{2}}"
    rf"|{_MARK}))(?!\w)",
    _I,
)
_LETTER: Final = rf"(?:(?:{PARTS['spelled']})(?!\w)|(?-i:[A-Z]|\b[a-z])(?![\w'’]))"
_ALOUD: Final = (
    "(?:"
    + "|".join(
        re.escape(PLACEHOLDERS[kind]) for kind in ("name", "plate", "code", "document", "address")
    )
    + ")"
)
_SPELT: Final = re.compile(
    rf"(?P<keep>\b(?:nom|[ée]pelle|s['’][ée]crit|lettres?)(?: de famille)?,? ?:? ?|{_NAME},? ?:? ?)"
    r"(?P<between>(?:oui|je (?:te|vous|t['’]|le)? ?[ée]pelle|j['’][ée]pelle|[ée]pel[ée]"
    r"|c['’]est)?,? ?:? ?)"
    rf"(?P<id>(?:{_LETTER}|{_ALOUD})(?:[ ,.-]{{1,2}}(?:{_LETTER}|{_ALOUD})){{2,20}})(?!\w)",
    _I,
)
_ASKED: Final = re.compile(
    r"(?P<keep>\b(?:codes?|digicode|mdp|mot de passe)\b[^\n?]{0,20}\?[ \n/:-]{1,4}"
    r"(?:(?:oui|req|ope?|c['’]est)[ ,:]{1,3}){0,2})"
    r"(?P<id>[0-9]{4,6}[a-f]?|[a-f][0-9]{3,5}[a-f]?)(?![\w/:])",
    _I,
)
_LOCKER: Final = re.compile(
    r"(?P<keep>\bcode (?:(?:du|de la|de l['’]"
    r"|d['’]) ?)?[^\W\d_]{3,15}(?: [^\W\d_]{3,15})?(?: [0-9]{1,3})? ?: ?)"
    r"(?P<id>[0-9]{4,6}[a-f]?)(?![\w/:])",
    _I,
)
_GLUED_MARK: Final = re.compile(rf"(?P<id>\bwi-?fi[-_]{re.escape(PLACEHOLDERS['code'])})", _I)
_LOGIN: Final = re.compile(
    r"(?P<keep>\b(?:identifiants?|login|user|utilisateur)(?!\w)(?: ?[:=] ?| [^\W\d_]{3,12} | ))"
    r"(?P<id>[a-z][\w.-]{3,24})(?= ?[/,;|-] ?(?:mdp|mots? de passe|pass(?:e|word)?|pwd|code)\b)",
    _I,
)
_GLUED: Final = re.compile(
    r"(?<![\w@./:\[\]'’*#+-])(?P<id>(?=[^\s;,]*[^\W\d_])(?:P@[\w!*#]{4,20}"
    r"|[^\W\d_]{4,25}[._!*#@-]?[0-9]{1,5}(?:[-_][A-Za-z]{1,3}|[a-z]{3,12})?[!*#]?"
    r"|wi-?fi-[0-9]{2,5}(?:-\w{1,4})?|(?-i:[A-Z]{2,4}[0-9]{1,4}[a-z]{3,12}"
    r"|[a-z]{3,20}[A-Z][A-Za-z]{2,20}[0-9]{0,5}))"
    r"|(?-i:[A-Z][a-z]{3,15}[0-9][a-z]{3,15}"
    r"|[A-Z][a-z]{2,10}[A-Z][a-z]{2,10}[0-9]{1,4}))(?![\w@/:%€'’]|\.\w| ?km)",
    _I,
)
_WORDS_OF_LOCKS: Final = (
    r"\b(?:sessions?|mdp|mots? de passe|post-it|passwords?|wi-?fi|messagerie|identifiants?"
    r"|joueu[rs]e?"
    r"|admin|login|tablette|bo[îi]te mail|d[ée]verrouill\w*|reset|codes?|acc[èe]s|pc)\b"
)
_WORDS_OF_NETS: Final = (
    r"\b(?:r[ée]seaux?|comptes?|copte|pseudos?|snap(?:chat)?|insta(?:gram)?|tik ?tok|stream\w*|live"
    r"|twitch|discord|telegram|whatsapp|[ée]chang\w{2,5} avec|(?:sa|la|une) page|facebook|faccebook"
    r"|publi[ée]?|filme|vendeur|cyber\w*|vinted|leboncoin|youtube)\b"
)
_LOCKED, _SOCIAL = re.compile(_WORDS_OF_LOCKS, _I), re.compile(_WORDS_OF_NETS, _I)
_THING: Final = re.compile(
    r"^(?:rue|bat|b[âa]timent|appt|appartement|salle|porte|poste|box|cam[ée]ra|canal|ligne"
    r"|borne|quai"
    r"|zone|niveau|article|natinf|covid|lot|chambre|secteur|vsav|fptl?|vlcg|codis|ptz|alpha"
    r"|bravo|charlie|delta"
    r"|tango|unit[ée]|groupe|bus|tram|metro|[ée]tage|version|windows|iphone|galaxy|pixel|golf"
    r"|clio|peugeot"
    r"|renault|citro[ëe]n|procedure|mission|ticket|dossier|fiche|janvier|f[ée]vrier|mars|avril"
    r"|mai|juin"
    r"|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre|lundi|mardi|mercredi|jeudi|vendredi"
    r"|samedi|dimanche|bloc|tour|hall|carte|cerfa|usb|iban|pages?|camping|tunnel|sortie|parking)"
    r"[._-]?[0-9]|^(?:iPhone|iPad|YouTube|TikTok|WhatsApp|LinkedIn|BlaBlaCar|PayPal|McDo\w*"
    r"|LeBonCoin)",
    _I,
)
_YOUNG: Final = (
    r"(?:[0-2]?[0-9]|3[01])(?:[/. -](?:0?[1-9]|1[0-2])[/. -](?:(?:19|20(?=[01]))[0-9]{2}"
    r"|[013-9][0-9](?![0-9]))"
    rf"| (?:{PARTS['months']}) (?:19[0-9]{{2}}|20[01][0-9]))"
)
_BORN: Final = re.compile(
    rf"(?P<keep>(?:{_NAME}[ ,;(]{{1,3}}|\bmineure?s?[ ,;:(]{{1,3}}(?:{_NAME}[ ,;(]{{1,3}})?))"
    rf"(?P<id>{_YOUNG})(?![\w/]|[.:][0-9])",
    _I,
)
_BADGE: Final = re.compile(
    rf"(?P<id>(?<![\w-])(?:asvp|pm|mp|sp|gpx)-(?:[0-9]{{3,5}}|{_MARK}))(?![\w/])"
    rf"|(?P<keep>{_NAME}) (?P<behind>[0-9]{{2,3}}-[0-9]{{3}})(?![\w/-])"
    r"|(?P<said>\b(?:rio|m[a-z]{1,4}tricule|matr?\.|mle\.?)(?: n[°º])?[^\n0-9.]{0,22}?)"
    r"(?P<number>[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{3}|[a-z]{2}[ -]?[0-9]{3,6}"
    r"|[0-9]{2,3}-[0-9]{3})(?![\w/:])",
    _I,
)
_COPY: Final = re.compile(
    r"(?P<keep>\b(?:copie|photocopie|scan|original)(?: de (?:la )?(?:cni|pi[èe]ce))? )"
    r"(?P<id>[0-9]{2} ?[a-z]{2} ?[0-9]{4,6}|[0-9]{9,12}|[0-9]{2}[a-z]{2}[0-9]{5})(?![\w/])",
    _I,
)


def _is_private(found: re.Match[str]) -> bool:
    before = found.string[max(0, found.start() - _BEFORE) : found.start()]
    return _PUBLIC.search(before) is None


def _is_no_word(found: re.Match[str]) -> bool:
    """Refuse what is told in ordinary words: no estate has such a name."""
    words, known = found["id"].lower().split()[1:], load_words()
    lists = (known.ordinary, known.announces, known.titles, known.grades, known.civilities)
    return not any(word in one for word in words for one in lists)


def _is_spelt(found: re.Match[str]) -> bool:
    """Say whether letters stand there, two of them or one beside marks of pieces of a word."""
    letters = re.findall(r"\w+", re.sub(_MARK, " ", found["id"]))
    return len(letters) > 1 or (
        len(letters) == 1 and letters[0].lower() not in ("a", "y", "l", "d")
    )


def _is_told(found: re.Match[str], cues: re.Pattern[str]) -> bool:
    """Say whether a line speaks of accounts or passwords near a word that no list explains."""
    if _THING.search(found["id"]) or found["id"].lower() in load_words().common:
        return False
    start = max(0, found.string.rfind("\n", 0, found.start()) + 1, found.start() - _BEFORE)
    end = found.string.find("\n", found.end())
    end = min(len(found.string) if end < 0 else end, found.end() + _BEFORE)
    return cues.search(found.string, start, end) is not None


def _is_secret(found: re.Match[str]) -> bool:
    return _is_told(found, _LOCKED)


def _is_social(found: re.Match[str]) -> bool:
    return _is_told(found, _SOCIAL)


Judge = Callable[[re.Match[str]], bool]
_ANY: Final = ("",)
_DIGITS: Final = tuple("0123456789")
_OF_HOME: Final = (PLACEHOLDERS["address"],)
_FAMILIES: Final[tuple[tuple[str, tuple[str, ...], re.Pattern[str], Judge | None], ...]] = (
    ("nir", (PLACEHOLDERS["nir"],), _NIR_KEY, None),
    ("address", _DIGITS, _NUMBERED, _is_private),
    ("address", _DIGITS, _NUMBER_LAST, _is_private),
    ("address", _ANY, _WITH_HOME, None),
    ("address", _ANY, _BESIDE, None),
    ("address", _OF_HOME, _REST, None),
    ("address", _OF_HOME, _BEFORE_REST, None),
    ("address", _OF_HOME, _ESTATE_AFTER, _is_no_word),
    ("name", _ANY, _SPELT, _is_spelt),
    *(("name", needs, pattern, judge) for needs, pattern, judge in PEOPLE),
    ("code", _DIGITS, _ASKED, None),
    ("code", _DIGITS, _LOCKER, None),
    ("code", (PLACEHOLDERS["code"],), _GLUED_MARK, None),
    ("handle", _ANY, _LOGIN, None),
    ("handle", _ANY, _GLUED, _is_social),
    ("code", _ANY, _GLUED, _is_secret),
    ("birth_date", _DIGITS, _BORN, None),
    ("document", ("-", *_DIGITS), _BADGE, None),
    ("document", _DIGITS, _COPY, None),
)
"""Class, signs of which a text must hold one, where it may stand, and what says whether it does."""


def _put(found: re.Match[str], mark: str) -> str:
    shown = found.groupdict()
    kept = (shown.get("keep") or shown.get("said") or "") + (shown.get("between") or "")
    return kept if kept.endswith(mark) else kept + mark


def taken(text: str, wanted: frozenset[str]) -> tuple[str, dict[str, int]]:
    """Return a text without what these families find in it, and how many of each class.

    Args:
        text: A text that rules and tagger have read.
        wanted: Classes to look for.
    """
    counts: dict[str, int] = {}
    for kind, needs, pattern, judge in _FAMILIES:
        if kind not in wanted or not any(sign in text for sign in needs):
            continue
        found = [one for one in pattern.finditer(text) if judge is None or judge(one)]
        for one in reversed(found):
            text = text[: one.start()] + _put(one, PLACEHOLDERS[kind]) + text[one.end() :]
        if found:
            counts[kind] = counts.get(kind, 0) + len(found)
    return text, counts
