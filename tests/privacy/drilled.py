"""Forms for the tagger about papers, locks, accounts, plates and homes, and what looks like them.

As ``taught.py``, but each announcement is put together from a noun, what is said about it and a
verb, values have the formats that authorities give, words are mistyped as in a hurry, and many
forms tell what is nobody's beside the same nouns. Nothing here is measured on.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from taught import apart, pair_in_words

_LISTS: dict[str, list[str]] = {
    name: [part.strip() for part in text.split("|") if part.strip()]
    for name, text in tomllib.loads(
        Path(__file__).with_name("drilled.toml").read_text("utf-8")
    ).items()
}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SPELLING = {
    "A": ("alpha", "Anatole"),
    "B": ("bravo", "Berthe"),
    "C": ("charlie", "Célestin"),
    "D": ("delta", "Denise"),
    "E": ("écho", "Eugène"),
    "F": ("foxtrot", "François"),
    "G": ("golf", "Gaston"),
    "H": ("hôtel", "Henri"),
    "J": ("juliett", "Jeanne"),
    "K": ("kilo", "Kléber"),
    "L": ("lima", "Louis"),
    "M": ("mike", "maman"),
    "N": ("november", "Noémie"),
    "P": ("papa", "Paris"),
    "Q": ("québec", "Quintal"),
    "R": ("roméo", "Robert"),
    "S": ("sierra", "Suzanne"),
    "T": ("tango", "Thérèse"),
    "U": ("uniform", "Ursule"),
    "V": ("victor", "Victor"),
    "W": ("whisky", "wagon"),
    "X": ("x-ray", "Xavier"),
    "Y": ("yankee", "Yvonne"),
    "Z": ("zoulou", "Zoé"),
}
_JOINTS = (
    " ",
    " ",
    " ",
    " : ",
    " : ",
    ": ",
    ":",
    " = ",
    ", ",
    " - ",
    " n° ",
    " n°",
    " (",
    " numéro ",
)
_GAPS = ("", "", "", " ", " ", "-", ".", " - ", "/")
_SLOT = re.compile(r"<[^>]*>")


def _one(chance: random.Random, name: str) -> str:
    return chance.choice(_LISTS[name])


def _filled(chance: random.Random, shape: str) -> str:
    signs = {"A": _LETTERS, "#": "0123456789", "*": "23456789" + _LETTERS}
    return "".join(chance.choice(signs[sign]) if sign in signs else sign for sign in shape)


def _hundreds(number: int) -> str:
    head = "cent" if number < 200 else f"{pair_in_words(number // 100)} cent"
    return head + (f" {pair_in_words(number % 100)}" if number % 100 else "")


def aloud(chance: random.Random, value: str) -> str:
    """Say a value as it is dictated: digits by one, two or three, letters by one of four ways."""
    way = chance.choice(["plain", "plain", "like", "radio"])
    size, words = chance.choice([1, 2, 2, 3]), list[str]()
    for run in re.findall(r"[A-Za-z]|[0-9]+|-", value):
        if run == "-":
            words += ["tiret"] if chance.random() < 0.4 else []
        elif run.isalpha():
            radio, name = _SPELLING.get(run.upper(), (run, run))
            shown = {"plain": run, "radio": radio, "like": f"{run} comme {name}"}[way]
            words.append(shown.lower() if chance.random() < 0.4 else shown)
        else:
            for at in range(0, len(run), size):
                words += _digits_said(chance, run[at : at + size])
    if way == "plain" and chance.random() < 0.2:
        words.insert(chance.randrange(len(words) + 1), chance.choice(["euh", "puis", "et"]))
    return chance.choice([" ", " ", " ", ", ", "-"]).join(words)


def _digits_said(chance: random.Random, digits: str) -> list[str]:
    if chance.random() < 0.25:
        return [digits]
    rest = digits.lstrip("0")
    zeros = ["zéro"] * (len(digits) - len(rest))
    if not rest:
        return zeros
    number = int(rest)
    return [*zeros, pair_in_words(number) if number < 100 else _hundreds(number)]


def _noted(chance: random.Random, shapes: str, spoken: float, cut: float = 0.4) -> str:
    value = _filled(chance, _one(chance, shapes))
    if chance.random() < spoken:
        return aloud(chance, value)
    if value.isalnum() and chance.random() < cut:
        gap, size = chance.choice(_GAPS), chance.choice([2, 2, 3, 4])
        value = gap.join(value[at : at + size] for at in range(0, len(value), size))
    return value.lower() if chance.random() < 0.2 else value


def _about(chance: random.Random, name: str, often: float = 0.4) -> str:
    said = ""
    while chance.random() < often:
        said += chance.choice([" ", " ", ", ", " ("]) + _one(chance, name)
        said += ")" if said.rpartition(", ")[2].count("(") > said.count(")") else ""
        often /= 2
    return said


def _told(chance: random.Random, kind: str, topic: str, value: str) -> str:
    """Return a form: the value behind what announces it, before it, or far off."""
    noun, marked = _one(chance, f"{topic}_nouns"), f"<{kind}|{value}>"
    about = _about(chance, f"{topic}_about")
    pick = chance.random()
    verbs = f"{topic}_verbs"
    if pick < 0.5 or verbs not in _LISTS:
        joint = chance.choice(_JOINTS)
        form = f"{noun}{about}{joint}{marked}{')' if joint == ' (' else ''}"
    elif pick < 0.8:
        form = f"{noun}{about} {_one(chance, verbs)} {marked}"
    elif pick < 0.9:
        form = f"{marked}{chance.choice([' ', ', ', ' = ', ' ('])}{noun}{about}"
    else:
        form = f"{marked} {_one(chance, 'sense')}, {noun}{about}"
    if chance.random() < 0.25:
        form += chance.choice([", ", " ", " - "]) + _one(chance, chance.choice(["sense", "dated"]))
    return form


def document(chance: random.Random) -> str:
    """A paper or a person's file."""
    return _told(chance, "document", "paper", _noted(chance, "paper_shapes", 0.15))


