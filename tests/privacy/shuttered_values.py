"""The values of the shuttered part, and the people they belong to."""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

DATA = tomllib.loads(Path(__file__).with_name("shuttered.toml").read_text(encoding="utf-8"))
SIGNS = {"9": "0123456789", "#": "123456789", "@": "ABCDEFGHJKLMNPQRSTVWXYZ", "$": "ABCDEFGH"}
SPANS = {"%": (0, 23), "&": (0, 59), "~": (1, 28), "^": (1, 12)}
LISTS: dict[str, list[str]] = DATA["lists"]
UNITS, TENS, MONTHS, ICAO = (LISTS[key] for key in ("units", "tens", "months", "icao"))


def words(number: int) -> str:
    """A number from 0 to 99 in French words."""
    if number < 17:
        return UNITS[number]
    ten, unit = divmod(number, 10)
    if ten == 1:
        return f"dix-{UNITS[unit]}"
    if number >= 80:
        return "quatre-vingts" if number == 80 else f"quatre-vingt-{words(number - 80)}"
    if ten == 7:
        return "soixante et onze" if number == 71 else f"soixante-{words(unit + 10)}"
    return TENS[ten - 2] + ("" if not unit else " et un" if unit == 1 else f"-{UNITS[unit]}")


def plain(text: str) -> str:
    """A text without its accents."""
    loose = unicodedata.normalize("NFD", text.replace("œ", "oe").replace("Œ", "OE"))
    return "".join(sign for sign in loose if not unicodedata.combining(sign))


@dataclass(slots=True)
class Person:
    """Somebody of a text."""

    given: str
    last: str
    female: bool
    day: int
    month: int
    year: int


