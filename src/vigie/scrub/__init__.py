"""Free text on its way in: the kernel's rules and a tagger beside them (decision 0054)."""

from vigie.privacy.scrubber import CLASSES, PLACEHOLDERS, Scrubbed
from vigie.scrub.scrubber import Scrubber

__all__ = ["CLASSES", "PLACEHOLDERS", "Scrubbed", "Scrubber"]
