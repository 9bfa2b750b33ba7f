"""Rows of tables, sheets of fields and lists of what is known of somebody, for the tagger alone.

As ``drilled.py``, but a value stands in its place by order alone: a column, a line with its label,
one of several things told of a person, with or without a word before it, among as many cells that
are nobody's. ``swapped`` puts another value into a form of another hand, so that what is learnt of
what stands around a value holds of values never met there. Nothing here is measured on.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import drilled
import taught

_LISTS: dict[str, list[str]] = {
    name: [part.strip() for part in text.split("|")]
    for name, text in tomllib.loads(
        Path(__file__).with_name("rowed.toml").read_text("utf-8")
    ).items()
}
_MARKED = re.compile(r"<(\w+)\|[^>]*>")
_LISTED = re.compile(r"\{(car|brand|colour|pet|st)\}")
_TIMES = re.compile(r"\{([hmdo])\}")
_MOST = {"h": 24, "m": 60, "d": 29, "o": 13}
_DELIMITERS = (";", ";", " ; ", " | ", " | ", "|", "\t", "\t", " / ", ",", " - ")
_NAMES = (
    "{FAMILY} {given}",
    "{family} {given}",
    "{given} {family}",
    "{FAMILY}",
    "{family}",
    "{given} {FAMILY}",
    "{initial}. {family}",
    "{given}",
    "{FAMILY} {GIVEN}",
)
_BADGES = ("PM ####", "13-####", "#####", "M####", "PM####", "1#####", "#######", "P-####")
_DAYS = ("DD/MM/YY", "DD.MM.YY", "DD-MM-YY", "DD MM YYYY", "DD/MM/YYYY")
_KINDS = (
    ["name"] * 5
    + ["agent"] * 2
    + ["document"] * 4
    + ["address"] * 4
    + ["plate"] * 3
    + ["code"] * 3
    + ["handle"] * 3
    + ["birth_date"] * 2
    + ["phone"] * 2
    + ["email", "card", "iban", "nir"]
)
_LABELS = {"birth_date": "birth_labels", "iban": "money_labels"}


def _one(chance: random.Random, name: str) -> str:
    return chance.choice(_LISTS[name])


def _digits(chance: random.Random, shape: str) -> str:
    shape = _TIMES.sub(lambda found: f"{chance.randrange(1, _MOST[found[1]]):02d}", shape)
    return re.sub("#", lambda _: chance.choice("0123456789"), shape)


def _inside(form: str) -> str:
    """Return the first value of a form."""
    found = re.search(r"<\w+\|([^>]*)>", form)
    return found[1] if found else ""


def _paper(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return drilled._noted(chance, "paper_shapes", 0.08)
    value = drilled._filled(chance, _one(chance, "papers"))
    return value.lower() if chance.random() < 0.15 else value


def _plate(chance: random.Random) -> str:
    shape = drilled._one(chance, "plate_shapes")
    shape = _one(chance, "plates") if chance.random() < 0.25 else shape
    value = drilled._filled(chance, shape)
    if chance.random() < 0.15:
        return drilled.aloud(chance, value.replace(" ", ""))
    value = value.replace(" ", chance.choice(["-", "-", " ", " ", "", ".", " - "]))
    return value.lower() if chance.random() < 0.2 else value


def _home(chance: random.Random) -> str:
    pick = chance.random()
    if pick < 0.2:
        return f"{_one(chance, 'estates')}{chance.choice([', ', ' ', ', '])}{drilled._flat(chance)}"
    if pick < 0.27:
        return _one(chance, "estates")
    return drilled._home(chance)


def _card(chance: random.Random) -> str:
    masked = ("#### **** **** ####", "####XXXXXXXX####", "#### XXXX XXXX ####", "****####")
    whole = ("{card}", "{card_compact}", "{card_dashes}")
    return _digits(chance, chance.choice([*masked, *whole, *whole]))


VALUES: dict[str, Callable[[random.Random], str]] = {
    "name": lambda chance: chance.choice(_NAMES),
    "agent": lambda chance: (
        chance.choice(_NAMES)
        if chance.random() < 0.85
        else drilled._filled(chance, chance.choice(_BADGES))
    ),
    "document": _paper,
    "plate": _plate,
    "address": _home,
    "code": lambda chance: drilled._noted(chance, "lock_shapes", 0.15, 0.1),
    "handle": lambda chance: _inside(drilled.handle(chance)),
    "phone": lambda chance: _inside(taught.phone(chance)),
    "email": lambda chance: _inside(taught.email(chance)),
    "birth_date": lambda chance: (
        chance.choice(_DAYS) if chance.random() < 0.4 else _inside(taught.birth_date(chance))
    ),
    "card": _card,
    "iban": lambda chance: chance.choice(["{iban}", "{iban_compact}", "{iban_de}"]),
    "nir": lambda chance: chance.choice(["{nir}", "{nir_compact}", "{nir_dots}"]),
}


def personal(chance: random.Random, kind: str) -> str:
    """Return a marked value of a class."""
    return f"<{kind}|{VALUES[kind](chance)}>"


def neutral(chance: random.Random) -> str:
    """Return a cell that is nobody's."""
    return _neutral(chance, chance.choice(_NEUTRAL))


