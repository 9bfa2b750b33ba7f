"""The scrubber: takes personal data out of French free text before anything is kept.

Logs hold what agents typed: names, phones, plates (law reference PM-3, and the vendor's own remark
on free-text fields). The scrubber replaces each passage by its class in brackets, ``[nom]``. It is
rules, not a model: it works anywhere, gives the same answer every time, and can be read.

It does not find everything, and says so: ``tests/privacy`` gives its recall and precision on texts
written apart from it. It is one layer; free text stays out of the analytic plane, scrubbed or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from vigie.privacy.names import name_spans
from vigie.privacy.patterns import SHAPES

PLACEHOLDERS = MappingProxyType(
    {
        "name": "[nom]",
        "phone": "[téléphone]",
        "plate": "[plaque]",
        "email": "[courriel]",
        "nir": "[NIR]",
        "iban": "[IBAN]",
        "card": "[carte]",
        "document": "[pièce]",
        "address": "[adresse]",
        "birth_date": "[naissance]",
        "code": "[code]",
        "handle": "[compte]",
    }
)
"""What stands for each class of passage; short French words, the language of the texts."""

CLASSES = tuple(PLACEHOLDERS)
_DIGIT = re.compile("[0-9]")
_BLANKS = str.maketrans("\n\r\t\u00a0", "    ")


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A text without the passages found.

    Attributes:
        text: The text; identical to the original when nothing was found.
        redactions: How many passages of each class were replaced; classes with none are absent.
    """

    text: str
    redactions: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many passages were replaced."""
        return sum(self.redactions.values())


class Scrubber:
    """Takes personal data out of texts.

    Args:
        classes: Classes to look for (keys of ``PLACEHOLDERS``); all by default.

    Raises:
        ValueError: When a class does not exist.
    """

    def __init__(self, classes: Iterable[str] = CLASSES) -> None:
        wanted = frozenset(classes)
        unknown = wanted - PLACEHOLDERS.keys()
        if unknown:
            msg = f"no such classes: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        self._shapes = tuple(shape for shape in SHAPES if shape.name in wanted)
        self._words = sorted({word for shape in self._shapes for word in shape.words})
        self._without_digits = tuple(shape for shape in self._shapes if shape.digits == 0)
        self._names = "name" in wanted

    def scrub(self, text: str) -> Scrubbed:
        """Return the text without the personal data found in it.

        Scrubbing the result again changes nothing: passes are made until one finds nothing. There
        are few: each takes away characters and no mark is ever read as personal.
        """
        redactions: dict[str, int] = {}
        cleaned = self._pass(text, redactions)
        while cleaned != text:
            text, cleaned = cleaned, self._pass(cleaned, redactions)
        return Scrubbed(text, redactions)

    def scrub_texts(self, texts: Iterable[str | None]) -> tuple[list[str | None], list[int]]:
        """Return the texts scrubbed and how many passages left each (a null stays null).

        Equal texts are read once.
        """
        seen: dict[str | None, tuple[str | None, int]] = {None: (None, 0)}
        cleaned: list[str | None] = []
        counts: list[int] = []
        for text in texts:
            known = seen.get(text)
            if known is None:
                done = self.scrub(text or "")
                known = seen[text] = (done.text, done.total)
            cleaned.append(known[0])
            counts.append(known[1])
        return cleaned, counts

    def _pass(self, text: str, redactions: dict[str, int]) -> str:
        low = f" {text.lower()} ".translate(_BLANKS)
        heard = {word for word in self._words if word in low}
        digits = len(_DIGIT.findall(text))
        for shape in self._shapes if digits else self._without_digits:
            if shape.may_stand_in(text, heard, digits):
                text, count = shape.replaced(text, PLACEHOLDERS[shape.name])
                if count:
                    redactions[shape.name] = redactions.get(shape.name, 0) + count
        return self._without_names(text, redactions) if self._names else text

    def _without_names(self, text: str, redactions: dict[str, int]) -> str:
        spans = name_spans(text)
        if not spans:
            return text
        pieces: list[str] = []
        done = 0
        for start, end in spans:
            pieces += (text[done:start], PLACEHOLDERS["name"])
            done = end
        redactions["name"] = redactions.get("name", 0) + len(spans)
        return "".join(pieces) + text[done:]
