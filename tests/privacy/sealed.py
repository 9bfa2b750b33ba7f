"""The sealed part: log texts by five invented writers, apart from ``unseen.py`` and its forms.

Written before the rules and the tagger of decision 0055 were touched, with clauses, names, streets,
values and typing habits of its own, then sealed: ``test_unseen.py`` holds the SHA-256 of what it
gives. Its misses were read in decision 0069, the rules mended after them, and the tagger has learnt
from it since: its figures tell nothing blind any more. Five writers: a clerk, one in a hurry, one
who dictates, one who sends capitals over the radio, one who types with a thumb.
"""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from unseen import ENTRIES, Entry, Planted

SEED = 55_127
_LISTS = tomllib.loads(Path(__file__).with_name("sealed.toml").read_text("utf-8"))
GIVEN = _LISTS["given"].split()
FAMILY, STREET, ESTATE, HAMLET = (
    [one.strip() for one in re.split(r"[|\n]", _LISTS[name]) if one.strip()]
    for name in ("family", "street", "estate", "hamlet")
)
NEGATIVES = _LISTS["negatives"].strip().splitlines()
_ASIDE = ("given", "family", "street", "estate", "hamlet", "negatives")
CLAUSES = {
    kind: text.strip().splitlines()
    for kind, text in _LISTS.items()
    if isinstance(text, str) and kind not in _ASIDE
}
_UNITS, _RADIO, _PERSONS, _MONTHS, _NICKS = (
    _LISTS["words"][name].split() for name in ("units", "radio", "persons", "months", "nicks")
)
_SHORT: dict[str, str] = _LISTS["short"]
SHAPES, PLATES = (
    {kind: shapes.split("|") for kind, shapes in _LISTS[name].items()}
    for name in ("shapes", "plates")
)
WEIGHTS = [6 if kind == "name" else 2 if kind == "agent" else 1 for kind in CLAUSES]
_SLOT = re.compile(r"<(\w+)\|(\w+)>")
_SIV = "ABCDEFGHJKLMNPQRSTVWXYZ"
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_JOINED = (
    "{0}.{1}",
    "{0}_{1}",
    "{0}{1}",
    "{1}{0}",
    "{1}_{0}",
    "{0}{2}",
    "{1}{2}",
    "_{1}_",
    "{1}.{2}",
)
_HOSTS = ("gmail.com", "orange.fr", "free.fr", "hotmail.fr", "laposte.net", "yahoo.fr")
_WAYS = (("boulevard", "bd"), ("avenue", "av"), ("traverse", "trav"), ("chemin", "ch"))
Chance = random.Random


def _some(chance: Chance, shape: str) -> str:
    """Fill a shape: ``A`` a letter, ``#`` a digit, ``*`` either, the rest as it is."""
    signs = {"A": _SIV, "#": "0123456789", "*": "23456789" + _SIV}
    return "".join(chance.choice(signs[sign]) if sign in signs else sign for sign in shape)


def said_number(number: int) -> str:
    """Return a number below a thousand in words."""
    if number >= 100:
        head = "cent" if number < 200 else f"{_UNITS[number // 100]} cent"
        return head + (f" {said_number(number % 100)}" if number % 100 else "")
    if number < 20:
        return _UNITS[number]
    ten = number // 10
    ten -= ten in (7, 9)
    rest = number - 10 * ten
    if not rest:
        return _TENS[ten]
    return f"{_TENS[ten]}{' et ' if rest in (1, 11) and ten < 8 else ' '}{_UNITS[rest]}"


def _letter(chance: Chance, sign: str, way: str) -> str:
    place = ord(sign) - ord("A")
    if way == "radio":
        return _RADIO[place]
    return f"{sign} comme {_PERSONS[place]}" if way == "like" else sign.lower()