class Scene:
    """The makers of values for one form; one person per number, so that mentions agree."""

    def __init__(self, rng: random.Random) -> None:
        """Begin with nobody."""
        self.rng, self.people = rng, dict[str, Person]()

    def one(self, key: str) -> str:
        """One word of a list."""
        return self.rng.choice(LISTS[key])

    def odds(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def draw(self, pattern: str) -> str:
        """A pattern filled in: signs, two-figure numbers, and `ñ`, `¤` for a true 9 and @."""
        out = ""
        for sign in pattern:
            wide = SPANS.get(sign)
            out += (
                f"{self.rng.randint(*wide):02}"
                if wide
                else (self.rng.choice(SIGNS.get(sign, sign)))
            )
        return out.replace("ñ", "9").replace("¤", "@")

    def way(self, key: str, *parts: str, **named: str) -> str:
        """A value put in one of the ways of a list, each led by its weight."""
        ways = [way.split("|", 1) for way in LISTS[key]]
        chosen = self.rng.choices(ways, [int(way[0]) for way in ways])[0]
        return chosen[1].format(*parts, **named)

    def who(self, number: str, sex: str) -> Person:
        """The person of a number, or a new one."""
        if number in self.people:
            return self.people[number]
        female = "f" in sex or ("m" not in sex and self.odds(0.5))
        given = self.one("female" if female else "male")
        last = self.one("surnames")
        if self.odds(0.06):
            last += self.rng.choice("- ") + self.one("surnames")
        years = ((2007, 2016), (1932, 1949), (1950, 1969), (1970, 1989), (1990, 2006))
        shares = (
            (1, 0, 0, 0, 0) if "k" in sex else (0, 1, 0, 0, 0) if "o" in sex else (0, 8, 20, 32, 40)
        )
        year = self.rng.randint(*self.rng.choices(years, shares)[0])
        new = Person(given, last, female, self.rng.randint(1, 28), self.rng.randint(1, 12), year)
        return self.people.setdefault(number, new) if number else new

    def full(self, number: str, tag: str) -> str:
        """Given name and surname, in the orders and cases that writers use."""
        him = self.who(number, tag)
        given = him.given
        if self.odds(0.05):
            given += " " + self.one("female" if him.female else "male")
        return self.way("name_ways", given, him.last, given.upper(), him.last.upper())

    def last(self, number: str, tag: str) -> str:
        """A surname alone."""
        name = self.who(number, tag).last
        return self.rng.choices((name, name.upper(), name.lower()), (40, 55, 5))[0]

    def aloud(self, number: str, tag: str) -> str:
        """A surname spelt aloud."""
        name = re.sub("[^A-Z]", "", plain(self.who(number, tag).last).upper())
        if self.odds(0.5):
            return self.rng.choice((" ", "-", ", ")).join(name)
        return " ".join(ICAO[ord(sign) - 65] for sign in name)

    def mate(self, number: str, tag: str) -> str:
        """A colleague, as colleagues are written down."""
        him = self.who(number, tag)
        return self.way("mate_ways", him.given, him.last, him.last.upper())

    def phone(self, _: str, tag: str) -> str:
        """A telephone number: `w` in words, `x` foreign, `l` of a land line, or any."""
        if tag == "x":
            return self.draw(self.one("foreign_phones"))
        flat = self.draw(self.one("land_phones" if tag == "l" else "mobile_phones"))
        pairs = [flat[at : at + 2] for at in range(0, 10, 2)]
        if tag == "w":
            said = [
                words(int(two)) if two[0] != "0" else f"zéro {UNITS[int(two[1])]}" for two in pairs
            ]
            return self.rng.choice((" ", ", ", " ", "... ")).join(said)
        return self.way(
            "phone_ways",
            *pairs,
            flat=flat,
            one=flat[1],
            rest=flat[1:],
            four=flat[:4],
            mid=flat[4:7],
            end=flat[7:],
        )

    def plate(self, _: str, tag: str) -> str:
        """A plate: `o` of before 2009, `x` foreign, `s` spelt, `d` diplomatic, `w` temporary."""
        if tag not in ("", "s"):
            return self.draw(self.one(f"plates_{tag}"))
        flat = self.draw("@@999@@")
        if tag == "s":
            said = [ICAO[ord(sign) - 65] for sign in flat if sign.isalpha()]
            digits = flat[2:5]
            if "0" not in digits[:2] and self.odds(0.6):
                hundreds = "" if digits[0] == "1" else UNITS[int(digits[0])] + " "
                digits = f"{hundreds}cent {words(int(digits[1:]))}"
            return " ".join((*said[:2], digits, *said[2:]))
        return self.way("plate_ways", flat[:2], flat[2:5], flat[5:], flat.lower())

    def mail(self, number: str, tag: str) -> str:
        """An address of electronic mail; `s` said aloud."""
        him = self.who(number, "")
        given, last = (re.sub("[^a-z]", "", plain(part).lower()) for part in (him.given, him.last))
        host = self.one("hosts")
        first = self.way(
            "mail_ways",
            given,
            last,
            f"{him.year % 100:02}",
            str(him.year),
            self.one("mailwords"),
            self.draw("99"),
        )
        if tag != "s":
            return f"{first}@{host}"
        spoken = f"{first} arobase {host}".replace(".", " point ").replace("-", " tiret ")
        return spoken.replace("_", " tiret du bas ")

    def nir(self, number: str, tag: str) -> str:
        """A number of social security, of the person's sex and month of birth."""
        him = self.who(number, tag)
        place = self.one("departments")
        tail = f"{self.rng.randint(1, 690):03}{self.rng.randint(1, 460):03}"
        flat = f"{2 if him.female else 1}{him.year % 100:02}{him.month:02}{place}{tail}"
        value = int(flat.replace("2A", "19").replace("2B", "18"))
        key = 97 - value % 97
        if self.odds(0.04):
            key = key % 97 + 1
        cuts = [flat[0], flat[1:3], flat[3:5], flat[5:7], flat[7:10], flat[10:], f"{key:02}"]
        return self.way("nir_ways", *cuts, flat=flat)

    def iban(self, _: str, tag: str) -> str:
        """An IBAN, French if not `x`."""
        if tag == "x":
            bban = self.draw(self.one("ibans"))
            land, bban = bban[:2], bban[2:]
        else:
            land, bank = "FR", self.one("banks") + self.draw("99999")
            account = self.draw(self.rng.choice(("99999999999", "9999999999@", "0999999999@")))
            value = "".join(
                str((int(sign, 36) - 10) % 9 + 1 + (sign >= "S")) if sign.isalpha() else sign
                for sign in account
            )
            key = 97 - (89 * int(bank[:5]) + 15 * int(bank[5:]) + 3 * int(value[:11])) % 97
            bban = f"{bank}{account}{key:02}"
        check = 98 - int("".join(str(int(sign, 36)) for sign in bban + land + "00")) % 97
        if self.odds(0.04):
            check = check % 97 + 2
        flat = f"{land}{check:02}{bban}"
        fours = [flat[at : at + 4] for at in range(0, len(flat), 4)]
        return self.way("iban_ways", " ".join(fours), flat, "-".join(fours), flat.lower())

    def card(self, _: str, tag: str) -> str:
        """A number of a bank card; `a` is American Express."""
        amex = tag == "a" or self.odds(0.06)
        head = "37" if amex else self.one("cards")
        head += self.draw("9" * ((14 if amex else 15) - len(head)))
        total = sum(
            sum(divmod(int(sign) * (2 - at % 2), 10)) for at, sign in enumerate(reversed(head))
        )
        check = -total % 10
        if self.odds(0.04):
            check = (check + self.rng.randint(1, 9)) % 10
        flat = f"{head}{check}"
        stops = ((0, 4), (4, 10), (10, 15)) if amex else ((0, 4), (4, 8), (8, 12), (12, 16))
        cuts = [flat[first:last] for first, last in stops]
        return self.way("card_ways", " ".join(cuts), flat, "-".join(cuts), ".".join(cuts))

    def home(self, _: str, tag: str) -> str:
        """A home: `n` without number, `r` residence and flat, `f` in full, or number and street."""
        if tag == "r":
            return self.draw(self.one("flats"))
        street = self.one("streets")
        if tag == "n":
            return street
        number = str(self.rng.randint(1, self.rng.choice((60, 260))))
        number += self.rng.choices(
            ("", " bis", " ter", "B", "bis", f"/{int(number) + 2}"), (80, 9, 2, 3, 3, 3)
        )[0]
        value = self.way("home_ways", number, street)
        return value + self.draw(self.one("stairs")) if tag == "f" else value

    def born(self, number: str, tag: str) -> str:
        """A date of birth; `w` in words."""
        him = self.who(number, "")
        day, month, year = him.day, him.month, him.year
        first = "1er" if day == 1 else str(day)
        if tag == "w":
            age = "deux mille" if year >= 2000 else self.rng.choice(("mille neuf cent", ""))
            tail = words(year % 100) if year % 100 else ""
            return " ".join(
                ("premier" if day == 1 else words(day), MONTHS[month - 1], f"{age} {tail}".strip())
            )
        return self.way(
            "born_ways",
            f"{day:02}",
            f"{month:02}",
            str(year),
            f"{year % 100:02}",
            str(day),
            str(month),
            first,
            MONTHS[month - 1],
            MONTHS[month - 1][:4],
        )

    def code(self, _: str, tag: str) -> str:
        """A code: `d` of a door, `n` of figures, `p` a password, `w` said aloud."""
        if tag == "p":
            return self.draw(self.one("passwords"))
        if tag == "w":
            value = self.draw("9999")
            if self.odds(0.5) and "0" not in (value[0], value[2]):
                return f"{words(int(value[:2]))} {words(int(value[2:]))}"
            return self.rng.choice((" ", "-", ", ")).join(UNITS[int(sign)] for sign in value)
        value = self.draw(self.one("figures" if tag == "n" else "digicodes"))
        return value.replace("A", self.rng.choice("AB"))

    def handle(self, number: str, _: str) -> str:
        """An account of a network or a game."""
        him = self.who(number, "")
        given = re.sub("[^a-z]", "", plain(him.given).lower())
        last = re.sub("[^a-z]", "", plain(him.last).lower())
        tail = self.draw(self.rng.choice(("99", "999", "9", "9999")))
        return self.one("handles").format(g=given, l=last, s=last[:5], n=tail)
