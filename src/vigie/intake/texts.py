"""Whole columns of free text through the kernel's scrubber."""

from __future__ import annotations

from vigie.intake.prepare import ScrubTexts
from vigie.privacy.scrubber import Scrubber


def scrub_with(scrubber: Scrubber) -> ScrubTexts:
    """Return what scrubs a list of texts: gives the texts and the passages removed from each."""

    def scrub(texts: list[str]) -> tuple[list[str], list[int]]:
        cleaned, counts = scrubber.scrub_texts(texts)
        return [text or "" for text in cleaned], counts

    return scrub
