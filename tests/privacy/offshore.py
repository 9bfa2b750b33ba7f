"""A blind part: seeded French log texts of a northern suburb with planted personal values.

By somebody who had seen neither scrubber nor any other part; measured once (decision 0075). Nobody
who mends rules or lessons reads it: whoever does moves it to ``parts.READ`` and says so.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from unseen import ENTRIES, STRUCTURED, Entry, Planted

SEED = 590_512
NEUTRAL_SHARE = 0.225
VALUE_SLIP = 0.025
WRONG_CHECK = 0.04
TOKEN = re.compile(r"\{([a-z]+)(\d?)(?::(\w+))?(?:\+([fhk]))?\}")
CHOICE = re.compile(r"\[([^\[\]]*)\]")
DIGITS = "0123456789"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
POOLS = {"9": DIGITS, "X": PLATE_LETTERS, "µ": PLATE_LETTERS, "H": DIGITS + PLATE_LETTERS}
EXACT = {"handle", "tail", "box", "heads", "cardhead", "born", "fexp", "password"}
SIGNS = {".": "point", "@": "arobase", "_": "tiret du bas", "-": "tiret"}
DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
for lists in (DATA["words"], DATA["patterns"]):
    lists.update({key: " ".join(text.split()).replace("| ", "|") for key, text in lists.items()})
WORDS = {key: text.split(", ") for key, text in DATA["words"].items()}
CODE_WORDS = dict(zip("abcdefghijklmnopqrstuvwxyz", WORDS["phonetic"], strict=True))
PATTERNS = {
    key: [entry.partition(" ")[::2] for entry in text.split("|")]
    for key, text in DATA["patterns"].items()
}
Form = tuple[str, str, dict[str, float]]  # its name, its text, its register's habits
KINDS = {"name", "agent", "birth", *STRUCTURED}


@dataclass(slots=True)
class Person:
    """An invented person, the same through a text."""

    woman: bool
    first: str
    last: str
    birth: tuple[int, int, int]


@dataclass(slots=True)
class Scene:
    """What holds through one text: its people and its way of writing."""

    caps: bool
    lower: bool
    bare: bool
    slop: float
    clock: int
    year: int
    people: dict[str, Person] = field(default_factory=dict)


def plain(text: str) -> str:
    """The text without accents."""
    text = text.replace("œ", "oe").replace("Œ", "OE")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def in_words(number: int) -> str:
    """A number under a hundred in words."""
    if number < 20:
        return WORDS["units"][number]
    ten, unit = number // 10, number % 10 + (10 if number // 10 in (7, 9) else 0)
    joint = " et " if unit in (1, 11) and ten < 8 else "-"
    return WORDS["tens"][ten] + (joint + WORDS["units"][unit] if unit else "")


def pairs_in_words(digits: str, joint: str = " ") -> str:
    """Digits read two by two, as one does on the telephone."""
    pairs = (digits[at : at + 2] for at in range(0, len(digits), 2))
    return joint.join("zéro " * (len(p) == 2 and p[0] == "0") + in_words(int(p)) for p in pairs)


def grouped(text: str, size: int, joint: str) -> str:
    """The text in groups."""
    return joint.join(text[at : at + size] for at in range(0, len(text), size))


@dataclass(frozen=True, slots=True)
class Maker:
    """Draws the values of the texts."""

    rng: Random

    def word(self, key: str) -> str:
        """A word of a list."""
        return self.rng.choice(WORDS[key])

    def chance(self, share: float) -> bool:
        """True in a share of the cases."""
        return self.rng.random() < share

    def pick(self, key: str, **said: object) -> str:
        """A pattern by its weight, 9 X H drawn, its slots filled."""
        shape = self.rng.choice([text for share, text in PATTERNS[key] for _ in range(int(share))])
        if "9" in shape and key not in EXACT:
            shape = "".join(self.rng.choice(POOLS[c]) if c in POOLS else c for c in shape)
        said["n1"], said["n4"] = self.rng.randint(1, 8), self.digits(4)
        return shape.format_map(said)

    def digits(self, count: int) -> str:
        """Random digits."""
        return "".join(self.rng.choices(DIGITS, k=count))

    def person(self, sex: str | None) -> Person:
        """A new person."""
        woman = sex == "f" if sex in ("f", "h") else self.chance(0.5)
        first, last = self.word("women" if woman else "men"), self.word("surnames")
        if self.chance(0.06):
            last += self.rng.choice("- ") + self.word("surnames")
        year = self.rng.randint(*((2008, 2018) if sex == "k" else (1936, 2005)))
        month = self.rng.randint(1, 12)
        return Person(woman, first, last, (year, month, self.rng.randint(1, 28)))

    def name(self, who: Person, variant: str) -> str:
        """A person's name in one of its ways."""
        up = who.last.upper()
        if variant != "spell":
            first = who.first
            ways = {"first": first, "last": who.last, "up": up, "i": first[0]}
            ways |= {"upfirst": first.upper(), "lowfirst": first.lower()}
            return self.pick(variant or "full", **ways, low=f"{first} {who.last}".lower())
        said = [c for c in plain(up) if c.isalpha()]
        if self.chance(0.45):
            return " ".join(CODE_WORDS[c.lower()] for c in said)
        return self.rng.choice(["-", " ", ", "]).join(said)

    agent = name

    def phone(self, _: Person, variant: str) -> str:
        """A telephone number."""
        if variant == "foreign" or (not variant and self.chance(0.09)):
            return self.pick("foreign")
        head = self.pick("heads")
        number = head + self.digits(10 - len(head))
        if variant == "oral" and self.chance(0.6):
            return pairs_in_words(number, self.rng.choice([" ", " ", ", "]))
        joint = self.pick("joints").replace("s", " ").replace("n", "")
        if self.chance(0.1):
            sign = self.rng.choice(["+33", "+33", "+33(0)", "0033", "33"])
            return sign + joint.strip("-/.") + number[1] + joint + grouped(number[2:], 2, joint)
        three = f"{number[:4]} {number[4:7]} {number[7:]}"
        return three if self.chance(0.03) else grouped(number, 2, joint)

    def plate(self, _: Person, variant: str) -> str:
        """A registration plate."""
        if variant == "oral" and self.chance(0.65):
            letters = [CODE_WORDS[self.rng.choice(PLATE_LETTERS).lower()] for _ in range(4)]
            middle = self.digits(3)
            if self.chance(0.5):
                middle = " ".join(in_words(int(c)) if self.chance(0.5) else c for c in middle)
            return " ".join([*letters[:2], middle, *letters[2:]])
        text = self.pick("belge" if variant == "belge" else "plate")
        return text.lower() if self.chance(0.04) else text

    def email(self, who: Person, variant: str) -> str:
        """An address of electronic mail."""
        first, last = (re.sub(r"[ ']", "", plain(p).lower()) for p in (who.first, who.last))
        year = who.birth[0]
        tail = self.pick("tail", year=year, yy=f"{year % 100:02}")
        key, site = ("probox", "pros") if variant == "pro" else ("box", "domains")
        box = self.pick(key, f=first, l=last, i=first[0], tag=self.word("tags"), tail=tail)
        mail = f"{box}@{self.word(site)}"
        if variant == "oral" and self.chance(0.7):
            for sign, said in SIGNS.items():
                mail = mail.replace(sign, f" {said} ")
        return mail

    def nir(self, who: Person, variant: str) -> str:
        """A social security number."""
        year, month, _ = who.birth
        place = self.pick("born")
        body = f"{2 if who.woman else 1}{year % 100:02}{month:02}{place}{self.digits(3)}"
        key = 97 - int(body.replace("2A", "19").replace("2B", "18")) % 97
        key = key % 97 + 1 if self.chance(WRONG_CHECK) else key
        if variant == "oral" and self.chance(0.5) and place.isdigit():
            return f"{in_words(int(body[0]))} {pairs_in_words(body[1:] + f'{key:02}')}"
        joint = self.rng.choice([" "] * 6 + [""] * 5 + [".", "-"])
        text = joint.join([body[0], body[1:3], body[3:5], body[5:7], body[7:10], body[10:]])
        if self.chance(0.1):  # without its key
            return text
        gap = self.rng.choice([" ", " clé ", "/"]) if not joint and self.chance(0.4) else joint
        return f"{text}{gap}{key:02}"

    def iban(self, _: Person, variant: str) -> str:
        """An account number."""
        if self.chance(0.78):
            bank = self.rng.choice(["30004", "20041", "10278", "16706", "30002"])
            desk, account = self.digits(5), self.digits(11)
            rest = 89 * int(bank) + 15 * int(desk) + 3 * int(account)
            land, body = "FR", f"{bank}{desk}{account}{97 - rest % 97:02}"
        else:
            text = self.pick("foreigniban")
            land, body = text[:2], text[2:] or self.digits(10)
            body += f"{int(body) % 97 or 97:02}" if land == "BE" else ""
        check = 98 - int("".join(str(int(c, 36)) for c in body + land + "00")) % 97
        check = check % 97 + 1 if self.chance(WRONG_CHECK) else check
        text = f"{land}{check:02}{body}"
        if variant == "oral" and self.chance(0.5) and body.isdigit():
            return f"{land[0]} {land[1]} {in_words(check % 100)} {pairs_in_words(body)}"
        return self.rng.choice([grouped(text, 4, " ")] * 11 + [text] * 8 + [grouped(text, 4, "-")])

    def card(self, _: Person, variant: str) -> str:
        """A bank card's number."""
        head = self.pick("cardhead")
        body = head + self.digits((14 if head == "37" else 15) - len(head))
        signs = [int(c) * (2 - at % 2) for at, c in enumerate(reversed(body))]
        check = -sum(n - 9 if n > 9 else n for n in signs) % 10
        text = f"{body}{(check + 1) % 10 if self.chance(WRONG_CHECK) else check}"
        if variant == "oral" and self.chance(0.5) and len(text) == 16:
            return pairs_in_words(text)
        joint = self.rng.choice([" "] * 6 + [""] * 4 + ["-", "."])
        amex = joint and head == "37"
        return f"{text[:4]} {text[4:10]} {text[10:]}" if amex else grouped(text, 4, joint)

    def document(self, _: Person, variant: str) -> str:
        """The number of a paper or of an agent."""
        year, month = self.rng.randint(10, 20), self.rng.randint(1, 12)
        spaced = f"{year}{month:02} 59{self.rng.randint(1, 6)} {self.digits(5)}"
        old = spaced.replace(" ", "")
        if variant == "oral":
            return pairs_in_words(old) if self.chance(0.5) else grouped(old, 2, " ")
        return self.pick(variant, old=old, olds=spaced)

    def road(self) -> str:
        """A street."""
        return f"{self.word('ways')} {self.word('streets')}"

    def address(self, _: Person, variant: str) -> str:
        """Somebody's home."""
        number, flat, road = self.rng.randint(1, 190), self.pick("flat"), self.road()
        if variant == "oral" and self.chance(0.5):
            return f"{in_words(number % 98 + 2)} {road}"
        if variant == "res" or self.chance(0.22):
            home, joint = self.pick("home", res=self.word("residences")), ", "[self.chance(0.5) :]
            return home if self.chance(0.25) else home + joint + flat
        if self.chance(0.06):
            return f"{road}{self.rng.choice([' n°', ' n° ', ', '])}{number}"
        text = self.pick("number", n=number) + self.rng.choice([" "] * 5 + [", "]) + road
        return f"{text}{self.rng.choice([', ', ' ', ' - '])}{flat}" if self.chance(0.22) else text

    def birth(self, who: Person, variant: str) -> str:
        """A date of birth."""
        year, month, day = who.birth
        name = WORDS["months"][month - 1]
        if variant == "oral" and self.chance(0.6):
            full = f"mille neuf cent {in_words(year - 1900)}" if year < 2000 else "deux mille"
            full += f" {in_words(year - 2000)}" if year > 2000 else ""
            full = in_words(year % 100) if year < 2000 and self.chance(0.6) else full
            name = in_words(month) if self.chance(0.5) else name
            return f"{'premier' if day == 1 else in_words(day)} {name} {full}"
        said = {"d": f"{day:02}", "m": f"{month:02}", "yy": f"{year % 100:02}", "year": year}
        said |= {"d1": day, "m1": month, "named": f"{'1er' if day == 1 else day} {name} {year}"}
        return self.pick(variant if variant in ("num", "long") else "birth", **said)

    def code(self, _: Person, variant: str) -> str:
        """A code or a password."""
        if variant == "pass":
            return self.pick("password", word=self.word("passes"))
        text = self.pick("pin" if variant == "pin" else "code")
        if variant == "oral" and text.isdigit() and len(text) == 4 and self.chance(0.6):
            return pairs_in_words(text)
        return " ".join(text) if variant == "oral" and self.chance(0.3) else text

    def handle(self, who: Person, _: str) -> str:
        """The name of an account."""
        first, last = (re.sub(r"[ '-]", "", plain(p).lower()) for p in (who.first, who.last))
        year, tag = f"{who.birth[0] % 100:02}", self.word("tags")
        return self.pick("handle", f=first, l=last, tag=tag, yy=year)

    def other(self, kind: str, who: Person, scene: Scene) -> str:
        """A filler that is not planted, or a doubtful value (its kind begins with f)."""
        rng = self.rng
        if kind in WORDS:
            return self.word(kind)
        if kind == "hr":
            scene.clock = (scene.clock + rng.randint(3, 55)) % 1440
            hour, minute = divmod(scene.clock, 60)
            return self.pick("hours", h=f"{hour:02}", mi=f"{minute:02}")
        if kind == "date":
            day, month = rng.randint(2, 28), rng.randint(1, 12)
            said = {"d": f"{day:02}", "m": f"{month:02}", "month": WORDS["months"][month - 1]}
            return self.pick("dates", **said, y=scene.year, d1=day)
        if kind.strip("n") == "":
            return str(rng.randint(10 ** (len(kind) - 1) + (kind == "n"), 10 ** len(kind) - 1))
        made = {
            "e": "e" if who.woman else "",
            "ftown": rng.choice(WORDS["births"] + WORDS["town"]),
            "civ": rng.choice(["Mme", "Mme", "Madame"] if who.woman else ["M.", "Mr", "Monsieur"]),
            "fcp": f"59{rng.choice('123456789')}{rng.choice('05')}0 {self.word('town')}",
            "fyear": str(who.birth[0]),
            "fres": f"résidence {self.word('residences')}",
            "street": self.road(),
        }
        return made[kind] if kind in made else self.pick(kind)


