"""Log texts in forms the scrubber was not written against, and the measure of what it does to them.

Forms stand in ten files. The misses of three, ``unseen_tuned.toml``, ``unseen_own.toml`` (by the
hand that widened the rules) and ``unseen_read.toml`` (once the held-out half), were read while
rules were improved. ``unseen_former.toml`` and ``unseen_held.toml`` were each written afterwards,
from what logs look like, by somebody who had read neither the scrubber's rules nor any miss; they
are read since decision 0075.

``unseen_trial.toml`` and ``unseen_fresh.toml`` were written whole by the hand that then widened the
rules, before they were run on a line; their misses were read afterwards. So was
``unseen_wide.toml``, of papers, codes, accounts, plates and homes (decision 0055),
``unseen_broad.toml``, of every class, and ``unseen_late.toml``, of papers, plates, codes and homes
(decision 0069). Parts with a generator of their own stand in ``parts.py``, which says what of all
this is blind.

Texts are seeded: a release gives the same figures everywhere. Half of them carry the marks of
haste: capitals without accents, no capitals, typing errors around the values.
"""

from __future__ import annotations

import math
import random
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vigie.privacy.scrubber import PLACEHOLDERS

ENTRIES = 2_400
_Z = 1.959964
SEEDS = {
    "tuned": 4013,
    "own": 20611,
    "read": 9021,
    "former": 15373,
    "held": 27449,
    "trial": 31531,
    "fresh": 40013,
    "wide": 50023,
    "broad": 61027,
    "late": 72019,
}
STRUCTURED = tuple(kind for kind in PLACEHOLDERS if kind != "name")
MONTHS = [
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
_MARK = re.compile(r"<(\w*)\|([^>]*)>")
_SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[^\W_]+")
_PLACE = re.compile("|".join(re.escape(mark) for mark in PLACEHOLDERS.values()))
_KIND_OF = {mark: kind for kind, mark in PLACEHOLDERS.items()}


@dataclass(frozen=True, slots=True)
class Planted:
    """A personal value in a text: its class (empty: may go or stay), and where it stands."""

    kind: str
    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A text of a log and what is personal in it."""

    text: str
    planted: tuple[Planted, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a number of cases, with its 95 % Wilson interval."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """The share; None of nothing."""
        return round(self.hits / self.of, 4) if self.of else None

    def __str__(self) -> str:
        """``0.984 [0.961, 0.994] of 214``."""
        if not self.of:
            return "-"
        rate, spread = self.hits / self.of, _Z**2 / self.of
        middle = (rate + spread / 2) / (1 + spread)
        half = _Z * math.sqrt(rate * (1 - rate) / self.of + spread / self.of / 4) / (1 + spread)
        low, high = max(middle - half, 0), min(middle + half, 1)
        return f"{rate:.3f} [{low:.3f}, {high:.3f}] of {self.of}"


@dataclass(slots=True)
class Score:
    """What a scrubber did to entries, by class."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str, str, str]] = field(default_factory=list)
    false: list[tuple[str, str, str]] = field(default_factory=list)
    words: int = 0
    lost: int = 0


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _groups(text: str, size: int, gap: str) -> str:
    return gap.join(text[i : i + size] for i in range(0, len(text), size))


def _iban(chance: random.Random, country: str, length: int) -> str:
    account = _digits(chance, length) if country != "IT" else "X" + _digits(chance, length - 1)
    number = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


def _card(chance: random.Random, start: str, length: int) -> str:
    digits = start + _digits(chance, length - len(start) - 1)
    total = 0
    for place, sign in enumerate(reversed(digits)):
        doubled = int(sign) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 * (doubled > 9)
    return digits + str(-total % 10)


def _nir(chance: random.Random, department: str) -> tuple[str, ...]:
    year, month = f"{chance.randrange(40, 100)}", f"{chance.randrange(1, 13):02d}"
    parts = (chance.choice("12"), year, month, department)
    parts += (f"{chance.randrange(1, 990):03d}", f"{chance.randrange(1, 999):03d}")
    number = int("".join(parts).replace("2A", "19").replace("2B", "18"))
    return (*parts, f"{97 - number % 97:02d}")


def _number(chance: random.Random, slot: str) -> str:
    """Return a number with its check digits: ``nir_compact``, ``iban_de``, ``card_amex`` …"""
    kind, _, way = slot.partition("_")
    if kind == "nir":
        parts = _nir(
            chance, chance.choice(["2A", "2B"] if way == "corsica" else ["13", "99", "75"])
        )
        parts = parts[:-1] if "nokey" in way else parts
        return {"dots": ".", "dashes": "-"}.get(way, "" if "compact" in way else " ").join(parts)
    if kind == "iban":
        lengths = {"de": 18, "it": 23, "es": 20, "be": 12}
        value = _iban(chance, way.upper() if way in lengths else "FR", lengths.get(way, 23))
        gap = {"compact": "", "low": "", "dashes": "-"}.get(way, " ")
        value = _groups(value, 4, gap)
        return value.lower() if way == "low" else value
    if way == "amex":
        value = _card(chance, "37", 15)
        return f"{value[:4]} {value[4:10]} {value[10:]}"
    value = _card(chance, chance.choice(["4", "53"]), 16)
    return _groups(value, 4, {"compact": "", "dashes": "-"}.get(way, " "))


class Forms:
    """The forms of one half, and the values that fill them."""

    def __init__(self, half: str) -> None:
        path = Path(__file__).with_name(f"unseen_{half}.toml")
        self._lists: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.forms = self._lists["forms"]
        self.negatives = self._lists["negatives"]
        self._by_kind: dict[str, list[str]] = {}
        for form in self.forms:
            kinds = [found for found, _ in _MARK.findall(form) if found]
            self._by_kind.setdefault(kinds[0], []).append(form)

    def pick(self, chance: random.Random) -> str:
        """Return a form: names as often as half of the rest, each class of the rest alike."""
        kinds = sorted(self._by_kind)
        weights = [6 if kind == "name" else 2 if kind == "agent" else 1 for kind in kinds]
        return chance.choice(self._by_kind[chance.choices(kinds, weights)[0]])

    def fill(self, chance: random.Random, text: str, kind: str) -> str:
        """Return a part of a form with its slots, digits, letters and dates filled."""

        def slot(found: re.Match[str]) -> str:
            base, _, low = found[1].partition("_")
            if found[1] in self._lists and "_" in found[1]:
                base, low = found[1], ""
            elif base in ("nir", "iban", "card"):
                return _number(chance, found[1])
            if base == "initial":
                return chance.choice("ABDFJKLMNPRSY")
            value = chance.choice(self._lists[base.lower()])
            if "{" in value:  # a shape, filled in its turn
                return value
            if kind == "email" or (low and kind == "handle"):
                joined = re.sub(r"[ '-]", "", _plain(value).replace("æ", "ae"))
                return joined.lower() if low else joined.upper()
            return value.lower() if low else value.upper() if base.isupper() else value

        while _SLOT.search(text):
            text = _SLOT.sub(slot, text)
        if kind == "birth_date":
            text = _dates(chance, text)
        text = re.sub("#+", lambda run: _run(chance, len(run[0])), text)
        return re.sub("§", lambda _: chance.choice("ABCDEFGHJKLMNPQRSTVWXYZ"), text)


def _run(chance: random.Random, length: int) -> str:
    return str(chance.randrange(1, 10)) + _digits(chance, length - 1)


def _dates(chance: random.Random, text: str) -> str:
    year = str(chance.randrange(1938, 2012))
    for slot, value in (
        ("MONTH", chance.choice(MONTHS)),
        ("YYYY", year),
        ("YY", year[2:]),
        ("MM", f"{chance.randrange(1, 13):02d}"),
        ("DD", f"{chance.randrange(1, 29):02d}"),
        ("##D", f"{chance.randrange(10, 29)}"),
    ):
        text = text.replace(slot, value)
    return text


def _typed(chance: random.Random, text: str) -> str:
    """Return a neutral passage with, now and then, a letter doubled, dropped or swapped."""
    if len(text) < 12 or chance.random() > 0.12:
        return text
    place = chance.randrange(3, len(text) - 3)
    left, sign, right = text[:place], text[place], text[place + 1 :]
    if not sign.isalpha():
        return text
    return chance.choice(
        [left + sign + sign + right, left + right, left + right[:1] + sign + right[1:]]
    )


def _sentence(
    forms: Forms, chance: random.Random, form: str, negative: bool
) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    done = 0
    for mark in _MARK.finditer(form):
        pieces.append(("", forms.fill(chance, form[done : mark.start()], "")))
        pieces.append((mark[1] or "free", forms.fill(chance, mark[2], mark[1])))
        done = mark.end()
    rest = form[done:]
    pieces.append(("", _typed(chance, rest) if negative else rest))
    return pieces


def style(chance: random.Random) -> Callable[[str], str]:
    """Return how one hand writes: as it should be, all in capitals, without capitals or accents."""
    return chance.choices(
        [str, lambda text: _plain(text).upper(), str.lower, _plain], [60, 16, 12, 12]
    )[0]


def entry(forms: Forms, chance: random.Random, form: str | None) -> Entry:
    """Return a text: one or two forms (or none) among neutral sentences, in one hand's style."""
    wanted = [form] if form else []
    if form and chance.random() < 0.3:
        wanted.append(forms.pick(chance))
    blocks = [(text, False) for text in wanted]
    count = chance.randrange(0, 3) if form else chance.randrange(1, 4)
    blocks += [(text, True) for text in chance.sample(forms.negatives, count)]
    chance.shuffle(blocks)
    styled = style(chance)
    text, planted = "", []
    for block, negative in blocks:
        text += chance.choice([". ", ", ", " ; ", " - ", "\n", " / "]) if text else ""
        for kind, piece in _sentence(forms, chance, block, negative):
            shown = styled(piece)
            if kind:
                planted.append(Planted(kind, len(text), len(text) + len(shown), block))
            text += shown
    return Entry(text, tuple(planted))


def entries(half: str, count: int = ENTRIES) -> Iterator[Entry]:
    """Give the texts of a half: every form at least once, a quarter with nothing personal."""
    forms, chance = Forms(half), random.Random(SEEDS[half])
    for place in range(count):
        if place < len(forms.forms):
            yield entry(forms, chance, forms.forms[place])
        else:
            yield entry(forms, chance, None if chance.random() < 0.25 else forms.pick(chance))


def taken(text: str, clean: str) -> list[tuple[int, int, str]]:
    """Return what a scrubbing took away: start, end and class of each passage."""
    marks = _PLACE.findall(clean)
    literals = [re.escape(part) for part in _PLACE.split(clean)]
    found = re.fullmatch("(.+?)".join(literals), text, re.DOTALL)
    if found is None:
        msg = f"not a scrubbing of its text: {clean!r}"
        raise ValueError(msg)
    return [(*found.span(place), _KIND_OF[mark]) for place, mark in enumerate(marks, 1)]


def measure(texts: Iterator[Entry], scrub: Callable[[str], str]) -> Score:
    """Return how often values went whole, and how often what went was personal.

    A structured value is found when no letter and no digit of it is left; a name when no word of
    three letters is (of two, in a name that has none of three). A mark is right
    when it touches a personal value (whatever its class).
    """
    score = Score()
    for one in texts:
        clean = scrub(one.text)
        spans = taken(one.text, clean)
        gone = {place for start, end, _ in spans for place in range(start, end)}
        for value in one.planted:
            if value.kind == "free":
                continue
            words = list(_WORD.finditer(one.text, value.start, value.end))
            longest = max(len(word[0]) for word in words)
            least = min(3, longest) if value.kind in ("name", "agent") else 1
            left = [
                word
                for word in words
                if len(word[0]) >= least and not gone.issuperset(range(*word.span()))
            ]
            score.planted[value.kind] += 1
            score.found[value.kind] += not left
            if left:
                score.misses.append((value.kind, value.form, one.text, clean))
        _precision(score, one, spans)
    return score


def _precision(score: Score, one: Entry, spans: list[tuple[int, int, str]]) -> None:
    personal = {place for value in one.planted for place in range(value.start, value.end)}
    gone: set[int] = set()
    for start, end, kind in spans:
        gone.update(range(start, end))
        right = not personal.isdisjoint(range(start, end))
        score.marks[kind] += 1
        score.right[kind] += right
        if not right:
            score.false.append((kind, one.text[start:end], one.text))
    for word in _WORD.finditer(one.text):
        place = range(*word.span())
        if personal.isdisjoint(place):
            score.words += 1
            score.lost += not gone.isdisjoint(place)


def rows(score: Score) -> list[tuple[str, Share, Share]]:
    """Return recall and precision of each class, and of the structured classes together.

    Agents' names are planted as a class of their own; a mark does not tell whose name it was.
    """
    names = ("name", "agent", *STRUCTURED)
    told = [
        (
            name,
            Share(score.found[name], score.planted[name]),
            Share(score.right[name], score.marks[name]),
        )
        for name in names
    ]
    together = (
        "structured",
        Share(*(sum(count[name] for name in STRUCTURED) for count in (score.found, score.planted))),
        Share(*(sum(count[name] for name in STRUCTURED) for count in (score.right, score.marks))),
    )
    return [*told, together]
