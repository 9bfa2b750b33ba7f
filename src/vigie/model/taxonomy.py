"""The tree of kinds: what a fact, a plan, a place or a means is.

The tree itself is data (``taxonomy.toml``). A kind is named by a dotted code; the part before the
last dot is its parent, the first segment its theme. Any kind may be used, not only leaves: a source
that says only "theft" gives ``offence.property.theft``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import NotFound

CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
FACT_THEMES = ("offence", "space", "road", "rescue", "health", "environment")
THEMES = (*FACT_THEMES, "event", "place", "means")


@dataclass(frozen=True, slots=True)
class Kind:
    """One node of the tree.

    Attributes:
        code: Dotted code, stored in records.
        parent: Code of the parent; ``None`` for a theme.
        theme: First segment of the code.
        fr: Label in French.
        en: Label in English.
    """

    code: str
    parent: str | None
    theme: str
    fr: str
    en: str

    def label(self, language: str = "fr") -> str:
        """Return the label; any language other than English gives French."""
        return self.en if language == "en" else self.fr


def parent_of(code: str) -> str | None:
    """Return the code of the parent, ``None`` for a theme."""
    head, dot, _ = code.rpartition(".")
    return head if dot else None


class Taxonomy:
    """A tree of kinds that cannot change once built."""

    def __init__(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        """Build the tree from ``code -> {fr, en}``, in the order shown to people.

        Raises:
            ValueError: When a code is malformed, a parent is missing, a theme is unknown or a
                label is empty.
        """
        self._kinds: dict[str, Kind] = {}
        for code, texts in labels.items():
            self._kinds[code] = _kind(code, texts)
        for kind in self._kinds.values():
            if kind.parent is not None and kind.parent not in self._kinds:
                msg = f"kind {kind.code} has no parent in the tree"
                raise ValueError(msg)
        self._children: dict[str | None, list[Kind]] = {}
        for kind in self._kinds.values():
            self._children.setdefault(kind.parent, []).append(kind)

    def get(self, code: str) -> Kind:
        """Return the kind of this code.

        Raises:
            NotFound: When no such kind exists.
        """
        kind = self.find(code)
        if kind is None:
            raise NotFound(f"kind {code}", what="kind", name=code)
        return kind

    def find(self, code: str) -> Kind | None:
        """Return the kind of this code, or ``None``."""
        return self._kinds.get(code)

    def children(self, code: str | None = None) -> tuple[Kind, ...]:
        """Return the children of a kind, in order; of ``None``, the themes."""
        return tuple(self._children.get(code, ()))

    def descendants(self, code: str) -> tuple[Kind, ...]:
        """Return the kind itself and every kind below it, in order.

        Raises:
            NotFound: When no such kind exists.
        """
        self.get(code)
        return tuple(kind for kind in self._kinds.values() if self.is_within(kind.code, code))

    def path(self, code: str) -> tuple[Kind, ...]:
        """Return the kinds from the theme down to this kind.

        Raises:
            NotFound: When no such kind exists.
        """
        walked = [self.get(code)]
        while walked[-1].parent is not None:
            walked.append(self.get(walked[-1].parent))
        return tuple(reversed(walked))

    @staticmethod
    def is_within(code: str, prefix: str) -> bool:
        """Say whether ``code`` is ``prefix`` or stands below it (by whole segments)."""
        return code == prefix or code.startswith(prefix + ".")

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code, in order."""
        return tuple(self._kinds)

    @cached_property
    def leaves(self) -> tuple[Kind, ...]:
        """Every kind without children, in order."""
        return tuple(kind for kind in self._kinds.values() if kind.code not in self._children)

    @cached_property
    def _value_set(self) -> pa.Array:
        return pa.array(self.codes, pa.string())

    def known_mask(self, codes: pa.Array | pa.ChunkedArray) -> pa.BooleanArray | pa.ChunkedArray:
        """Say of each code whether it is a kind; null is not.

        Args:
            codes: String array (dictionary arrays are decoded).

        Returns:
            A boolean array of the same length, without nulls.
        """
        if pa.types.is_dictionary(codes.type):
            codes = pc.cast(codes, codes.type.value_type)
        return pc.is_in(pc.cast(codes, pa.string()), value_set=self._value_set)

    def within_mask(
        self, codes: pa.Array | pa.ChunkedArray, prefix: str
    ) -> pa.BooleanArray | pa.ChunkedArray:
        """Say of each code whether it is ``prefix`` or a kind below it.

        Raises:
            NotFound: When ``prefix`` is no kind.
        """
        below = pa.array([kind.code for kind in self.descendants(prefix)], pa.string())
        return pc.is_in(pc.cast(codes, pa.string()), value_set=below)

    def __contains__(self, code: object) -> bool:
        return code in self._kinds

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def __len__(self) -> int:
        return len(self._kinds)


def _kind(code: str, texts: Mapping[str, str]) -> Kind:
    theme = code.partition(".")[0]
    if CODE.fullmatch(code) is None or theme not in THEMES:
        msg = f"malformed kind: {code}"
        raise ValueError(msg)
    fr, en = texts.get("fr", ""), texts.get("en", "")
    if not fr.strip() or not en.strip():
        msg = f"kind {code} lacks a French or an English label"
        raise ValueError(msg)
    return Kind(code=code, parent=parent_of(code), theme=theme, fr=fr, en=en)


def _read_labels() -> dict[str, dict[str, Any]]:
    """Return code -> labels of the file beside this module, in its order."""
    content = files("vigie.model").joinpath("taxonomy.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = tomllib.loads(content)["kinds"]
    return found


TAXONOMY = Taxonomy(_read_labels())
