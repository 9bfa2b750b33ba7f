"""Tables and pages of the generated reference, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

HEAD = "<!-- Written by docs/generate.py from the code: change the code, then run `run.py fix`. -->"


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; a pipe or a line break inside a cell does not break it."""
    cells = [
        [str(cell).replace("|", "\\|").replace("\n", " ").strip() for cell in row] for row in rows
    ]
    titles = list(columns)
    lines = [titles, ["---"] * len(titles), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, introduction: str, *parts: str) -> str:
    """Return a whole page."""
    return "\n\n".join([HEAD, f"# {title}", introduction, *parts]) + "\n"


def both(texts: Mapping[str, str]) -> tuple[str, str]:
    """Return the French and the English text."""
    return texts["fr"], texts["en"]
