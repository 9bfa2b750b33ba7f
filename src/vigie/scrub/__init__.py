"""Free text on its way in: the kernel's rules and a tagger beside them (decision 0054)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.scrub.late import LateScrubber

if TYPE_CHECKING:
    from vigie.privacy.scrubber import CLASSES, PLACEHOLDERS, Scrubbed
    from vigie.scrub.scrubber import Scrubber

__all__ = ["CLASSES", "PLACEHOLDERS", "LateScrubber", "Scrubbed", "Scrubber"]


def __getattr__(name: str) -> Any:
    """Load the scrubber when it is asked for: its patterns take half a second to compile."""
    if name in __all__:
        from vigie.scrub import scrubber  # noqa: PLC0415 - that is what is late

        return getattr(scrubber, name)
    message = f"module 'vigie.scrub' has no attribute {name!r}"
    raise AttributeError(message)
