"""French log texts with planted personal data, written apart from the scrubber's own lists.

Names come in part from origins and spellings that the scrubber's lists do not hold; forms are those
that hurried people type. Every text is a list of pieces; a piece with a class is personal. Nobody
here exists: phones are of the blocks kept for fiction (ARCEP decision 2018-0881), plates of a
series not issued, e-mails under reserved domains.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

GIVEN = [
    "Ludivine",
    "Perrine",
    "Aboubakar",
    "Thierry",
    "Siham",
    "Jean-Baptiste",
    "Marie-Ange",
    "Kévin",
    "Noémie",
    "Bechir",
    "Fatoumata",
    "Gwendal",
    "Anne-Sophie",
    "Mehdi",
    "Sandrine",
    "Ismaïla",
    "Jean-Luc",
    "Chahinez",
    "Romuald",
    "Yannis",
    "Corinne",
    "Abdelhamid",
    "Swann",
    "Zoubir",
    "Éléonore",
    "Wesley",
    "Ginette",
    "Hyacinthe",
    "Mamadou",
    "Oksana",
    "Radouane",
    "Blandine",
]
FAMILY = [
    "Vasseur",
    "Benchekroun",
    "Le-Goff",
    "Castagnier",
    "Ouedraogo",
    "Delacourt",
    "Haddouche",
    "Pietri",
    "Nazarian",
    "Fofana",
    "Kowalczyk",
    "Bouteldja",
    "Sauvageot",
    "Marquezy",
    "Tramoni",
    "Zerbib",
    "D'Ornano",
    "Lahoucine",
    "Vandevelde",
    "Perruchot",
]
UNLISTED = ["Wivine", "Tancrède", "Aldrick", "Ysoline", "Krikor", "Maëlig", "Zdenka", "Ombeline"]
WAYS = ["rue", "avenue", "boulevard", "place", "impasse", "traverse", "chemin", "allée"]
WAY_NAMES = (
    "des Genêts Bleus",
    "du Puits Vieux",
    "Félicité Ramon",
    "de la Tuilière",
    "des Trois Figuiers",
    "Commandant Brac",
    "d'Artufel",
    "du Four à Chaux",
)
NEUTRAL = (
    "tapage en cours au rez-de-chaussée",
    "groupe de jeunes devant la gare Saint-Charles",
    "stationnement gênant rue Paradis",
    "vol à l'arraché signalé boulevard Michelet",
    "RAS sur le secteur",
    "trois individus cagoulés en scooter",
    "Rixe à la sortie du stade Vélodrome",
    "vitre brisée côté passager",
    "BMPM et SAMU sur place à 14h35",
    "bus ligne 83 bloqué place Castellane",
    "fuite en direction du métro Noailles",
    "deux verbalisations à 135 euros",
    "arrêté municipal 2026-0457 affiché",
    "fin d'intervention 02h15",
    "chien sans muselière parc Borély",
    "le 12/03/2026 à 22h10 mise en place du dispositif",
    "PV 4521 dressé",
    "marché de la Plaine, 14 forains contrôlés",
    "Cours Julien, une cinquantaine de personnes",
    "intersection rue de Rome et cours Lieutaud",
    "peugeot 208 blanche sans assurance",
    "école Jean Moulin sécurisée",
    "hall du 3e étage dégradé",
    "scooter T-Max volé quai des Belges",
    "Préfecture informée",
    "environ 150 m de barrières",
    "température 38 degrés, malaise",
    "vente à la sauvette porte d'Aix, 60 paquets de cigarettes",
)


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``kind`` is its class when personal, empty otherwise."""

    text: str
    kind: str = ""


Maker = Callable[[random.Random], list[Piece]]


