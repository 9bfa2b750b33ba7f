"""A scrubber that is made when first used: its patterns take half a second to compile.

Most programs scrub nothing, and a server has its first answer to give before the first text comes;
it makes them ready in a thread then (``vigie.situation.pulse.warming``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vigie.privacy.scrubber import Scrubbed, Scrubber


class LateScrubber:
    """Takes personal data out of texts as ``Scrubber`` does, which it makes at the first text.

    Args:
        of: Classes to look for; all by default.
        but: Classes not to look for.
        tagged: Whether the tagger reads what the rules left; the kernel's rules alone otherwise.
    """

    def __init__(
        self, of: Iterable[str] = (), *, but: Iterable[str] = (), tagged: bool = False
    ) -> None:
        self._of, self._but, self._tagged = frozenset(of), frozenset(but), tagged

    @cached_property
    def _made(self) -> Scrubber:
        from vigie.privacy.scrubber import CLASSES, Scrubber  # noqa: PLC0415 - that is what is late

        classes = (self._of or frozenset(CLASSES)) - self._but
        if not self._tagged:
            return Scrubber(classes)
        from vigie.scrub.scrubber import Scrubber as WithTagger  # noqa: PLC0415 - as above

        return WithTagger(classes)

    def scrub(self, text: str) -> Scrubbed:
        """Return the text without the personal data found in it."""
        return self._made.scrub(text)

    def scrub_texts(self, texts: Iterable[str | None]) -> tuple[list[str | None], list[int]]:
        """Return the texts scrubbed and how many passages left each (a null stays null)."""
        return self._made.scrub_texts(texts)
