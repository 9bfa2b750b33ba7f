"""Which kind of means suits which kind of situation: a small table, read strictly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from vigie.model.taxonomy import TAXONOMY


@cache
def table() -> Mapping[str, tuple[str, ...]]:
    """Return the kinds of means that suit each kind, as the table says them."""
    text = files("vigie.situation.act").joinpath("adequacy.toml").read_text(encoding="utf-8")
    return {kind: tuple(means) for kind, means in tomllib.loads(text).items()}


def suited(kind: str) -> tuple[str, tuple[str, ...]]:
    """Return the row that stands for a kind, and the means it names; empty where there is none."""
    known = table()
    parts = kind.split(".")
    for n in range(len(parts), 0, -1):
        row = ".".join(parts[:n])
        if row in known:
            return row, known[row]
    return "", ()


def suits(means_kind: str, named: tuple[str, ...]) -> bool:
    """Whether a means is of one of the kinds named, or a branch of it."""
    return any(TAXONOMY.is_within(means_kind, one) for one in named)
