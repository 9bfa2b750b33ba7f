"""Forms put together at random for the tagger to learn from: what announces, how it is said.

Written from how logs, calls and dictation sound, by somebody who has read neither forms nor misses
of the held part. Nothing here is measured on. Forms are in the language of ``unseen_tuned.toml``.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from pathlib import Path

from unseen import MONTHS

_LISTS: dict[str, list[str]] = {
    name: [part.strip() for part in text.split("|") if part.strip()]
    for name, text in tomllib.loads(
        Path(__file__).with_name("taught.toml").read_text("utf-8")
    ).items()
}
_DIGITS = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
_TEENS = [
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_GAPS = ("", "", " ", "-", ".", " - ", "/")


def _one(chance: random.Random, name: str) -> str:
    return chance.choice(_LISTS[name])


def pair_in_words(number: int) -> str:
    """Return a number below 100 as it is said in French."""
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return _TEENS[number - 10]
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        ten, rest = ten - 1, _TEENS[unit]
    elif unit == 0:
        return _TENS[ten] + ("s" if ten == 8 else "")
    else:
        rest = _DIGITS[unit]
    return f"{_TENS[ten]}{'-et-' if unit == 1 and ten < 8 else '-'}{rest}"


def _letter(chance: random.Random) -> str:
    letter = chance.choice(_LETTERS)
    return chance.choice([letter, letter.lower(), f"{letter} comme {_one(chance, 'spelling')}"])


def _figures(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _spoken(chance: random.Random, shape: str) -> str:
    """Say a value sign by sign or by pairs: ``A`` a letter, ``#`` a digit."""
    said: list[str] = []
    place = 0
    while place < len(shape):
        if shape[place] == "A":
            said.append(_letter(chance))
        elif shape[place : place + 2] == "##" and chance.random() < 0.5:
            number = chance.randrange(100)
            said.append(pair_in_words(number) if chance.random() < 0.7 else f"{number:02d}")
            place += 1
        else:
            digit = chance.randrange(10)
            said.append(_DIGITS[digit] if chance.random() < 0.7 else str(digit))
        place += 1
    return chance.choice([" ", " ", ", ", "-"]).join(said)


def _typed(chance: random.Random, shape: str) -> str:
    gap = chance.choice(_GAPS)
    signs = [
        chance.choice(_LETTERS) if sign == "A" else chance.choice("0123456789") for sign in shape
    ]
    if not gap:
        return "".join(signs)
    size = chance.choice([1, 2, 2, 3, 4])
    return gap.join("".join(signs[i : i + size]) for i in range(0, len(signs), size))


def _value(chance: random.Random, shapes: str, spoken: float) -> str:
    shape = _one(chance, shapes)
    value = _spoken(chance, shape) if chance.random() < spoken else _typed(chance, shape)
    return value.lower() if chance.random() < 0.15 else value


def _carried(chance: random.Random, kind: str, cues: str, value: str) -> str:
    joint = _one(chance, "joints").replace("_", " ")
    cue = _one(chance, cues)
    if chance.random() < 0.12:
        return f"{cue} {_one(chance, 'between')} {joint.strip()} <{kind}|{value}>".replace(
            "  ", " "
        )
    if chance.random() < 0.08:
        return f"<{kind}|{value}>, {_one(chance, 'afterwards')} {cue}"
    if chance.random() < 0.15:
        return f"{cue} (<{kind}|{value}>)"
    return f"{cue}{joint}<{kind}|{value}>"


def code(chance: random.Random) -> str:
    """A door, alarm or telephone code."""
    return _carried(chance, "code", "code_cues", _value(chance, "code_shapes", 0.35))


def document(chance: random.Random) -> str:
    """A paper's number."""
    return _carried(chance, "document", "document_cues", _value(chance, "document_shapes", 0.2))


def plate(chance: random.Random) -> str:
    """A plate, whole or in part."""
    shape = _one(chance, "plate_shapes")
    if chance.random() < 0.25:
        value = _spoken(chance, shape.replace(" ", ""))
    else:
        value = "".join(
            chance.choice(_LETTERS)
            if sign == "A"
            else chance.choice("0123456789")
            if sign == "#"
            else sign
            for sign in shape
        )
        value = value.replace(" ", chance.choice([" ", "-", "", ".", " - "]))
    return _carried(chance, "plate", "plate_cues", value)


def _nick(chance: random.Random) -> str:
    name = chance.choice(["{given_low}", "{family_low}", _one(chance, "nick_words")])
    other = chance.choice(["", "{family_low}", _one(chance, "nick_words"), "{given_low}"])
    join = chance.choice(["", ".", "_", "-", "__", " underscore ", " point ", " tiret "])
    tail = chance.choice(
        ["", "", "13", "##", "_##", "####", ".off", "_officiel", "13013", "xx", " ##"]
    )
    return (name + (join + other if other else "") + tail).strip()


def handle(chance: random.Random) -> str:
    """A name on a network or a site."""
    value = chance.choice(["", "", "", "@", "arobase "]) + _nick(chance)
    return _carried(chance, "handle", "handle_cues", value)


def phone(chance: random.Random) -> str:
    """A telephone number."""
    if chance.random() < 0.5:
        pairs = [pair_in_words(chance.randrange(100)) for _ in range(4)]
        first = chance.choice(
            ["zéro six", "zéro sept", "zéro quatre", "oh six", "plus trente-trois six"]
        )
        value = chance.choice([" ", ", ", " - "]).join([first, *pairs])
    else:
        value = chance.choice(
            [
                "06 ## ## ## ##",
                "07.##.##.##.##",
                "0####.##.##",
                "+33 6 ## ## ## ##",
                "06-##-##-##-##",
                "07 ### ### ##",
                "04########",
                "00 33 7 ########",
            ]
        )
    return _carried(chance, "phone", "phone_cues", value)