def code(chance: random.Random) -> str:
    """What opens a door, a box or a telephone."""
    value = _noted(chance, "lock_shapes", 0.3, 0.1)
    if chance.random() < 0.3:
        lead = f"{_one(chance, 'sense')}, " if chance.random() < 0.2 else ""
        return f"{lead}<code|{value}> {_one(chance, 'lock_after')}"
    form = _told(chance, "code", "lock", value)
    if chance.random() < 0.15:
        joint = chance.choice([" puis ", ", puis ", " et ", " / ", ", ascenseur ", " ensuite "])
        form += f"{joint}<code|{_noted(chance, 'lock_shapes', 0.2, 0.1)}>"
    return form


def device(chance: random.Random) -> str:
    """What a telephone, a SIM card or a bicycle bears."""
    value, joint = _noted(chance, "device_shapes", 0.05), chance.choice(_JOINTS)
    return f"{_one(chance, 'device_cues')}{joint.replace('(', '')}<code|{value}>"


def money(chance: random.Random) -> str:
    """The end of an account's or a card's number."""
    cue = _one(chance, "money_cues")
    low = cue.lower()
    kind = "card" if low.startswith(("cb", "carte", "visa", "master", "la carte")) else "iban"
    value = _filled(chance, chance.choice(["####", "####", "###", "## ##"]))
    return f"{cue} {_one(chance, 'money_tails')} <{kind}|{value}>"


def plate(chance: random.Random) -> str:
    """A plate of here or elsewhere, whole or in part."""
    part = chance.random() < 0.25
    value = _filled(chance, _one(chance, "plate_parts" if part else "plate_shapes"))
    if chance.random() < 0.2:
        value = aloud(chance, value.replace(" ", chance.choice(["", "-"])).replace("?", ""))
    else:
        value = value.replace(" ", chance.choice(["-", "-", " ", "", ".", " - ", "/", "_"]))
        value = value.lower() if chance.random() < 0.25 else value
    if not re.search(r"\w", value):
        value = "AB"
    if part:
        return f"{_one(chance, 'plate_part_cues')}{chance.choice([' ', ' ', ' : '])}<plate|{value}>"
    return _told(chance, "plate", "plate", value)


def handle(chance: random.Random) -> str:
    """A name on a network."""
    words = [_one(chance, "net_words"), chance.choice(["{given_low}", "{family_low}", ""])]
    words += [_one(chance, "net_words")] if chance.random() < 0.2 else []
    chance.shuffle(words)
    join = chance.choice(
        ["", "", ".", "_", "-", "__", " ", " underscore ", " point ", " tiret bas "]
    )
    tail = chance.choice(["", "", "", "13", "##", "####", "_", ".off", " ##", "x", "1er", "_##"])
    value = join.join(word for word in words if word) + tail
    if chance.random() < 0.12:
        value = "{given} {family}"
    value = chance.choice(["", "", "", "", "@", "@", "arobase ", "_"]) + value
    pick = chance.random()
    if pick < 0.3:
        after = f" {_one(chance, 'net_after')}" if chance.random() < 0.6 else ""
        return f"{_one(chance, 'net_lead')} <handle|{value}>{after}"
    if pick < 0.4:
        return f"<handle|{value}> {_one(chance, 'net_after')}"
    return _told(chance, "handle", "net", value)


def _flat(chance: random.Random) -> str:
    number, floor = chance.randrange(1, 400), chance.randrange(1, 18)
    stair = chance.choice(["A", "F", str(floor), f"B{floor}"])
    nth, side = (
        chance.choice(["e", "ème", "eme", "è"]),
        chance.choice(["étage", "gauche", "droite"]),
    )
    where = [
        f"{_one(chance, 'flat_words')} {number}",
        f"{floor}{nth} {side}",
        f"{_one(chance, 'stair_words')} {stair}",
        f"{_one(chance, 'flat_words')} {number}",
    ]
    return chance.choice([" ", ", ", " - "]).join(chance.sample(where, chance.randrange(1, 4)))


