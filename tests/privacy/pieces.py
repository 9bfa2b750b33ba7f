"""Pieces of known texts put together anew: whatever comes of it, what a scrubber must keep to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from vigie.privacy.scrubber import PLACEHOLDERS, Scrubber


def pieces_of(texts: Sequence[str], most: int) -> st.SearchStrategy[str]:
    """Return words of one to ``most`` of some texts, in any order."""

    def joined(chosen: list[str]) -> st.SearchStrategy[str]:
        words = st.lists(st.sampled_from(" ".join(chosen).split(" ")), min_size=1, max_size=12)
        return st.builds(str.join, st.sampled_from([" ", "\n", ", ", "  "]), words)

    return st.lists(st.sampled_from(texts), min_size=1, max_size=most).flatmap(joined)


def scrubbed_once_for_all(scrubber: Scrubber, text: str) -> bool:
    """Say whether nothing is left to scrub, and all that stands is as it was, in its place."""
    once = scrubber.scrub(text)
    literals = re.split("|".join(map(re.escape, PLACEHOLDERS.values())), once.text)
    kept = re.fullmatch(".+?".join(map(re.escape, literals)), text, re.DOTALL)
    return kept is not None and scrubber.scrub(once.text).redactions == {}
