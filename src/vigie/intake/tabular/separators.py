"""Which separator a delimited file uses: the stated one unless the bytes plainly say another."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Sequence

CANDIDATES = (";", ",", "\t", "|")
_SAMPLE_ROWS = 60


def read_rows(text: str, separator: str, limit: int = _SAMPLE_ROWS) -> list[list[str]]:
    """Return the first rows of a text, blank ones left out; what cannot be read ends the list."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) == limit:
                break
    except csv.Error:
        return rows
    return rows


def _score(rows: Sequence[Sequence[str]], known: Collection[str]) -> tuple[int, float, int]:
    """Rate a reading: known columns in the header, share of rows as wide as it, its width."""
    if not rows:
        return 0, 0.0, 0
    header = [clean_name(name) for name in rows[0]]
    wanted = {clean_name(name) for name in known}
    widths = Counter(len(row) for row in rows[1:])
    same = widths[len(header)] / max(1, len(rows) - 1)
    width = len(header)
    return sum(name in wanted for name in header), same if width > 1 else 0.0, width


def choose_separator(
    head: str, stated: str | None, known: Collection[str] = ()
) -> tuple[str, str | None]:
    """Return the separator to read with and, when it is not the stated one, that one to report.

    Args:
        head: Beginning of the file.
        stated: Separator the mapping or the format names; None to sniff.
        known: Column names that the reader is looking for; they decide first.

    Returns:
        ``(separator, found)`` where ``found`` is None unless a stated separator was overruled.
    """
    scores = {
        separator: _score(read_rows(head, separator), known)
        for separator in dict.fromkeys((*([stated] if stated else []), *CANDIDATES))
    }
    if stated is None:
        best = max(CANDIDATES, key=lambda separator: scores[separator])
        return (best, None) if scores[best][2] > 1 else (",", None)
    own = scores[stated]
    best = max(scores, key=lambda separator: scores[separator])
    lost = own[2] <= 1 or (own[0] == 0 and scores[best][0] > 0)
    if best != stated and lost and scores[best][2] > 1 and scores[best][0] >= own[0]:
        return best, best
    return stated, None


def clean_name(name: str) -> str:
    """Return a column name as it is compared: no blanks or mark around it, no case."""
    return name.strip("\ufeff \t\r\n\u00a0").casefold()


def show(separator: str) -> str:
    """Return a separator in a form that can be seen."""
    return {"\t": "tab"}.get(separator, separator)


def unique_names(header: Sequence[str]) -> list[str]:
    """Return column names without blanks around them, made distinct; an empty one gets a number."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for position, raw in enumerate(header, start=1):
        name = raw.strip("\ufeff \t\r\n\u00a0") or f"column_{position}"
        seen[name] += 1
        while seen[name] > 1:
            name = f"{name}_{seen[name]}"
            seen[name] += 1
        names.append(name)
    return names