def _aloud(chance: Chance, value: str) -> str:
    """Say a value: digits by one, two or three, letters plainly, by radio or by first names."""
    way = chance.choice(["plain", "radio", "like"])
    size = chance.choice([1, 2, 2, 3])
    words: list[str] = []
    for run in re.findall(r"[A-Z]|[0-9]+", value.upper()):
        if run.isalpha():
            words.append(_letter(chance, run, way))
            continue
        for at in range(0, len(run), size):
            part = run[at : at + size]
            zeros = len(part) - len(part.lstrip("0"))
            words += ["zéro"] * zeros
            if part[zeros:]:
                words.append(said_number(int(part)) if chance.random() < 0.7 else part[zeros:])
    return " ".join(words)


def _cut(chance: Chance, value: str) -> str:
    """Write a long number as people do: whole, or in groups."""
    gap = chance.choice(["", "", "", " ", " ", ".", "-"])
    size = chance.choice([2, 3, 4])
    return gap.join(value[at : at + size] for at in range(0, len(value), size)) if gap else value


def _luhn(digits: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(digits)):
        doubled = int(sign) * (2 - place % 2)
        total += doubled - 9 * (doubled > 9)
    return digits + str(-total % 10)


def _nir(chance: Chance) -> str:
    value = _some(chance, chance.choice("12") + "##")
    value += f"{chance.randrange(1, 13):02d}{chance.choice(['13', '83', '20', '99', '06'])}"
    value += f"{chance.randrange(1, 900):03d}{chance.randrange(1, 900):03d}"
    key = f"{97 - int(value) % 97:02d}"
    shown = [value[:1], value[1:3], value[3:5], value[5:7], value[7:10], value[10:], key]
    return chance.choice([" ", "", " ", "."]).join(shown[: chance.choice([7, 7, 7, 6])])


def _iban(chance: Chance) -> str:
    country, length = chance.choice([("FR", 23), ("FR", 23), ("FR", 23), ("DE", 18), ("LT", 16)])
    account = _some(chance, "#" * length)
    number = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    value = f"{country}{98 - int(number) % 97:02d}{account}"
    return _grouped(value, " ") if chance.random() < 0.7 else value


def _grouped(value: str, gap: str) -> str:
    return gap.join(value[at : at + 4] for at in range(0, len(value), 4))


def _plate(chance: Chance, kind: str, aloud: bool) -> str:
    value = _some(chance, chance.choice(PLATES[kind]))
    if aloud:
        return _aloud(chance, value)
    gap = chance.choice(["-", "-", " ", "", ".", " - "])
    value = re.sub("[- ]", gap, value)
    return value.lower() if chance.random() < 0.2 else value


def _nick(chance: Chance, kind: str) -> str:
    plain = _plain(chance.choice([*GIVEN, *FAMILY]).lower()).replace(" ", "").replace("'", "")
    if kind == "fullname":
        return f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    joined = chance.choice(_JOINED)
    value = joined.format(plain.replace("-", ""), chance.choice(_NICKS), _some(chance, "##"))
    return f"@{value}" if kind == "at" else value


def _said_nick(chance: Chance, kind: str) -> str:
    value = _nick(chance, kind)
    for sign, word in (("@", "arobase "), (".", " point "), ("_", " tiret bas ")):
        value = value.replace(sign, word)
    return " ".join(value.split())


def _house(chance: Chance, aloud: bool) -> str:
    number = chance.randrange(1, 260)
    shown = said_number(number) if aloud else str(number)
    return shown + chance.choice(["", "", "", "", " bis", " ter", "" if aloud else "B"])


def _flat(chance: Chance) -> str:
    number = chance.randrange(1, 190)
    return chance.choice(
        [
            f"bât {chance.choice('ABCDEF')} appt {number}",
            f"appartement {number}, {chance.randrange(1, 15)}e étage",
            f"escalier {chance.randrange(1, 9)} porte {number}",
            f"{chance.randrange(1, 15)}ème étage porte gauche, appt {number}",
            f"bloc {chance.choice('ABCD')}{chance.randrange(1, 30)}, logement {number}",
            f"entrée {chance.randrange(1, 40)}, apt {number}",
        ]
    )


