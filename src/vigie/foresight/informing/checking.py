"""What may be told in public: texts without persons or small figures, codes, places, hours, panels.

Nothing here reads or writes. Everything that cannot stand is told at once, field by field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.foresight.entry import Remark, invalid
from vigie.foresight.informing.message import CODES, Message, Ring
from vigie.foresight.plans import DAY_US, SECOND_US
from vigie.intake.messages.titles import holds_person

LONGEST = {
    "title_fr": 100,
    "title_en": 100,
    "text_fr": 1_500,
    "text_en": 1_500,
    "advice_fr": 800,
    "advice_en": 800,
}
MOST_STREETS, LONGEST_STREET, LONGEST_LINE = 12, 80, 200
PANEL_SIGNS = "iso8859-15"
"""Signs that street panels can show (EN 12966 leaves the font to the maker; all have Latin-9)."""

_ABOUT = re.compile(r"((plan|alert):[A-Za-z0-9._:-]{1,80})?")
_NUMBERS = (
    *("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("two", "three", "four", "five", "seven", "eight", "nine", "ten"),
)
_VALUES = {
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "sept": 7,
    "huit": 8,
    "neuf": 9,
    "dix": 10,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_COUNTED = (
    r"(?:personne|victime|bless[ée]|mort|d[ée]c[èe]s|d[ée]c[ée]d[ée]|interpellation|interpell[ée]"
    r"|arrestation|vol|agression|plainte|fait|cas|mineur|enfant|adulte|homme|femme|jeune|suspect"
    r"|individu|habitant|r[ée]sident|malade|disparu|tu[ée]|auteur|incident|infraction|d[ée]lit"
    r"|person|people|victim|injured|wounded|dead|death|arrest|theft|robber(?:y|ie)|assault"
    r"|complaint|case|minor|child(?:ren)?|adult|m[ae]n|wom[ae]n|resident|offence|burglar(?:y|ie))"
)
_FIGURE = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(_NUMBERS)})\s+(?:[^\W\d_]+\s+){{0,2}}?{_COUNTED}(?:e?s)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a home lets a message be.

    Attributes:
        longest_days: Days from now until a message is over, at most.
        panel_lines: Lines of a street panel.
        panel_characters: Characters of a line.
        least: Least count of persons or facts that may be told.
    """

    longest_days: int
    panel_lines: int
    panel_characters: int
    least: int


@dataclass(frozen=True, slots=True)
class Where:
    """A place that was looked up: what ``geography.place_of`` returns.

    Attributes:
        words: Where, in words.
        rings: Where, drawn.
        faults: What cannot stand of what was asked.
    """

    words: str
    rings: tuple[Ring, ...] = ()
    faults: tuple[Remark, ...] = ()


