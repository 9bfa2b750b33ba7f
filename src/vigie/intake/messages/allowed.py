"""The allow-list of a message, applied to its tree before anybody looks at it.

What is not listed is removed and counted, what is listed as personal is removed and counted by its
listed name: no code that maps a message ever holds what the list does not let in (law, MIN-1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from vigie.intake.connector import Field, FieldPrivacy
from vigie.intake.messages.tree import TEXT, Tree
from vigie.model.notices import Notice

_REFUSED: tuple[FieldPrivacy, ...] = ("personal", "agent")
_PLAIN_NAME = re.compile(r"[A-Za-z_@#](?:[A-Za-z_@#:.-]|\d(?!\d{4})){0,79}")
_MOST_NAMES = 50
OTHER = "…"
"""Stands for names that are not shown: too many, too long, or like a number of somebody."""


@dataclass(slots=True)
class Stripped:
    """A tree that holds only what the list lets in.

    Attributes:
        tree: The rest.
        unknown: Removed because not listed, by path.
        personal: Removed because listed as personal, by listed name.
    """

    tree: Tree
    unknown: Counter[str] = field(default_factory=Counter)
    personal: Counter[str] = field(default_factory=Counter)

    def notices(self) -> list[Notice]:
        """Return the remarks: one per name, with how often."""
        said = (("unmapped_column", self.unknown), ("dropped_personal", self.personal))
        return [
            Notice(code, severity="info", count=count, params={"column": name})
            for code, counts in said
            for name, count in sorted(counts.items())
        ]


class AllowList:
    """Fields by path: names joined by dots, list positions left out.

    A listed path lets in everything beneath it; the longest listed path decides, so that
    ``location`` may pass while ``location.access`` is refused.
    """

    def __init__(self, fields: Iterable[Field]) -> None:
        self._privacy: dict[str, FieldPrivacy] = {one.name: one.privacy for one in fields}
        self._inner = {
            prefix
            for name in self._privacy
            for prefix in list(accumulate(name.split("."), "{}.{}".format))[:-1]
        }

        self._whole = {
            name
            for name, privacy in self._privacy.items()
            if privacy not in _REFUSED and name not in self._inner
        }

    def strip(self, tree: Tree) -> Stripped:
        """Return a tree without what is not listed; what passes whole is not copied."""
        stripped = Stripped(None)
        stripped.tree = self._walk(tree, "", "", stripped)
        return stripped

    def _walk(self, node: Tree, path: str, listed: str, out: Stripped) -> Tree:
        """Return what of a node passes; ``listed`` is the longest listed path above it."""
        if isinstance(node, list):
            return [
                self._walk(one, path, listed, out)
                for one in node
                if isinstance(one, dict | list) or self._passes(path, listed, one, out)
            ]
        if isinstance(node, dict):
            kept = {}
            for name, value in node.items():
                below = path if name == TEXT else f"{path}.{name}" if path else name
                if below in self._whole:
                    kept[name] = value
                    continue
                decides = below if below in self._privacy else listed
                if self._passes(below, decides, value, out):
                    kept[name] = self._walk(value, below, decides, out)
            return kept
        return node

    def _passes(self, path: str, decides: str, value: Tree, out: Stripped) -> bool:
        """Say whether a value passes, at least in part; counts it where it does not."""
        within = path in self._inner and isinstance(value, dict | list)
        if decides and self._privacy[decides] not in _REFUSED:
            return True
        if within:
            return True
        if value is None or value in ("", [], {}):
            return False
        if decides:
            out.personal[decides] += 1
        else:
            out.unknown[self._shown(path, out.unknown)] += 1
        return False

    @staticmethod
    def _shown(path: str, known: Counter[str]) -> str:
        """Return the path as it may be shown: a name can itself be personal."""
        full = len(known) >= _MOST_NAMES and path not in known
        return OTHER if full else plain_name(path)


def plain_name(name: str) -> str:
    """Return a name as it may be shown and kept: ``…`` for one that could itself be personal."""
    return name if _PLAIN_NAME.fullmatch(name) else OTHER