def plain(text: str) -> str:
    """Return a text without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def full_name(chance: random.Random) -> str:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    return chance.choice(
        [
            f"{given} {family}",
            f"{family.upper()} {given}",
            f"{given} {family.upper()}",
            plain(f"{given} {family}"),
        ]
    )


def name(chance: random.Random) -> list[Piece]:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    rare = chance.choice(UNLISTED)
    before, value = chance.choice(
        [
            ("le nommé ", full_name(chance)),
            ("M. ", family),
            ("Mme ", f"{given} {family}"),
            ("Monsieur ", family.upper()),
            ("mlle ", family.lower()),
            ("requérant : ", full_name(chance)),
            ("le prénommé ", given),
            ("contact avec ", f"{given} {family}"),
            ("pris en charge par ", full_name(chance)),
            ("Témoin : ", f"{rare} {family}"),
            ("l'agent ", family),
            ("interpellation de ", full_name(chance)),
            ("se nomme ", f"{rare} {family}"),
            ("Madame ", f"{rare} {family}"),
            ("identité : ", f"{family.upper()} {rare}"),
            ("son frère ", given.lower()),
            ("Brigadier ", family),
            ("mr ", f"{given.lower()} {family.lower()}"),
            ("déclare s'appeler ", full_name(chance)),
            ("victime ", full_name(chance)),
        ]
    )
    return [Piece(before), Piece(value, "name")]


def phone(chance: random.Random) -> list[Piece]:
    start = chance.choice(["0639980", "0199000", "0465710"]) + f"{chance.randrange(1000):03d}"
    pairs = [start[i : i + 2] for i in range(0, 10, 2)]
    value = chance.choice(
        [
            start,
            " ".join(pairs),
            ".".join(pairs),
            "-".join(pairs),
            "+33" + start[1:],
            "+33 " + start[1] + " " + " ".join(pairs[1:]),
            "0033" + start[1:],
            "+33 (0)" + " ".join(pairs)[1:],
            f"{start[:4]} {start[4:7]} {start[7:]}",
            "/".join(pairs),
        ]
    )
    return [
        Piece(chance.choice(["tél ", "rappeler au ", "joignable : ", "port. ", ""])),
        Piece(value, "phone"),
    ]


def plate(chance: random.Random) -> list[Piece]:
    letters = "ABCDEFGHJKLMNPQRSTVWXYZ"
    a, b = ("Z" + chance.choice(letters), "".join(chance.sample(letters, 2)))
    digits = f"{chance.randrange(1, 1000):03d}"
    department = chance.choice(["13", "83", "2A", "06"])
    old = f"{chance.randrange(10, 9999)} {''.join(chance.sample(letters, 2))} {department}"
    value = chance.choice(
        [
            f"{a}-{digits}-{b}",
            f"{a}{digits}{b}",
            f"{a} {digits} {b}",
            f"{a}-{digits}-{b}".lower(),
            f"{a}{digits}{b}".lower(),
            f"{a} - {digits} - {b}",
            old,
            old.replace(" ", ""),
        ]
    )
    return [
        Piece(chance.choice(["immatriculé ", "véhicule ", "clio grise ", "plaque "])),
        Piece(value, "plate"),
    ]


def email(chance: random.Random) -> list[Piece]:
    given, family = (plain(chance.choice(words)).lower() for words in (GIVEN, FAMILY))
    domain = chance.choice(["example.org", "mail.example.com", "example.net"])
    value = chance.choice(
        [
            f"{given}.{family}@{domain}",
            f"{given[0]}{family}_13@{domain}",
            f"{given}+x@{domain}".upper(),
        ]
    )
    return [Piece(chance.choice(["mail : ", "écrire à ", ""])), Piece(value, "email")]


def birth_date(chance: random.Random) -> list[Piece]:
    d, m, y = chance.randrange(1, 29), chance.randrange(1, 13), chance.randrange(1940, 2010)
    months = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ]
    before, value = chance.choice(
        [
            ("né le ", f"{d:02d}/{m:02d}/{y}"),
            ("née le ", f"{d} {months[m - 1]} {y}"),
            ("né(e) le ", f"{d:02d}.{m:02d}.{y}"),
            ("nee le ", f"{d:02d}-{m:02d}-{y}"),
            ("DDN ", f"{d:02d}/{m:02d}/{y % 100:02d}"),
            ("né en ", f"{y}"),
            ("date de naissance : ", f"{y}-{m:02d}-{d:02d}"),
        ]
    )
    return [Piece(before), Piece(value, "birth_date")]


def address(chance: random.Random) -> list[Piece]:
    number = str(chance.randrange(1, 250)) + chance.choice(["", "", " bis", "ter"])
    way = chance.choice(WAYS)
    short = {"avenue": "av.", "boulevard": "bd", "place": "pl", "impasse": "imp."}.get(way, way)
    gap = chance.choice([" ", ", "])
    value = f"{number}{gap}{chance.choice([way, short])} {chance.choice(WAY_NAMES)}"
    value += chance.choice(["", "", ", 13004 Marseille", " 13012"])
    return [
        Piece(chance.choice(["domicilié ", "demeurant ", "habite au ", "chez lui "])),
        Piece(value, "address"),
    ]


def nir(chance: random.Random) -> list[Piece]:
    parts = [
        chance.choice("12"),
        f"{chance.randrange(40, 99)}",
        f"{chance.randrange(1, 13):02d}",
        chance.choice(["13", "75", "2A", "99"]),
        f"{chance.randrange(1, 999):03d}",
        f"{chance.randrange(1, 999):03d}",
        f"{chance.randrange(1, 97):02d}",
    ]
    return [Piece("n° sécu "), Piece(chance.choice([" ", ""]).join(parts), "nir")]


def iban(chance: random.Random) -> list[Piece]:
    account = "".join(chance.choice("0123456789") for _ in range(23))
    check = 98 - int(account + "152700") % 97
    compact = f"FR{check:02d}{account}"
    spaced = " ".join(compact[i : i + 4] for i in range(0, 27, 4))
    return [Piece("IBAN "), Piece(chance.choice([compact, spaced]), "iban")]


def code(chance: random.Random) -> list[Piece]:
    value = chance.choice(
        [
            f"{chance.randrange(1000, 9999)}",
            f"{chance.randrange(10, 99)}B{chance.randrange(10, 99)}",
            f"A{chance.randrange(1000, 9999)}",
        ]
    )
    before = chance.choice(
        ["digicode ", "code porte ", "code d'entrée : ", "Digicode: ", "code immeuble n° "]
    )
    return [Piece(before), Piece(value, "code")]


def handle(chance: random.Random) -> list[Piece]:
    value = chance.choice(["bgdu13_", "lola.mrs", "kev1n_off", "sam_13013"])
    before = chance.choice(["snap : ", "insta: ", "@", "compte instagram : "])
    return [Piece(before, "handle" if before == "@" else ""), Piece(value, "handle")]


MAKERS: dict[str, Maker] = {
    "name": name,
    "phone": phone,
    "plate": plate,
    "email": email,
    "birth_date": birth_date,
    "address": address,
    "nir": nir,
    "iban": iban,
    "code": code,
    "handle": handle,
}


def write(chance: random.Random, kinds: list[str]) -> list[Piece]:
    """Return a text: neutral sentences with the asked personal values among them."""
    blocks: list[list[Piece]] = [MAKERS[kind](chance) for kind in kinds]
    blocks += [[Piece(chance.choice(NEUTRAL))] for _ in range(chance.randrange(1, 4))]
    chance.shuffle(blocks)
    pieces: list[Piece] = []
    for block in blocks:
        if pieces:
            pieces.append(Piece(chance.choice([", ", ". ", " ; ", " - "])))
        pieces += block
    return pieces


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
