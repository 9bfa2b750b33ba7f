"""Fictitious persons: names, phones, plates, e-mails and addresses that belong to nobody.

Phone numbers come from the blocks the French regulator keeps for fiction (ARCEP decision 2018-0881:
01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98); plates from a series not yet issued
(ZA to ZZ); e-mail domains are reserved (RFC 2606); the streets of the home addresses do not exist.
"""

from __future__ import annotations

import numpy as np

from vigie.city.span import IntArray

FIRST_NAMES = (
    *("Amélie", "Bastien", "Célestin", "Delphine", "Éloi", "Fatou", "Gaspard", "Hanane", "Idriss"),
    *("Joséphine", "Karim", "Lucienne", "Mathurin", "Nadège", "Octave", "Pétronille", "Quentin"),
    *(
        "Rosalie",
        "Samir",
        "Théodora",
        "Ulysse",
        "Violaine",
        "Wassila",
        "Xavier",
        "Yasmina",
        "Zélie",
    ),
)
SURNAMES = (
    *(
        "Abradoux",
        "Belcastin",
        "Cazenègre",
        "Darboussol",
        "Estranguin",
        "Fontcarrade",
        "Garroubier",
    ),
    *(
        "Hautefenouil",
        "Isnardeau",
        "Joncquières",
        "Kerlandec",
        "Lantoscal",
        "Mistralin",
        "Nougadès",
    ),
    *("Oursinade", "Panissol", "Quincaval", "Roucassin", "Santonnier", "Tartanel", "Uzéchois"),
    *("Valergue", "Wintersol", "Xambert", "Ybarnègue", "Zampanel", "Ben Soleilane", "El Marjani"),
)
_FAKE_STREETS = (
    *("traverse des Cigales Bleues", "impasse du Fenouil Sauvage", "montée des Oursins"),
    *("rue du Santon Perdu", "chemin de la Farigoule Douce", "allée des Navettes"),
    *("avenue du Pastis Noir", "boulevard des Tamaris Rouges", "place du Mistral Tourné"),
)
_BLOCKS = ("01 99 00", "04 65 71", "06 39 98")
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
_DOMAINS = ("example.org", "example.com", "example.net")
_PLAIN = str.maketrans("éèêëàâîïôûüç", "eeeeaaiiouuc")


def names(draws: IntArray) -> list[str]:
    """Return full names, one per draw."""
    first = draws % len(FIRST_NAMES)
    last = draws // len(FIRST_NAMES) % len(SURNAMES)
    return [
        f"{FIRST_NAMES[a]} {SURNAMES[b]}"
        for a, b in zip(first.tolist(), last.tolist(), strict=True)
    ]


def phones(draws: IntArray) -> list[str]:
    """Return phone numbers of the fiction blocks, in three ways of writing them."""
    out = []
    for draw in draws.tolist():
        block = _BLOCKS[draw % 3]
        tail = f"{draw // 9 % 10_000:04d}"
        spaced = f"{block} {tail[:2]} {tail[2:]}"
        style = draw // 3 % 3
        if style == 0:
            out.append(spaced)
        elif style == 1:
            out.append(spaced.replace(" ", "."))
        else:
            out.append(f"+33 {spaced[1:]}")
    return out


def plates(draws: IntArray) -> list[str]:
    """Return plates of a series not yet issued, with or without dashes."""
    letters = _PLATE_LETTERS
    out = []
    for draw in draws.tolist():
        a, b, c = (letters[draw // k % len(letters)] for k in (1, 23, 529))
        number = f"{draw // 31 % 999 + 1:03d}"
        dash = "-" if draw % 5 else ""
        out.append(f"Z{a}{dash}{number}{dash}{b}{c}")
    return out


def emails(draws: IntArray) -> list[str]:
    """Return e-mail addresses under reserved domains."""
    out = []
    for draw, name in zip(draws.tolist(), names(draws), strict=True):
        first, _, last = name.lower().translate(_PLAIN).partition(" ")
        out.append(f"{first}.{last.replace(' ', '')}{draw % 97}@{_DOMAINS[draw % 3]}")
    return out


def birth_dates(draws: IntArray) -> list[str]:
    """Return dates of birth, ``JJ/MM/AAAA``."""
    return [
        f"{d % 28 + 1:02d}/{d // 28 % 12 + 1:02d}/{1945 + d // 336 % 62}" for d in draws.tolist()
    ]


def addresses(draws: IntArray) -> list[str]:
    """Return home addresses in streets that do not exist."""
    return [
        f"{d % 180 + 1} {_FAKE_STREETS[d // 180 % len(_FAKE_STREETS)]}, "
        f"130{d // 7 % 16 + 1:02d} Marseille"
        for d in draws.tolist()
    ]


MAKERS = {
    "name": names,
    "phone": phones,
    "plate": plates,
    "email": emails,
    "birth_date": birth_dates,
    "address": addresses,
}


def draws(chance: np.random.Generator, n: int) -> IntArray:
    """Return the raw draws that the makers above turn into values."""
    return np.asarray(chance.integers(0, 2**31, n), dtype=np.int64)
