"""The reference pages about sources: connectors, and what they make of public samples."""

from __future__ import annotations

import importlib
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markdown_pages import both, page, table

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "connectors" / "public"


def registry(package: str, kit: str) -> Mapping[str, Any]:
    """Return the plugins of a package by name, as its kit discovers them."""
    discover = importlib.import_module(f"vigie.{kit}").discover
    found: Mapping[str, Any] = discover(importlib.import_module(f"vigie.{package}"))
    return found


def connectors() -> str:
    """Every source format with the fields it reads."""
    parts = []
    for name, connector in registry("connectors", "intake.connector").items():
        french, english = both(connector.title)
        rows = [
            (
                f"`{field.name}`",
                field.privacy,
                "yes" if field.required else "",
                *both(field.meaning),
            )
            for field in connector.fields
        ]
        fields = table(("field", "privacy", "required", "français", "English"), rows)
        parts += [
            f"## {name}",
            (
                f"**{english}** ({french}). Gives {', '.join(connector.emits)}; files "
                f"{', '.join(f'`{suffix}`' for suffix in connector.suffixes)}; expected every "
                f"{connector.period_s:,} s."
            ),
            *([connector.reference] if connector.reference else []),
            fields if rows else "Its fields are those that the mapping file names.",
        ]
    introduction = (
        "A field that is not listed is counted and dropped. *personal* and *agent* fields are "
        "refused at the door; *free_text* is scrubbed and kept apart from facts."
    )
    return page("Connectors", introduction, *parts)


def samples() -> str:
    """What becomes of each public sample of other people's."""
    parts = []
    for path in sorted(SAMPLES.glob("*.toml")):
        told = tomllib.loads(path.read_text("utf-8"))
        rows = [
            (
                f"`{name}`",
                one["outcome"],
                ", ".join(f"{n} {kind}" for kind, n in one.get("records", {}).items()),
                one.get("reason", ""),
            )
            for name, one in sorted(told.items())
        ]
        counts = ", ".join(f"{n} {word}" for word, n in Counter(r[1] for r in rows).most_common())
        columns = ("sample", "outcome", "records", "reason")
        parts += [f"## {path.stem}", f"{len(rows)} files: {counts}.", table(columns, rows)]
    introduction = (
        "Messages that others published as samples of their formats, read by each connector and "
        "compared by a test where the files are at hand; none is part of this repository. "
        "*records*: gives records; *refused*: quarantined with the reason; *not_used*: read, "
        "counted, and left alone because nothing in it is for Vigie."
    )
    return page("Public samples", introduction, *parts)