@dataclass(slots=True)
class _Checks:
    values: Mapping[str, Any]
    bounds: Bounds
    at_us: int
    faults: list[Remark] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    def refuse(self, name: str, code: str, **params: Any) -> None:
        self.faults.append(Remark(name, code, params))

    def text(self, name: str, value: Any, most: int) -> str:
        """Return a text in one line of printable signs that tells of no person and no few."""
        if not isinstance(value, str) or len(value) > most:
            self.refuse(name, "entry_long", most=most)
            return ""
        clean = " ".join(value.split())
        if not clean.isprintable():
            self.refuse(name, "inform_sign")
        elif holds_person(clean):
            self.refuse(name, "inform_person")
        else:
            few = small_figure(clean, self.bounds.least)
            if few:
                self.refuse(name, "inform_few", figure=few, least=self.bounds.least)
        return clean

    def texts(self) -> None:
        for name, most in LONGEST.items():
            self.kept[name] = self.text(name, self.values.get(name, ""), most)
            if not self.kept[name] and not name.startswith("advice"):
                self.refuse(name, "entry_required")
        said = [name for name in ("advice_fr", "advice_en") if self.kept[name]]
        if len(said) == 1:
            missing = "advice_en" if said == ["advice_fr"] else "advice_fr"
            self.refuse(missing, "entry_required")

    def codes(self) -> None:
        for name, known in CODES.items():
            value = self.values.get(name, "None" if name == "response" else "")
            if value not in known:
                self.refuse(name, "inform_code", value=str(value)[:40], known=", ".join(known))
            self.kept[name] = value

    def times(self) -> None:
        onset, expires = self.values.get("onset_us"), self.values.get("expires_us")
        if type(expires) is not int:
            self.refuse("expires_us", "entry_required")
            return
        onset = self.at_us if onset is None else onset
        if type(onset) is not int:
            self.refuse("onset_us", "entry_instant")
            return
        onset, expires = (one // SECOND_US * SECOND_US for one in (onset, expires))
        last = self.at_us + self.bounds.longest_days * DAY_US
        if expires <= max(self.at_us, onset):
            self.refuse("expires_us", "entry_ends_before")
        elif expires > last:
            days = self.bounds.longest_days
            self.refuse("expires_us", "inform_far", days=days, last=to_rfc3339(last))
        self.kept |= {"onset_us": onset, "expires_us": expires}

    def panel(self) -> None:
        lines = self.values.get("panel", ())
        most, wide = self.bounds.panel_lines, self.bounds.panel_characters
        if not isinstance(lines, list | tuple) or len(lines) > most:
            self.refuse("panel", "inform_panel", lines=most, characters=wide)
            return
        said = [self.text("panel", line, LONGEST_LINE) for line in lines]
        kept = [line.upper() for line in said]
        if any(len(line) > wide for line in kept):
            self.refuse("panel", "inform_panel", lines=most, characters=wide)
        for line in kept:
            if line.encode(PANEL_SIGNS, "ignore").decode(PANEL_SIGNS) != line:
                self.refuse("panel", "inform_sign")
        wholes = (" ".join(said), "".join(said))  # a line may break in the middle of a word
        if len(said) > 1 and any(holds_person(one) for one in wholes):
            self.refuse("panel", "inform_person")
        if len(said) > 1 and (few := small_figure(wholes[0], self.bounds.least)):
            self.refuse("panel", "inform_few", figure=few, least=self.bounds.least)
        self.kept["panel"] = tuple(kept) if any(kept) else ()

    def streets(self) -> None:
        streets = self.values.get("streets", ())
        if not isinstance(streets, list | tuple) or len(streets) > MOST_STREETS:
            self.refuse("streets", "entry_many", most=MOST_STREETS)
            return
        kept = [self.text("streets", one, LONGEST_STREET) for one in streets]
        self.kept["streets"] = tuple(one for one in kept if one)

    def about(self) -> None:
        about = self.values.get("about", "")
        if not isinstance(about, str) or _ABOUT.fullmatch(about) is None:
            self.refuse("about", "inform_about")
        self.kept["about"] = about


def small_figure(text: str, least: int) -> str:
    """Return the first count of persons or facts in a text that is below the least; empty for none.

    « 3 blessés », « deux interpellations », "4 people". One of something (« une personne ») is no
    count: advice speaks so.
    """
    for found in _FIGURE.finditer(text):
        word = found[1].lower()
        n = int(word) if word.isdigit() else _VALUES[word]
        if 0 < n < least:
            return found[0]
    return ""


def check(values: Mapping[str, Any], where: Where, bounds: Bounds, at_us: int) -> Message:
    """Return the message that values make.

    Args:
        values: Fields of ``Message``; ``place`` and ``rings`` come from ``where`` alone.
        where: The place that was looked up for them.
        bounds: What the home allows.
        at_us: Now, epoch µs.

    Raises:
        EntryInvalid: When a field cannot stand; ``errors`` names each.
    """
    checks = _Checks(values, bounds, at_us)
    checks.texts()
    checks.codes()
    checks.times()
    checks.panel()
    checks.streets()
    checks.about()
    checks.faults += where.faults
    if not where.words and not where.faults:
        checks.refuse("zone", "inform_nowhere")
    if checks.faults:
        raise invalid(checks.faults)
    zone = values.get("zone", "")
    return Message(**checks.kept, zone=zone, place=where.words, rings=where.rings)
