"""The page of OWASP ASVS 5.0: each requirement of levels 1 and 2 with its state, from asvs.toml."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from markdown_pages import page, table

SOURCE = Path(__file__).resolve().with_name("asvs.toml")
STANDARD = "https://owasp.org/www-project-application-security-verification-standard/"
WORDS = {"pass": "pass", "none": "not applicable", "fail": "**fail**"}


def requirements() -> dict[str, dict[str, Any]]:
    """Return each requirement by its number, as told in the source."""
    found: dict[str, dict[str, Any]] = tomllib.loads(SOURCE.read_text("utf-8"))
    return found


def _shown(one: dict[str, Any]) -> str:
    return ", ".join(f"[{Path(path).name}](../../{path})" for path in one.get("by", ()))


def asvs() -> str:
    """Where Vigie stands on each requirement of OWASP ASVS 5.0, levels 1 and 2."""
    told = requirements()
    counts = Counter(one["state"] for one in told.values())
    rows = [
        (number, one["title"], WORDS[one["state"]], _shown(one) or one.get("why", ""))
        for number, one in told.items()
    ]
    introduction = (
        f"[OWASP ASVS 5.0]({STANDARD}) by its numbers; titles are ours, the texts of the standard "
        "(CC BY-SA 4.0) stand there. "
        f"{counts['pass']} pass, {counts['none']} do not apply, {counts['fail']} fail. Judged by "
        "whoever wrote the code, from code and tests; nobody else has verified it yet."
    )
    return page(
        "Security verification",
        introduction,
        table(("no.", "about", "state", "shown by, or why"), rows),
    )
