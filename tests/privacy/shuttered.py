"""Seeded French log texts of a port city's services, with the personal values they hold.

The forms and the word lists stand in `shuttered.toml`. A form holds `<one|or the other>` to
choose from and `{key}` or `{key.tag}` to fill in: digits of a tag name a person who comes back
in the same text, letters of it a variant.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from shuttered_values import DATA, LISTS, Scene, plain
from unseen import ENTRIES, Entry, Planted

SEED = 48_271_903
HOLE = re.compile(r"\{(\w+)(?:\.(\d*)([a-z]*))?\}")
PICK = re.compile(r"<([^<>]*)>")

KEYS: dict[str, tuple[str, Callable[[Scene, str, str], str]]] = {
    "n": ("name", Scene.full),
    "nl": ("name", Scene.last),
    "ns": ("name", Scene.aloud),
    "nf": ("name", lambda scene, number, tag: scene.who(number, tag).given),
    "af": ("agent", lambda scene, number, tag: scene.who(number, tag).given),
    "doc": ("document", lambda scene, _, tag: scene.draw(scene.one(f"papers_{tag}"))),
    "a": ("agent", Scene.mate),
    "al": ("agent", Scene.last),
    "tel": ("phone", Scene.phone),
    "pl": ("plate", Scene.plate),
    "mail": ("email", Scene.mail),
    "nir": ("nir", Scene.nir),
    "iban": ("iban", Scene.iban),
    "card": ("card", Scene.card),
    "adr": ("address", Scene.home),
    "born": ("birth_date", Scene.born),
    "code": ("code", Scene.code),
    "handle": ("handle", Scene.handle),
}
Piece = tuple[str, str]


def plants(form: str) -> bool:
    """Whether a form holds a personal value (what may go or stay is not counted)."""
    return any(hole[1] in KEYS for hole in HOLE.finditer(form))


def pieces(scene: Scene, form: str) -> Iterator[Piece]:
    """A form filled in, as pieces of a class (none for the text between) and a text."""
    form = PICK.sub(lambda found: scene.rng.choice(found[1].split("|")), form)
    at = 0
    for hole in HOLE.finditer(form):
        yield "", form[at : hole.start()]
        key, number, tag = hole[1], hole[2] or "", hole[3] or ""
        if key in KEYS:
            kind, maker = KEYS[key]
            yield kind, maker(scene, number, tag)
        else:
            yield ("free" if key.startswith("may") else ""), scene.draw(scene.one(key))
        at = hole.end()
    yield "", form[at:]


def slip(rng: random.Random, kind: str, text: str) -> str:
    """A slip of the keys in a text."""
    if not kind and rng.random() < 0.5:
        old, new = rng.choice(
            (
                (": ", ":"),
                (", ", " "),
                (" : ", " "),
                (" ", "  "),
                ("é", "e"),
                (".", ""),
                ("'", " "),
                (", ", ","),
            )
        )
        return text.replace(old, new, 1)
    at = rng.randrange(1, max(2, len(text) - 2))
    one, two = text[at : at + 1], text[at + 1 : at + 2]
    new = rng.choice((two + one, one + one + two, two))
    return text[:at] + new + text[at + 2 :] if (one + two).isalnum() else text


def styled(rng: random.Random, style: dict[str, float], parts: list[Piece]) -> Iterator[Piece]:
    """Pieces in the case and with the slips of a register."""
    roll = rng.random()
    upper, lower = style["upper"], style["upper"] + style["lower"]
    loud, bald = rng.random() < 0.4, rng.random() < 0.3
    for kind, said in parts:
        slips = rng.random() < (style["slips"] if not kind else 0.025)
        text = slip(rng, kind, said) if slips else said
        bare = roll < lower + style["bare"]
        if kind in ("code", "handle") or (kind == "email" and not loud):
            yield kind, text
        elif roll < upper:
            yield kind, plain(text).upper()
        elif roll < lower:
            yield kind, (plain(text) if bald else text).lower()
        else:
            yield kind, plain(text) if bare else text


class Writer:
    """All registers; deals out their forms from a shuffled bag."""

    def __init__(self) -> None:
        """Read the forms."""
        self.rng, self.styles = random.Random(SEED), DATA["style"]
        self.forms: dict[str, str] = {}
        for register, block in DATA["forms"].items():
            texts = block.replace("\\\n", "").strip().split("\n\n")
            for at, text in enumerate(texts, 1):
                self.forms[f"{register}.{at:02}"] = text.replace("\\n", "\n")
        self.bags: dict[bool, list[str]] = {True: [], False: []}

    def deal(self, planting: bool) -> str:
        """The next form of the bag of planting or of neutral forms."""
        bag = self.bags[planting]
        if not bag:
            for name, form in self.forms.items():
                if plants(form) == planting:
                    rare = any("{" + key in form for key in LISTS["rare"])
                    bag.extend([name] * (2 if rare and planting else 1))
            self.rng.shuffle(bag)
        return bag.pop()

    def entry(self) -> Entry:
        """One text: a form, sometimes led by, followed by, or signed with another."""
        rng = self.rng
        planting = rng.random() >= 0.225
        name = self.deal(planting)
        register = name.split(".")[0]
        style = self.styles[register]
        chain = [(name, self.forms[name])]
        if rng.random() < style["more"]:
            kin = [
                key
                for key in self.forms
                if key.startswith(register + ".")
                and key != name
                and (planting or not plants(self.forms[key]))
            ]
            chain.insert(rng.randrange(2), (more := rng.choice(kin), self.forms[more]))
        second, middle = chain[-1][0], len(chain)
        for key, place in (("tail", middle), ("lead", 0)):
            ways = [way for way in style[key] if planting or not plants(way)]
            if rng.random() < style[f"{key}s"]:
                chain.insert(place, (f"{register}.{key}", rng.choice(ways)))
        parts: list[tuple[str, Piece]] = []
        for form, text in chain:
            if middle == 2 and form == second:
                parts.append((form, ("", rng.choice(style["join"]))))
            parts.extend((form, piece) for piece in pieces(Scene(rng), text))
        text, planted = "", []
        done = styled(rng, style, [piece for _, piece in parts])
        for (form, _), (kind, value) in zip(parts, done, strict=True):
            if kind:
                planted.append(Planted(kind, len(text), len(text) + len(value), form))
            text += value
        return Entry(text, tuple(planted))


def entries(count: int = ENTRIES) -> Iterator[Entry]:
    """The first `count` texts of the one sequence of this module."""
    writer = Writer()
    for _ in range(count):
        yield writer.entry()
