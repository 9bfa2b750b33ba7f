"""The identifiers that a text names, in their one form: what a pseudonym can be made of (AIA-7).

They are found by the scrubber's own shapes, so that whoever is scrubbed out of a text can ask for
it. A number told in words is scrubbed and has no one form: it is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from vigie.privacy.patterns import SHAPES
from vigie.privacy.pseudonyms import Identifier, normalise
from vigie.privacy.shape import Shape

KINDS: Final[tuple[Identifier, ...]] = get_args(Identifier)
_OF: Final[dict[str, Identifier]] = {kind: kind for kind in KINDS}
_SHAPES = tuple(shape for shape in SHAPES if shape.name in _OF)


def identifiers_in(text: str) -> set[tuple[Identifier, str]]:
    """Return what a text names: kind and one form."""
    found: set[tuple[Identifier, str]] = set()
    for shape in _SHAPES:
        kind = _OF[shape.name]
        for passage in _passages(shape, text):
            one = normalise(kind, passage)
            if one is not None:
                found.add((kind, one))
    return found


def _passages(shape: Shape, text: str) -> Iterator[str]:
    """Yield the passages of a shape, read as ``Shape.replaced`` reads them."""
    keeps, at = "keep" in shape.pattern.groupindex, 0
    while (match := shape.pattern.search(text, at)) is not None:
        at = max(match.end(), at + 1)
        if shape.judge is None or shape.judge(match):
            end = match.end() if shape.reach is None else shape.reach(match)
            yield text[match.end("keep") if keeps else match.start() : end]
            at = max(end, match.start() + 1)
