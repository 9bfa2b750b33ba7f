"""French addresses as people type them, brought to one form that can be compared.

``BD. de la Libération, 13001 Marseille`` and ``boulevard de la liberation`` must meet; ``12 bis, r.
St-Ferréol`` must give the number 12 and the key of Rue Saint-Ferréol. Pure text, no gazetteer.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_LENGTH = 300
"""Longer texts are cut: no address is longer, and a match must not cost more for one that is."""

WAY_TYPES = {
    "rue": ("r", "ru"),
    "boulevard": ("bd", "bvd", "bld", "blvd", "boul", "boulv", "bouvelard"),
    "avenue": ("av", "ave", "aven"),
    "place": ("pl", "plc"),
    "placette": (),
    "chemin": ("ch", "che", "chem", "chm"),
    "allee": ("all", "allees", "al"),
    "impasse": ("imp", "impas"),
    "traverse": ("tra", "trav", "trse", "tse"),
    "square": ("sq", "sqr"),
    "route": ("rte",),
    "cours": ("crs", "cr"),
    "quai": ("q", "qu"),
    "passage": ("pass", "psg", "pas"),
    "montee": ("mte", "mtee", "mont"),
    "esplanade": ("esp", "espl"),
    "rondpoint": ("rpt", "rdpt", "rdpoint"),
    "faubourg": ("fg", "fbg"),
    "promenade": ("prom", "pro"),
    "corniche": ("cor", "corn"),
    "escalier": ("esc", "escaliers"),
    "tunnel": ("tun",),
    "pont": (),
    "autoroute": ("aut",),
    "vallon": ("val", "vln"),
    "parvis": (),
    "residence": ("res", "resid"),
    "lotissement": ("lot",),
    "cite": ("cit",),
    "sentier": ("sen",),
    "ruelle": ("rle",),
    "voie": (),
    "villa": (),
    "hameau": ("ham",),
}
"""Kinds of way and their abbreviations (La Poste, norm NF Z10-011, and what logs hold)."""

TITLES = {
    "st": "saint", "ste": "sainte", "sts": "saints", "gal": "general", "gen": "general",
    "mal": "marechal", "mar": "marechal", "dr": "docteur", "pdt": "president", "pres": "president",
    "prof": "professeur", "cdt": "commandant", "cne": "capitaine", "cap": "capitaine",
    "lt": "lieutenant", "col": "colonel", "sgt": "sergent", "nd": "notre dame", "fr": "frere",
    "eglise": "eglise", "mgr": "monseigneur", "cmdt": "commandant", "amb": "ambassadeur",
    "vx": "vieux", "gd": "grand", "gde": "grande", "pt": "petit", "pte": "porte",
}  # fmt: skip

_ARRONDISSEMENTS = {"13": (16, 200), "69": (9, 380), "75": (20, 100)}
"""By department: how many arrondissements its city has, and what INSEE adds to their numbers."""

_TYPE_OF = {short: full for full, shorts in WAY_TYPES.items() for short in (full, *shorts)}
_STOP = frozenset(
    "de du des d la le les l et a au aux en sur sous un une the".split()  # noqa: SIM905
)
_ORDINAL = re.compile(r"\b([0-9]{1,3}) ?(?:er|ere|eme|ieme|nd|nde|e)\b")
_POSTAL = re.compile(r"\b((?:[0-8][0-9]|9[0-58])[0-9]{3})\b")
_DISTRICT = re.compile(
    r"\b([0-9]{1,2}) ?(?:er|e|eme|ieme)? ?(?:arrondissement|arrondt|arrdt|arr|ardt)\b"
)
_CITY_DISTRICT = re.compile(r"\b(?:marseille|lyon|paris) ?0?([0-9]{1,2})(?: ?(?:er|e|eme|ieme))?$")
_CITY_TAIL = re.compile(r"\bmarseille(?: cedex)?(?: [0-9]{1,2})?$")
_LEAD = re.compile(
    r"^(?:(?:face|devant|derriere|pres|proche|niveau|hauteur|cote|entree|sortie|dans|vers|chez)\b"
    r"(?: (?:au|aux|a|du|de|des|la|le|les|l|n|no|numero))*"
    r"|(?:au|a la|a l|aux|sur) (?:niveau|hauteur|droit|croisement|angle)\b"
    r"(?: (?:du|de|des|la|le|les|l|n|no|numero))*"
    r"|(?:no|n|numero)(?= [0-9])) ?"
)
_MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_NUMBER = re.compile(
    rf"^([0-9]{{1,4}})(?![0-9]| ?(?:{_MONTHS}) [0-9]) ?(?:bis|ter|quater|[a-f](?= ))?"
    r"(?: (?:et )?[0-9]{1,4}(?: (?:bis|ter))?(?= [a-z]))? ?(?=[a-z])"
)
_LATE_NUMBER = re.compile(
    r" (?:au|n|no|numero|hauteur du|face au) ?(?:n |no |numero )?([0-9]{1,4})$"
)
_CROSSING = re.compile(r" / | & | x |\bcroisement\b|\bintersection\b|\bangle\b", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SPACED = re.compile(r"(?<=\s)([/&x])(?=\s)")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says once read.

    Attributes:
        key: Kind of way and significant words, the form that is compared.
        core: The key without the kind of way.
        way: Kind of way (``rue``), empty when the text names none.
        number: House number, if any.
        district: District told by the text itself (``1`` of ``13001`` or ``1er arrdt``), or empty.
    """

    key: str
    core: str
    way: str
    number: int | None
    district: str


