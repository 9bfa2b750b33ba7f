"""Whole columns of free text through the kernel's scrubber."""

from __future__ import annotations

from vigie.intake.prepare import ScrubTexts
from vigie.privacy.scrubber import Scrubber


def scrub_with(scrubber: Scrubber) -> ScrubTexts:
    """Return what scrubs a list of texts: gives the texts and the passages removed from each."""

    def scrub(texts: list[str]) -> tuple[list[str], list[int]]:
        scrubbed = [scrubber.scrub(text) for text in texts]
        return [one.text for one in scrubbed], [sum(one.redactions.values()) for one in scrubbed]

    return scrub