def drawn(form: Form, maker: Maker) -> Entry:
    """A text of a form with what it plants."""
    rng, (form_name, raw, habits) = maker.rng, form
    roll = rng.random()
    caps = roll < habits["caps"]
    lower = not caps and roll < habits["caps"] + habits["lower"]
    clock = rng.randint(470, 1080) if "day" in habits else rng.randint(0, 1439)
    bare = caps or maker.chance(habits["noacc"])
    scene = Scene(caps, lower, bare, habits["slop"], clock, rng.randint(2023, 2025))
    while found := CHOICE.search(raw):
        raw = raw[: found.start()] + rng.choice(found[1].split("~")) + raw[found.end() :]
    raw = raw.replace("¶", "\n").replace("→", "\t")
    text, at, planted = "", 0, []
    for found in TOKEN.finditer(raw):
        text += styled(slipped(raw[at : found.start()], scene, rng), scene)
        kind, number, variant = found[1], found[2], found[3] or ""
        key = ("agent" if kind == "agent" or variant == "pro" else "name") + (number or "0")
        if key not in scene.people:
            sexes = re.findall(rf"\{{name{number}:?\w*\+([fhk])", raw)
            scene.people[key] = maker.person(sexes[0] if sexes and key[0] == "n" else None)
        who, at = scene.people[key], found.end()
        if kind not in KINDS:
            value = maker.other(kind, who, scene)
        else:
            value = getattr(maker, kind)(who, variant)
            value = mistyped(value, rng) if maker.chance(VALUE_SLIP) else value
        keep = (kind in ("handle", "email") or variant == "pass") and maker.chance(0.6)
        value = value if keep else styled(value, scene)
        if kind in ("name", "agent") and re.search(r"\b[dD]e $", text) and maker.chance(0.7):
            text = text[:-2] + "'" if plain(value)[0] in "AEIOUaeiou" else text
        if kind in KINDS or (kind[0] == "f" and kind != "file"):
            shown = {"birth": "birth_date"}.get(kind, kind) if kind in KINDS else "free"
            planted.append(Planted(shown, len(text), len(text) + len(value), form_name))
        text += value
    return Entry(text + styled(slipped(raw[at:], scene, rng), scene), tuple(planted))


