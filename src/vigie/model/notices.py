"""Notices and rejects: what is wrong with data, said as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from vigie.base.translations import translate

Severity = Literal["info", "warning", "error"]

REASONS_OF_LAW = frozenset(
    {
        "authorisation_expired",
        "forbidden_column",
        "group_too_small",
        "identifier_column",
        "media_refused",
        "no_legal_grant",
    }
)
"""Reasons for which a content may not be kept at all, not even in quarantine (TEL-2, DEM-1, HEA-1).

What is refused for one of them leaves its hash, its size and the reason; it cannot be tried again.
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark about data that did get in, or about a whole file.

    Attributes:
        code: Stable machine name with a text in ``base/messages.toml``.
        severity: ``info``, ``warning`` or ``error``.
        file: Name of the file or message.
        row: Row in the file, from 1; None for the whole file.
        count: How many rows it is about.
        params: Facts that the text shows; never personal data.
    """

    code: str
    severity: Severity = "warning"
    file: str = ""
    row: int | None = None
    count: int = 1
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str = "fr") -> str:
        """Return the notice in words."""
        return translate(self.code, language, **self.params)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row (or a whole file, ``row`` None) that cannot become a record: it goes to quarantine.

    Attributes:
        code: Reason, with a text in ``base/messages.toml``.
        row: Row in the file, from 1.
        params: Facts that the text shows.
        raw: The row as received, enough to try again; may hold personal data, so it stays in
            quarantine and expires there.
    """

    code: str
    row: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def of_law(self) -> bool:
        """Whether its content may not be kept."""
        return self.code in REASONS_OF_LAW

    def text(self, language: str = "fr") -> str:
        """Return the reason in words."""
        return translate(self.code, language, **self.params)


def count_by_code(notices: Iterable[Notice]) -> dict[str, int]:
    """Return how many rows each code is about, sorted by code."""
    counts: Counter[str] = Counter()
    for notice in notices:
        counts[notice.code] += notice.count
    return dict(sorted(counts.items()))