def fold(text: str) -> str:
    """Return lower-case ASCII letters and digits separated by single spaces.

    Idempotent; accents, ligatures, case and punctuation are gone.
    """
    plain = text[:MAX_LENGTH].casefold().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare.casefold())[:MAX_LENGTH].strip()


def name_key(text: str) -> str:
    """Return the words of a name that count, spelled out: the key of a place or a street."""
    words = _ORDINAL.sub(r"\1", fold(text)).split()
    spelled = " ".join(TITLES.get(word, word) for word in words).split()
    kept = [word for word in spelled if word not in _STOP]
    return " ".join(kept or spelled)


def district_key(text: str) -> str:
    """Return what a district is compared by: the arrondissement's number, or its folded name.

    ``13001``, ``13201`` (INSEE), ``1er``, ``Marseille 1er arrondissement`` and ``01`` all give
    ``1``.
    """
    folded = fold(text)
    postal = _POSTAL.search(folded)
    if postal is not None and _arrondissement(postal.group(1)):
        return _arrondissement(postal.group(1))
    for pattern in (_DISTRICT, _CITY_DISTRICT):
        found = pattern.search(folded)
        if found is not None:
            return str(int(found.group(1)))
    bare = re.fullmatch(r"([0-9]{1,2}) ?(?:er|e|eme|ieme)?", folded)
    return str(int(bare.group(1))) if bare is not None else name_key(text)


def parse_name(text: str) -> Address:
    """Read the name of a street or place: no number, no city, all of it is the name."""
    return _read_name(fold(text), None, "")


def parse_address(text: str) -> Address:
    """Read one address; what it does not say is empty. Never raises."""
    folded = fold(text)
    district = ""
    postal = _POSTAL.search(folded)
    if postal is not None and (postal.start() > 0 or postal.end() < len(folded)):
        district = _arrondissement(postal.group(1))
        folded = folded[: postal.start()].strip() or folded[postal.end() :].strip()
    for pattern in (_DISTRICT, _CITY_DISTRICT):
        found = pattern.search(folded)
        if found is not None and found.start() > 0:
            district = district or str(int(found.group(1)))
            folded = folded[: found.start()].strip()
    line, number = _take_number(_strip_lead(folded))
    bare = _CITY_TAIL.sub("", line).strip()
    if not bare and line:  # the city alone names no place in it
        return _read_name("", number, district)
    without_city = _read_name(bare, number, district)
    nothing_left = _STOP.issuperset(without_city.core.split()) or without_city.core in WAY_TYPES
    return _read_name(line, number, district) if nothing_left else without_city


def _read_name(folded: str, number: int | None, district: str) -> Address:
    words = folded.replace("rond point", "rondpoint").replace("ront point", "rondpoint").split()
    way = ""
    if len(words) > 1 and words[0] in _TYPE_OF:
        way, words = _TYPE_OF[words[0]], words[1:]
    core = name_key(" ".join(words))
    return Address(
        key=f"{way} {core}".strip(), core=core, way=way, number=number, district=district
    )


def crossing(text: str) -> tuple[str, str] | None:
    """Return the two ways of a crossing: ``angle rue A et rue B``, ``rue A / rue B``."""
    cut = " ".join(text[:MAX_LENGTH].replace("/", " / ").replace("&", " & ").split())
    parts = [part.strip(" ,;:-") for part in _CROSSING.split(cut) if part.strip(" ,;:-")]
    if len(parts) == 1 and _CROSSING.search(cut) is not None:
        head, joint, tail = parts[0].partition(" et ")
        parts = [head, tail] if joint else []
    if len(parts) != 2:  # noqa: PLR2004 -- a crossing has two ways
        return None
    first, second = (re.sub(r"^(?:de |du |l'|la |le |à |a )+", "", part) for part in parts)
    return (first, second) if len(first) > 1 and len(second) > 1 else None


def _arrondissement(code: str) -> str:
    """Return the arrondissement of a postal or INSEE code of Marseille, Lyon or Paris, or empty."""
    count, insee = _ARRONDISSEMENTS.get(code[:2], (0, 0))
    rest = int(code[2:])
    for number in (rest, rest - insee):
        if 1 <= number <= count:
            return str(number)
    return ""


def _strip_lead(folded: str) -> str:
    """Drop ``face au``, ``devant le``, ``au niveau du`` in front, as often as they stand there."""
    for _ in range(4):
        shorter = _LEAD.sub("", folded, count=1).strip()
        if shorter == folded or not shorter:
            break
        folded = shorter
    return folded


def _take_number(folded: str) -> tuple[str, int | None]:
    found = _NUMBER.match(folded)
    if found is not None:
        return folded[found.end() :], int(found.group(1))
    late = _LATE_NUMBER.search(folded)
    if late is not None and late.start() > 0:
        return folded[: late.start()], int(late.group(1))
    return folded, None