def styled(piece: str, scene: Scene) -> str:
    """A piece in the text's way of writing."""
    piece = plain(piece) if scene.bare else piece
    return piece.upper() if scene.caps else piece.lower() if scene.lower else piece


def slipped(piece: str, scene: Scene, rng: Random) -> str:
    """The words between values, now and then mistyped."""
    if len(piece) < 3 or rng.random() >= scene.slop * 0.3:
        return piece
    way = rng.randrange(5)
    if way < 3:
        sign = (" : ", ", ", ". ")[way]
        return piece.replace(sign, rng.choice([sign.strip(), " ", sign.lstrip()]), 1)
    words = list(re.finditer(r"[a-zé]{5,}", piece))
    if not words or way == 3:
        return piece[:-1] if piece[-2:] in (": ", "° ", ". ") else piece.replace(" ", "  ", 1)
    spot = rng.choice(words).start() + rng.randint(1, 3)
    return piece[:spot] + piece[spot + 1] * (rng.random() < 0.4) + piece[spot] + piece[spot + 2 :]


def mistyped(value: str, rng: Random) -> str:
    """A value typed wrong: two signs changed about, one lost, one doubled, an O for a zero."""
    spot = rng.randrange(1, max(2, len(value) - 1))
    if (way := rng.randrange(4)) == 3:
        return value.replace("0", "O", 1)
    if way == 0 and spot + 1 < len(value):
        return value[:spot] + value[spot + 1] + value[spot] + value[spot + 2 :]
    return value[:spot] + value[spot : spot + 1] * (2 if way == 1 else 0) + value[spot + 1 :]


def forms() -> tuple[list[Form], list[Form]]:
    """The forms that plant, and the neutral ones."""
    sides: tuple[list[Form], list[Form]] = ([], [])
    for register, habits in DATA["registers"].items():
        for number, found in enumerate(
            re.split(r"^(?=[+=]> )", habits["forms"], flags=re.MULTILINE)[1:]
        ):
            form = (f"{register}{number:02}", " ".join(found[3:].split()), habits)
            sides[found[0] == "="].append(form)
    return sides


def entries(count: int = ENTRIES) -> Iterator[Entry]:
    """Seeded texts; a shorter run is the head of a longer one."""
    maker = Maker(Random(SEED))
    decks: list[list[Form]] = [[], []]
    for _ in range(count):
        side = int(maker.chance(NEUTRAL_SHARE))
        if not decks[side]:
            decks[side] = forms()[side]
            maker.rng.shuffle(decks[side])
        yield drawn(decks[side].pop(), maker)
