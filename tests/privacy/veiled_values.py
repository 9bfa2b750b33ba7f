"""The values of the veiled part: what is personal, as people write it, and what is not.

Standards with a check are met, save for a share typed wrong. Everything is invented.
"""

from __future__ import annotations

import itertools
import random
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LISTS = tomllib.loads(Path(__file__).with_name("veiled.toml").read_text("utf-8"))
_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
Chance = random.Random


def _listed(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"[|\n]", text) if one.strip()]


PEOPLE = {name: _listed(text) for name, text in LISTS["people"].items()}
PLACES = {name: _listed(text) for name, text in LISTS["places"].items()}
SHAPES = {name: text.split("|") for name, text in LISTS["shapes"].items()}
MONTHS, _HOSTS = (LISTS["words"][name].split() for name in ("months", "hosts"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    given: str
    family: str


def person(chance: Chance, key: str) -> Person:
    """Return somebody: a woman if the key begins with w, a man if with m."""
    side = {"w": "woman", "m": "man"}.get(key[:1]) or chance.choice(["man", "woman"])
    return Person(chance.choice(PEOPLE[side]), chance.choice(PEOPLE["family"]))


def plain(text: str) -> str:
    """Return a text without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def drawn(chance: Chance, shape: str) -> str:
    """Fill a shape: ``?`` a letter, ``#`` a digit, ``*`` either."""
    signs = {"?": _LETTERS, "#": "0123456789", "*": _LETTERS + "23456789"}
    return "".join(chance.choice(signs[sign]) if sign in signs else sign for sign in shape)


def _typed_wrong(chance: Chance, value: str, often: float = 0.07) -> str:
    """Now and then one digit is another, missing, or two are swapped."""
    places = [at for at, sign in enumerate(value) if sign.isdigit() and at > 2]
    if not places or chance.random() > often:
        return value
    at = chance.choice(places)
    way = chance.randrange(3)
    if way == 0:
        return value[:at] + str((int(value[at]) + chance.randrange(1, 9)) % 10) + value[at + 1 :]
    if way == 1:
        return value[:at] + value[at + 1 :]
    return value[: at - 1] + value[at] + value[at - 1] + value[at + 1 :]


def _in_groups(value: str, sizes: list[int], gap: str) -> str:
    parts, rest = [], value
    for size in itertools.chain(sizes, itertools.repeat(sizes[-1])):
        if not rest:
            return gap.join(parts)
        parts.append(rest[:size])
        rest = rest[size:]
    return value


def _luhn(digits: str) -> str:
    doubled = (int(sign) * (2 - at % 2) for at, sign in enumerate(reversed(digits)))
    return digits + str(-sum(one - 9 * (one > 9) for one in doubled) % 10)


def _name(chance: Chance, maker: str, who: Person) -> str:
    given, family = who.given, who.family
    initial = "-".join(f"{part[0]}." for part in given.split("-"))
    return {
        "f": family,
        "F": family.upper(),
        "g": given,
        "G": given.upper(),
        "gf": f"{given} {family}",
        "gF": f"{given} {family.upper()}",
        "Fg": f"{family.upper()} {given}",
        "fg": f"{family} {given}",
        "FG": f"{family.upper()} {given.upper()}",
        "if": f"{initial} {family}" if chance.random() < 0.7 else f"{family} {initial}",
    }[maker]


def _mobile(chance: Chance, who: Person) -> str:
    digits = chance.choice(["6", "6", "6", "7"]) + drawn(chance, "########")
    return _phone_typed(chance, digits)


def _fixed(chance: Chance, who: Person) -> str:
    start = chance.choice(["491", "496", "413", "442", "488", "9" + drawn(chance, "##")])
    return _phone_typed(chance, start + drawn(chance, "######"))


def _phone_typed(chance: Chance, digits: str) -> str:
    way = chance.choices(range(8), [30, 24, 14, 5, 4, 10, 5, 4])[0]
    if way < 5:
        gap = [" ", "", ".", "-", "/"][way]
        return _typed_wrong(chance, _in_groups("0" + digits, [2], gap), 0.03)
    if way == 5:
        head = chance.choice(["+33 ", "+33", "0033 ", "+33 (0)", "33 "])
        gap = chance.choice([" ", ""])
        return head + _in_groups(digits, [1, 2], gap)
    if way == 6:
        return _in_groups("0" + digits, chance.choice([[4, 3], [2, 4], [4, 2]]), " ")
    return _in_groups("0" + digits, [2], chance.choice(["  ", " . ", ", "]))


def _phone_abroad(chance: Chance, who: Person) -> str:
    return drawn(chance, chance.choice(SHAPES["phone_abroad"]))


def _phone(chance: Chance, who: Person) -> str:
    return chance.choices([_mobile, _fixed, _phone_abroad], [7, 4, 1])[0](chance, who)


def _siv(chance: Chance, who: Person) -> str:
    value = drawn(chance, chance.choice(SHAPES["siv"]))
    value = value.replace("-", chance.choices(["-", "", " ", ".", " - "], [5, 3, 3, 1, 1])[0])
    value = value.lower() if chance.random() < 0.12 else value
    return _typed_wrong(chance, value, 0.04)


def _plate_abroad(chance: Chance, who: Person) -> str:
    value = drawn(chance, chance.choice(SHAPES["abroad"]))
    return value.replace(" ", "") if chance.random() < 0.3 else value


def _partial(chance: Chance, who: Person) -> str:
    return drawn(chance, chance.choice(["??-###", "?? ###", "??-#", "??###", "??-###-?"]))


def _plate(chance: Chance, who: Person) -> str:
    made = chance.choices(["siv", "fni", "abroad", "moped"], [6, 2, 2, 1])[0]
    if made == "siv":
        return _siv(chance, who)
    return _plate_abroad(chance, who) if made == "abroad" else _older_plate(chance, made)


def _older_plate(chance: Chance, shape: str) -> str:
    value = drawn(chance, chance.choice(SHAPES[shape]))
    return re.sub("[- ]", chance.choice([" ", "-", ""]), value)


def _house(chance: Chance) -> str:
    number = chance.choice([chance.randrange(1, 60), chance.randrange(1, 320)])
    return (
        f"{number}" + chance.choices(["", " bis", "bis", " ter", " B", "A"], [16, 2, 1, 1, 1, 1])[0]
    )


def _flat(chance: Chance, who: Person) -> str:
    number, floor = chance.randrange(1, 240), chance.randrange(1, 16)
    block = chance.choice("ABCDEFGH")
    shown = [
        f"bâtiment {block}, appartement {number}",
        f"bât. {block}{chance.randrange(1, 20)} appt {number}",
        f"Bt {block} esc {chance.randrange(1, 6)} apt {number}",
        f"{floor}e étage porte {chance.choice(['droite', 'gauche', str(number)])}",
        f"entrée {chance.randrange(1, 30)}, {floor}ème étage, appt {number}",
        f"appt n°{number}",
        f"tour {block}, {floor}e étage",
    ]
    return chance.choice(shown)


def _home(chance: Chance, who: Person) -> str:
    if chance.random() < 0.12:
        return f"{chance.choice(PLACES['estate'])}, {_flat(chance, who)}"
    street, house = chance.choice(PLACES["street"]), _house(chance)
    for long, short in (("boulevard", "bd"), ("avenue", "av."), ("chemin", "ch"), ("rue", "r.")):
        if street.startswith(long) and chance.random() < (0.1 if long == "rue" else 0.4):
            street = short + street.removeprefix(long)
    if chance.random() < 0.08:
        street = street.title().replace("D'", "d'").replace("De ", "de ")
    return chance.choices(
        [f"{house} {street}", f"{house}, {street}", f"{street} n°{house}", f"{street} au {house}"],
        [10, 5, 1, 1],
    )[0]


def _full(chance: Chance, who: Person) -> str:
    return f"{_home(chance, who)}{chance.choice([', ', ' ', ' - '])}{_flat(chance, who)}"


def _zip(chance: Chance, who: Person) -> str:
    code = f"130{chance.randrange(1, 17):02d}"
    return chance.choice([f"{code} Marseille", f"{code} MARSEILLE", code, "Marseille 8e"])


def _birth(chance: Chance, who: Person) -> str:
    day, month, year = (
        chance.randrange(1, 29),
        chance.randrange(1, 13),
        chance.randrange(1934, 2014),
    )
    shown = [
        f"{day:02d}/{month:02d}/{year}",
        f"{day}{'er' * (day == 1)} {MONTHS[month - 1]} {year}",
        f"{day:02d}/{month:02d}/{year % 100:02d}",
        f"{day:02d}.{month:02d}.{year}",
        f"{day:02d}-{month:02d}-{year}",
        f"{day:02d} {month:02d} {year}",
        f"{day}/{month}/{year}",
        f"{day:02d}{month:02d}{year}",
        f"{year}-{month:02d}-{day:02d}",
    ]
    return chance.choices(shown, [30, 16, 12, 8, 6, 5, 5, 4, 3])[0]


def _nir(chance: Chance, who: Person) -> str:
    sex = "1" if who.given in PEOPLE["man"] else "2"
    where = drawn(chance, chance.choice(SHAPES["birthplace"]))
    value = f"{sex}{chance.randrange(34, 114) % 100:02d}{chance.randrange(1, 13):02d}"
    value += f"{where}{chance.randrange(1, 700):03d}"
    number = int(value.replace("2A", "19").replace("2B", "18"))
    key = f"{97 - number % 97:02d}"
    gap = chance.choices([" ", "", ".", "-"], [6, 4, 1, 1])[0]
    shown = _in_groups(value, chance.choice([[1, 2, 2, 2, 3], [1, 2, 2, 2, 3], [13]]), gap)
    shown += chance.choices([gap + key, " " + key, " / " + key, ""], [6, 3, 1, 2])[0]
    return _typed_wrong(chance, shown)


def _checked(country: str, account: str) -> str:
    number = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


def _french_account(chance: Chance) -> list[str]:
    bank = chance.choice(SHAPES["bank"])
    desk, account = drawn(chance, "#####"), drawn(chance, "###########")
    key = 97 - (89 * int(bank) + 15 * int(desk) + 3 * int(account)) % 97
    return [bank, desk, account, f"{key:02d}"]


def _iban(chance: Chance, who: Person) -> str:
    if chance.random() < 0.8:
        value = _checked("FR", "".join(_french_account(chance)))
    else:
        country, account = chance.choice(SHAPES["account"]).split()
        value = _checked(country, drawn(chance, account))
    gap = chance.choices([" ", "", "-"], [6, 4, 1])[0]
    return _typed_wrong(chance, _in_groups(value, [4], gap))


def _rib(chance: Chance, who: Person) -> str:
    return " ".join(_french_account(chance))


def _pan(chance: Chance, who: Person) -> str:
    start = chance.choice(["4970", "4974", "4978", "5131", "5132", "4532", "5355"])
    value = _luhn(start + drawn(chance, "###########"))
    if chance.random() < 0.12:
        value = value[:4] + chance.choice(["XXXXXXXX", "********"]) + value[-4:]
    gap = chance.choices([" ", "", "-"], [6, 4, 1])[0]
    return _typed_wrong(chance, _in_groups(value, [4], gap))


def _mail(chance: Chance, who: Person) -> str:
    given, family = (re.sub(r"[ '\-]", "", plain(part).lower()) for part in (who.given, who.family))
    year = drawn(chance, chance.choice(["##", "13", "19##", "#"]))
    joined = chance.choice(SHAPES["mailbox"])
    box = joined.format(given=given, family=family, initial=given[0], year=year)
    box = _nick(chance, who).strip("_") if chance.random() < 0.1 else box
    at = chance.choices(["@", " @ ", "(at)", " arobase ", "@ "], [40, 2, 1, 2, 1])[0]
    return f"{box}{at}{chance.choice(_HOSTS)}"


def _work_mail(chance: Chance, who: Person) -> str:
    given, family = (re.sub(r"[ ']", "", plain(part).lower()) for part in (who.given, who.family))
    return f"{chance.choice([given[0], given + '.'])}{family}@{_office(chance)}"


def _office(chance: Chance) -> str:
    return chance.choice(["marseille.fr", "mairie-marseille.fr", "rtm.fr", "ap-hm.fr"])


def _box(chance: Chance, who: Person) -> str:
    box = chance.choice(["csu", "police.municipale", "contact", "fourriere", "allo-mairie"])
    return f"{box}@{_office(chance)}"


def _nick(chance: Chance, who: Person) -> str:
    given = re.sub(r"[ '\-]", "", plain(who.given).lower())
    base = chance.choice([given, chance.choice(PEOPLE["nick"])])
    return chance.choice(
        [
            base + chance.choice(["", "_", "."]) + chance.choice(PEOPLE["nick_end"]).lstrip("._"),
            f"{chance.choice(['le', 'la', 'mc', 'lil', 'x'])}_{base}{drawn(chance, '##')}",
            f"{base}_{chance.choice(PEOPLE['nick'])}{drawn(chance, '#')}",
        ]
    )


def _dni(chance: Chance, who: Person) -> str:
    digits = drawn(chance, "########")
    return digits + chance.choice(["", "", "-"]) + "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23]


def _imei(chance: Chance, who: Person) -> str:
    value = _luhn("35" + drawn(chance, "############"))
    return chance.choice([value, value, _in_groups(value, [2, 6, 6, 1], chance.choice(" -"))])


_MAKERS: dict[str, Callable[[Chance, Person], str]] = {
    "phone mobile": _mobile,
    "phone fixed": _fixed,
    "phone abroad": _phone_abroad,
    "phone any": _phone,
    "plate siv": _siv,
    "plate fni": lambda chance, who: _older_plate(chance, "fni"),
    "plate moped": lambda chance, who: _older_plate(chance, "moped"),
    "plate abroad": _plate_abroad,
    "plate partial": _partial,
    "plate any": _plate,
    "address home": _home,
    "address flat": _flat,
    "address full": _full,
    "birth_date ddn": _birth,
    "nir nir": _nir,
    "iban iban": _iban,
    "iban rib": _rib,
    "card pan": _pan,
    "email mail": _mail,
    "email work": _work_mail,
    "handle nick": _nick,
    "handle at": lambda chance, who: f"@{_nick(chance, who)}",
    "handle fb": lambda chance, who: f"{who.given} {chance.choice(PEOPLE['nick']).title()} Off",
    "document dni": _dni,
    "code imei": _imei,
    " zip": _zip,
    " box": _box,
    " iban": _iban,
    " year": lambda chance, who: str(chance.randrange(1940, 2008)),
    " initial": lambda chance, who: f"{who.family[0].upper()}.",
    " town": lambda chance, who: chance.choice(PLACES["town"]),
    " expiry": lambda chance, who: f"{chance.randrange(1, 13):02d}/{chance.randrange(26, 31)}",
}


def value(chance: Chance, kind: str, maker: str, who: Person) -> str:
    """Return a value of a class, as it is typed."""
    made = _MAKERS.get(f"{kind} {maker}")
    if made:
        return made(chance, who)
    if kind in ("name", "agent") and maker not in SHAPES:
        return _name(chance, maker, who)
    return drawn(chance, chance.choice(SHAPES[maker]))