def _address(chance: Chance, kind: str, aloud: bool) -> str:
    if kind == "flat":
        return _flat(chance)
    if kind == "hamlet":
        way = chance.choice(["lieu-dit", "lieu dit", "au lieu-dit", "hameau"])
        return f"{way} {chance.choice(HAMLET)}"
    if kind == "estate":
        home = chance.choice(["résidence", "rés.", "cité", "copropriété", "lotissement"])
        return f"{home} {chance.choice(ESTATE)}, {_flat(chance)}"
    street, house = chance.choice(STREET), _house(chance, aloud)
    value = chance.choice(
        [
            f"{house} {street}",
            f"{house}, {street}",
            f"{house} {street}",
            f"{street} numéro {house}",
            f"{street}, {house}",
            f"{street} au {house}",
        ]
    )
    if chance.random() < 0.3:
        for long, short in _WAYS:
            value = value.replace(long, short)
    if kind == "full" or chance.random() < 0.2:
        value += f", {_flat(chance)}"
    if chance.random() < 0.15:
        value += chance.choice([" 13011", ", 13009 Marseille", " Marseille 14e"])
    return value


def _phone(chance: Chance, kind: str, aloud: bool) -> str:
    if kind == "abroad":
        abroad = ["+213 6## ## ## ##", "00 39 3## #######", "+49 15# #######"]
        return _some(chance, chance.choice(abroad))
    start = chance.choice(["06", "07"]) if kind == "mobile" else "04"
    pairs = [start, *(_some(chance, "##") for _ in range(4))]
    if aloud:
        return " ".join("zéro " * (pair[0] == "0") + said_number(int(pair)) for pair in pairs)
    return chance.choice([" ", " ", ".", "", "-"]).join(pairs)


def _mail(chance: Chance, aloud: bool) -> str:
    box = _nick(chance, "nick").strip("_").replace("'", "")
    host = chance.choice(_HOSTS)
    if aloud:
        for sign, word in ((".", " point "), ("_", " tiret bas ")):
            box, host = box.replace(sign, word), host.replace(sign, word)
        return f"{' '.join(box.split())} arobase {host}"
    return box + chance.choice(["@", "@", "@", " @ ", "[at]"]) + host


def _birth(chance: Chance, aloud: bool) -> str:
    day, month, year = chance.randrange(1, 29), chance.randrange(12), chance.randrange(1935, 2013)
    if aloud:
        return f"{said_number(day)} {_MONTHS[month]} {year}"
    return chance.choice(
        [
            f"{day:02d}/{month + 1:02d}/{year}",
            f"{day} {_MONTHS[month]} {year}",
            f"{day:02d}.{month + 1:02d}.{year % 100:02d}",
            f"{day:02d}-{month + 1:02d}-{year}",
            f"{day:02d}{month + 1:02d}{year}",
        ]
    )


def _name(chance: Chance, kind: str) -> str:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    return {
        "f": family,
        "g": given,
        "gf": f"{given} {family}",
        "Fg": f"{family.upper()} {given}",
        "if": f"{given[0]}. {family}",
    }[kind]


def value(chance: Chance, kind: str, maker: str, aloud: bool) -> str:
    """Return a personal value, typed or said aloud."""
    if kind in ("name", "agent"):
        return _name(chance, maker)
    if kind == "plate":
        return _plate(chance, maker, aloud)
    if kind == "handle":
        if maker == "nick_url":
            return _nick(chance, "nick")
        return _said_nick(chance, maker) if aloud else _nick(chance, maker)
    if kind == "address":
        return _address(chance, maker, aloud)
    makers: dict[str, Callable[[], str]] = {
        "mobile": lambda: _phone(chance, maker, aloud),
        "fixed": lambda: _phone(chance, maker, aloud),
        "abroad": lambda: _phone(chance, maker, aloud),
        "mail": lambda: _mail(chance, aloud),
        "birth": lambda: _birth(chance, aloud),
        "nir": lambda: _nir(chance),
        "iban": lambda: _iban(chance),
        "card": lambda: _card(chance),
        "imei": lambda: _cut(chance, _luhn("35" + _some(chance, "#" * 12))),
    }
    if maker in makers:
        return makers[maker]()
    shown = _some(chance, chance.choice(SHAPES[maker]))
    if aloud and len(shown) < 13:
        return _aloud(chance, shown)
    return _cut(chance, shown) if kind == "document" and shown.isalnum() else shown