_NEUTRAL = ("date", "hour", "ref", "amount", "thing", "thing", "status", "unit", "street", "spot")


def _neutral(chance: random.Random, what: str) -> str:
    if what == "street":
        return _street(chance)
    if what == "spot":
        return taught._one(chance, "sites")
    return _digits(chance, _one(chance, "statuses" if what == "status" else f"{what}s"))


def rows(chance: random.Random, many: bool = True) -> str:
    """One to three rows of a table, each column with the same class."""
    columns = [chance.choice(_KINDS) if many and chance.random() < 0.55 else "" for _ in range(7)]
    columns = columns[: chance.randrange(3, 8)]
    neutrals = [chance.choice(_NEUTRAL) for _ in columns]
    gap = chance.choice(_DELIMITERS)
    head = _one(chance, "heads") if chance.random() < 0.4 else ""
    lines = []
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        cells = [
            personal(chance, kind) if kind else _neutral(chance, other)
            for kind, other in zip(columns, neutrals, strict=True)
        ]
        lines.append(gap.join([head, *cells] if head else cells))
    return "\n".join(lines)


def sheet(chance: random.Random, many: bool = True) -> str:
    """Two to six lines of a sheet, each with its label."""
    joint = chance.choice([" : ", " : ", " : ", ": ", ":", " = ", " - ", "\t", " "])
    gap = chance.choice(["\n", "\n", "\n", " / ", " ; ", ", "])
    lines = []
    for _ in range(chance.randrange(2, 7)):
        kind = chance.choice(_KINDS) if many and chance.random() < 0.6 else ""
        if kind:
            label = _one(chance, _LABELS.get(kind, f"{kind}_labels"))
            value = personal(chance, kind)
        else:
            what = chance.choice((*_NEUTRAL, "number", "number", "ref", "date"))
            what = "status" if what == "thing" else what
            label, value = _one(chance, f"labels_{what}"), _neutral(chance, what)
        label = label.upper() if chance.random() < 0.2 else label
        lines.append(f"{label}{joint}{value}")
    return gap.join(lines)


def listed(chance: random.Random) -> str:
    """Two to five things told of somebody, each with a word before it or none."""
    gap = chance.choice([", ", ", ", ", ", " - ", " / ", " ", " ; ", " et "])
    kinds = ["name", *chance.choices(_KINDS, k=chance.randrange(1, 5))]
    if chance.random() < 0.3:
        chance.shuffle(kinds)
    said = []
    for kind in kinds:
        cue = _one(chance, f"cues_{kind}")
        said.append(f"{cue} {personal(chance, kind)}" if cue else personal(chance, kind))
        if chance.random() < 0.2:
            said.append(neutral(chance))
    return gap.join(said)


def small(chance: random.Random) -> str:
    """A short word to colleagues, or of a caller, with a name that little announces."""
    form = _one(chance, "small")
    for sign, kind in (("{A}", "agent"), ("{N}", "name")):
        while sign in form:
            shown = chance.choice(["{given}", "{family}", "{FAMILY}", "{given} {family}"])
            form = form.replace(sign, f"<{kind}|{shown}>", 1)
    return form


def _who(chance: random.Random, kind: str) -> str:
    """Return a marked name, now and then one that is a word of every day or has many parts."""
    pick = chance.random()
    if pick < 0.6:
        return f"<{kind}|{chance.choice(_NAMES)}>"
    name = _one(chance, "word_names" if pick < 0.82 else "long_names")
    name = chance.choice([name, name.upper(), name.lower(), name])
    head = "" if chance.random() < 0.6 else chance.choice(["{given} ", "{initial}. "])
    return f"<{kind}|{head}{name}>"


def _password(chance: random.Random) -> str:
    return drilled._filled(chance, _one(chance, "passes") + _one(chance, "pass_tails"))