def email(chance: random.Random) -> str:
    """An e-mail address, typed or said."""
    box = chance.choice(
        [
            "{given_low}.{family_low}",
            "{given_low}{family_low}##",
            "{family_low}_{given_low}",
            "{given_low} point {family_low}",
            "{family_low} tiret {given_low}",
            "{given_low}##",
        ]
    )
    at = chance.choice(["@", " @ ", " arobase ", "(at)", " at ", "[arobase]"])
    host = _one(chance, "hosts")
    if chance.random() < 0.5:
        host = host.replace(".", chance.choice([" point ", "(dot)", " . "]))
    return _carried(chance, "email", "email_cues", f"{box}{at}{host}")


def address(chance: random.Random) -> str:
    """Where somebody lives."""
    number = chance.choice(
        ["#", "##", "###", pair_in_words(chance.randrange(2, 99)), "## bis", "##ter"]
    )
    street = (
        "{street}"
        if chance.random() < 0.5
        else f"{_one(chance, 'ways')} {_one(chance, 'way_names')}"
    )
    if chance.random() < 0.3:
        street = street.lower() if "{" not in street else street
    value = chance.choice(
        [
            f"{number} {street}",
            f"{number}, {street}",
            f"{number} de la {street}",
            f"{street} au {number}",
            f"{street} n° {number}",
            f"{street} numéro {number}",
        ]
    )
    if chance.random() < 0.25:
        value += chance.choice(
            [", bât. §", ", appt ##", " escalier #", " bâtiment § porte ##", ", 3e étage gauche"]
        )
    return _carried(chance, "address", "address_cues", value)


def birth_date(chance: random.Random) -> str:
    """A date of birth."""
    value = chance.choice(
        [
            "DD/MM/YYYY",
            "DD-MM-YY",
            "DD MONTH YYYY",
            "DDMMYYYY",
            "DD.MM.YYYY",
            "YYYY",
            "DD MONTH YY",
            "MONTH YYYY",
            "YYYY-MM-DD",
        ]
    )
    if chance.random() < 0.3:
        year = chance.randrange(40, 99)
        value = (
            f"{pair_in_words(chance.randrange(1, 29))} {chance.choice(MONTHS)} "
            + chance.choice([f"mille neuf cent {pair_in_words(year)}", pair_in_words(year)])
        )
    return _carried(chance, "birth_date", "birth_cues", value)


def person(chance: random.Random) -> str:
    """A name with what announces it or follows it."""
    value = chance.choice(
        [
            "{given} {family}",
            "{FAMILY} {given}",
            "{family}",
            "{given}",
            "{initial}. {family}",
            "{family} {given}",
            "{FAMILY}",
            "{given_low} {family_low}",
            "{given} {FAMILY}",
        ]
    )
    before, after = _one(chance, "person_before"), _one(chance, "person_after")
    pick = chance.random()
    if pick < 0.6:
        return f"{before} <name|{value}>" + (f" {after}" if chance.random() < 0.5 else "")
    if pick < 0.8:
        return f"<name|{value}> {after}"
    return f"{before} <name|{value}> et <name|{value}> {after}"


def nobody(chance: random.Random) -> str:
    """Numbers, dates, streets and capitals that are nobody's."""
    pick = chance.random()
    if pick < 0.3:
        return f"{_one(chance, 'thing_cues')} {_typed(chance, _one(chance, 'thing_shapes'))}"
    if pick < 0.5:
        date = chance.choice(
            [
                "##/##/20##",
                "12 MONTH 20##",
                "le 3 MONTH",
                "MONTH 19##",
                "19##",
                "20##",
                "1#/0#/19##",
            ]
        )
        date = date.replace("MONTH", chance.choice(MONTHS))
        return f"{_one(chance, 'date_cues')} {date}"
    if pick < 0.75:
        number = chance.choice(["#", "##", "###", "## bis"])
        street = f"{_one(chance, 'ways')} {_one(chance, 'way_names')}"
        place = chance.choice([f"{number} {street}", street, f"{street} n° {number}"])
        return f"{_one(chance, 'fact_cues')} {place}"
    if pick < 0.9:
        return f"{_one(chance, 'subject')} {_one(chance, 'person_after')}"
    return f"{_one(chance, 'fact_cues')} {_one(chance, 'sites')}"


KINDS: dict[str, tuple[Callable[[random.Random], str], int]] = {
    "code": (code, 4),
    "document": (document, 4),
    "plate": (plate, 3),
    "handle": (handle, 4),
    "phone": (phone, 1),
    "email": (email, 1),
    "address": (address, 4),
    "birth_date": (birth_date, 2),
    "person": (person, 5),
    "nobody": (nobody, 12),
}


def apart(made: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the forms with personal values, and those of kind ``nobody``."""
    return (
        [form for kind, form in made if kind != "nobody"],
        [form for kind, form in made if kind == "nobody"],
    )


def forms(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Return forms with personal values, and forms without.

    Args:
        count: How many together.
        seed: Of the drawing.
    """
    chance = random.Random(seed)
    kinds = chance.choices(list(KINDS), [weight for _, weight in KINDS.values()], k=count)
    made = [(kind, KINDS[kind][0](chance)) for kind in kinds]
    return apart(made)
