"""What a connector keeps as data beside its module: code tables and its allow-list, in TOML.

``connectors/NAME.toml`` holds the tables; its ``[fields]``, one line a field, is the allow-list:
``name = { fr = …, en = …, privacy = …, required = … }``, the last two only where they are not
``none`` and ``false``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from vigie.intake.connector import Field


def read_tables(package: str, name: str) -> dict[str, Any]:
    """Return the tables in ``NAME.toml`` of a package."""
    return tomllib.loads(files(package).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def fields_of(tables: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the allow-list that a connector's tables hold under ``fields``."""
    return tuple(
        Field(
            name,
            {"fr": line["fr"], "en": line["en"]},
            line.get("privacy", "none"),
            line.get("required", False),
        )
        for name, line in tables["fields"].items()
    )