def _nick(chance: random.Random) -> str:
    head = _one(chance, "nick_heads") if chance.random() < 0.5 else ""
    name = chance.choice(["{given_low}", "{given_low}{family_low}", "{family_low}"])
    tail = _one(chance, "nick_tails") if chance.random() < 0.85 or not head else ""
    return head + name + tail


def _estate(chance: random.Random) -> str:
    kind = _one(chance, "estate_kinds")
    name = (
        f"{kind} {_one(chance, 'estate_names')}"
        if chance.random() < 0.7
        else _one(chance, "estates")
    )
    parts = [_one(chance, "estate_parts") for _ in range(chance.choice([1, 1, 2, 2, 3]))]
    gap = chance.choice([", ", " ", ", "])
    pieces = [*parts, name] if chance.random() < 0.25 else [name, *parts]
    return gap.join(pieces)


def _spelt(chance: random.Random) -> str:
    letters = drilled._filled(chance, "A" * chance.randrange(3, 10))
    if chance.random() < 0.5:
        return chance.choice([" ", "-", ", "]).join(letters)
    return " ".join(RADIO.split()[ord(sign) - 65] for sign in letters)


def _street(chance: random.Random) -> str:
    return f"{drilled._one(chance, 'home_ways')} {drilled._one(chance, 'home_names')}"


RADIO = """
Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar
Papa Québec Roméo Sierra Tango Uniform Victor Whisky Xray Yankee Zoulou
"""
_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "A": lambda chance: _who(chance, "agent"),
    "N": lambda chance: _who(chance, "name"),
    "n": lambda chance: str(chance.randrange(2, 90)),
    "home": lambda chance: f"<address|{_numbered(chance)}>",
    "way": lambda chance: f"<address|{_street(chance)}>",
    "street": _street,
    "estate": lambda chance: f"<address|{_estate(chance)}>",
    "pw": lambda chance: f"<code|{_password(chance)}>",
    "door": lambda chance: personal(chance, "code"),
    "nick": lambda chance: f"<handle|{_nick(chance)}>",
    "paper": lambda chance: personal(chance, "document"),
    "birth": lambda chance: personal(chance, "birth_date"),
    "spelt": lambda chance: f"<name|{_spelt(chance)}>",
    **{
        name: (lambda chance, name=name: _digits(chance, _one(chance, f"{name}s")))
        for name in ("hour", "ref", "thing", "amount")
    },
}


def _numbered(chance: random.Random) -> str:
    number = chance.choice(["#", "##", "###", "## bis", "##bis", "##/##", "##B"])
    part = f"{chance.choice([', ', ' ', ' ('])}{_one(chance, 'estate_parts')}"
    part = f"{part})" if "(" in part else part
    return f"{number}{chance.choice([' ', ' ', ', '])}{_street(chance)}" + (
        part if chance.random() < 0.35 else ""
    )


def said(chance: random.Random) -> str:
    """A short phrase of a log with what it tells of a colleague, a caller or a home."""

    def put(found: re.Match[str]) -> str:
        slot = found[1]
        return _SLOTS[slot](chance) if slot in _SLOTS else personal(chance, slot)

    form = re.sub(r"\{([hmdo])\}", lambda found: _digits(chance, found[0]), _one(chance, "said"))
    form = form.replace("\\n", "\n")
    return re.sub(r"\{(\w+)\}", put, form)


def nobody(chance: random.Random) -> str:
    """A row, a sheet or a list of facts that names nobody."""
    pick = chance.random()
    if pick < 0.3:
        return _LISTED.sub(
            lambda found: _street(chance) if found[1] == "st" else _one(chance, f"{found[1]}s"),
            _one(chance, "chat"),
        )
    if pick < 0.5:
        return rows(chance, many=False)
    if pick < 0.75:
        return sheet(chance, many=False)
    gap = chance.choice([", ", ", ", " - ", " / ", " "])
    return gap.join(neutral(chance) for _ in range(chance.randrange(1, 5)))


def swapped(chance: random.Random, form: str) -> str:
    """Return a form with other values of the same classes, now and then."""

    def other(found: re.Match[str]) -> str:
        kind = found[1]
        if kind in ("name", "agent", "iban", "nir", "email", "card") or kind not in VALUES:
            return found[0]
        return personal(chance, kind) if chance.random() < 0.6 else found[0]

    return _MARKED.sub(other, form)


KINDS: dict[str, tuple[Callable[[random.Random], str], int]] = {
    "rows": (rows, 6),
    "sheet": (sheet, 6),
    "listed": (listed, 7),
    "small": (small, 3),
    "said": (said, 14),
    "nobody": (nobody, 13),
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
    return taught.apart([(kind if "<" in form else "nobody", form) for kind, form in made])