def _street(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return "{street}"
    shown = f"{_one(chance, 'home_ways')} {_one(chance, 'home_names')}"
    return shown.lower() if chance.random() < 0.3 else shown


def _home(chance: random.Random) -> str:
    pick, number = chance.random(), chance.randrange(1, 320)
    if pick < 0.12:
        return f"{_one(chance, 'home_places')} {_one(chance, 'home_place_names')}"
    if pick < 0.3:
        kind = chance.choice(
            ["résidence", "rés.", "cité", "copropriété", "foyer", "lot.", "parc", ""]
        )
        return f"{kind} {_one(chance, 'home_estates')}, {_flat(chance)}".strip()
    if pick < 0.38:
        return _flat(chance) if chance.random() < 0.9 else f"chambre {number}"
    said = chance.random() < 0.25
    house = (pair_in_words(number) if number < 100 else _hundreds(number)) if said else str(number)
    house += chance.choice(["", "", "", "", " bis", " ter", " B", "bis", f"-{number + 2}"])
    street = _street(chance)
    value = chance.choice(
        [
            f"{house} {street}",
            f"{house}, {street}",
            f"{house} {street}",
            f"{house} de la {street}",
            f"{street} {house}",
            f"{street}, {house}",
            f"{street} au {house}",
            f"{street} n° {house}",
            f"{street} numéro {house}",
            f"{street} le {house}",
            f"numéro {house} {street}",
        ]
    )
    if chance.random() < 0.3:
        value += chance.choice([", ", " ", " - "]) + _flat(chance)
    if chance.random() < 0.15:
        value += chance.choice(
            [" 13008", ", 13014 Marseille", " Marseille 5e", " à Aubagne", " 13e"]
        )
    return value


def address(chance: random.Random) -> str:
    """Where somebody lives, by number, flat, estate or lonely house."""
    joint = chance.choice([" ", " ", " ", " : ", ", ", " - ", " = "])
    form = f"{_one(chance, 'home_nouns')}{joint}<address|{_home(chance)}>"
    return form + (f", {_one(chance, 'sense')}" if chance.random() < 0.3 else "")


def nobody(chance: random.Random) -> str:
    """What stands beside the same nouns and is nobody's."""
    topic = chance.choice(
        ["paper", "lock", "net", "plate", "home", "home", "public", "public", "count", "ref", "ref"]
    )
    if topic == "public":
        name = chance.choice(["{family}", "{FAMILY}", "{given}", "{given} {family}", "le {family}"])
        after = f" {_one(chance, 'public_after')}" if chance.random() < 0.7 else ""
        return f"{_one(chance, 'public_cues')} {name}{after}"
    if topic == "count":
        number = chance.choice(["#", "##", "###", "####", "# ###", "#,#", "##.#"])
        lead = f"{_one(chance, 'count_lead')} " if chance.random() < 0.6 else ""
        return f"{lead}{_filled(chance, number)} {_one(chance, 'count_units')}"
    if topic == "ref":
        joint = chance.choice([" ", " ", " n° ", " : ", " n°", " numéro "])
        shown = _filled(chance, _one(chance, "ref_shapes"))
        about = f" {_one(chance, 'sense')}" if chance.random() < 0.3 else ""
        return f"{_one(chance, 'ref_cues')}{joint}{shown}{about}"
    if topic == "home":
        number = chance.randrange(1, 300)
        way = f"{_one(chance, 'home_ways')} {_one(chance, 'home_names')}"
        cue = _one(chance, "home_confusers")
        return f"{cue} {way}" if cue[-1].isdecimal() else f"{cue} {number} {way}"
    about = _about(chance, f"{topic}_about", 0.25)
    return f"{_one(chance, f'{topic}_nouns')}{about} {_one(chance, f'{topic}_confusers')}"


def _hasty(chance: random.Random, form: str) -> str:
    """Mistype what stands outside values, as one in a hurry does."""

    def slip(found: re.Match[str]) -> str:
        word = found[0]
        if chance.random() > 0.2:
            return word
        at = chance.randrange(1, len(word) - 2)
        return chance.choice(
            [
                word[: at + 1] + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )

    done, said = 0, ""
    for slot in _SLOT.finditer(form):
        said += re.sub(r"[^\W\d_]{5,}", slip, form[done : slot.start()]) + slot[0]
        done = slot.end()
    return said + re.sub(r"[^\W\d_]{5,}", slip, form[done:])


KINDS: dict[str, tuple[Callable[[random.Random], str], int]] = {
    "document": (document, 6),
    "code": (code, 6),
    "device": (device, 1),
    "money": (money, 1),
    "plate": (plate, 4),
    "handle": (handle, 5),
    "address": (address, 6),
    "nobody": (nobody, 20),
}


def forms(count: int, seed: int) -> tuple[list[str], list[str]]:
    """Return forms with personal values, and forms without.

    Args:
        count: How many together.
        seed: Of the drawing.
    """
    chance = random.Random(seed)
    kinds = chance.choices(list(KINDS), [weight for _, weight in KINDS.values()], k=count)
    made = [(kind, KINDS[kind][0](chance)) for kind in kinds]
    made = [(kind, _hasty(chance, form) if chance.random() < 0.2 else form) for kind, form in made]
    return apart(made)