def _card(chance: Chance) -> str:
    digits = _luhn(chance.choice(["4", "51", "53"]).ljust(1) + _some(chance, "#" * 14))[:16]
    digits = _luhn(digits[:15])
    return _grouped(digits, chance.choice([" ", " ", "", "-"]))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _slip(chance: Chance, text: str, often: float) -> str:
    """Slip in some words of five letters or more: a letter doubled, dropped, or two swapped."""

    def one(found: re.Match[str]) -> str:
        word = found[0]
        if chance.random() > often:
            return word
        at = chance.randrange(1, len(word) - 2)
        return chance.choice(
            [
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )

    return re.sub(r"[^\W\d_]{5,}", one, text)


def _hurried(chance: Chance, text: str) -> str:
    for long, short in _SHORT.items():
        if chance.random() < 0.5:
            text = re.sub(rf"\b{long}\b", short, text)
    return _slip(chance, text, 0.04)


def _thumbed(chance: Chance, text: str) -> str:
    if chance.random() < 0.5:
        text = re.sub(r"(?<=\w)'(?=\w)", " ", text)
    return _slip(chance, text, 0.06)


def _spoken(chance: Chance, text: str) -> str:
    return re.sub(r"[,:()/]", "", text)


def _same(chance: Chance, text: str) -> str:
    return text


# What a writer does to neutral passages, to everything, how often aloud, and between clauses.
Writer = tuple[Callable[[Chance, str], str], Callable[[str], str], float, tuple[str, ...]]
WRITERS: list[Writer] = [
    (_same, str, 0.05, (". ", ". ", "\n", " ; ")),
    (_hurried, lambda text: _plain(text).lower(), 0.05, (" ", ", ", " - ", "\n")),
    (_spoken, str, 0.8, (" ", " virgule ", " point ", ". ")),
    (_same, lambda text: _plain(text).upper(), 0.2, (" / ", " STOP ", ". ", " - ")),
    (_thumbed, str, 0.1, (" ", ".", "...", "\n", " et ")),
]
_OFTEN = [40, 20, 13, 11, 16]


def entry(chance: Chance, kinds: list[str]) -> Entry:
    """Return a text with a clause of each of these classes among neutral ones."""
    neutral, whole, aloud, gaps = chance.choices(WRITERS, _OFTEN)[0]
    clauses = [chance.choice(CLAUSES[kind]) for kind in kinds]
    clauses += chance.sample(NEGATIVES, chance.randrange(0 if kinds else 1, 4))
    chance.shuffle(clauses)
    text, planted = "", []
    for clause in clauses:
        text += chance.choice(gaps) if text else ""
        done = 0
        for slot in _SLOT.finditer(clause):
            text += whole(neutral(chance, clause[done : slot.start()]))
            shown = whole(value(chance, slot[1], slot[2], chance.random() < aloud))
            planted.append(Planted(slot[1], len(text), len(text) + len(shown), clause))
            text += shown
            done = slot.end()
        text += whole(neutral(chance, clause[done:]))
    return Entry(text, tuple(planted))


def entries(count: int = ENTRIES) -> Iterator[Entry]:
    """Give the texts of the sealed part: a quarter with nothing personal."""
    chance = random.Random(SEED)
    for _ in range(count):
        if chance.random() < 0.25:
            yield entry(chance, [])
            continue
        kinds = chance.choices(list(CLAUSES), WEIGHTS, k=2 if chance.random() < 0.3 else 1)
        yield entry(chance, kinds)
