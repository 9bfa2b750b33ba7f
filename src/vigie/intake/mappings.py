"""Mapping files: TOML beside the data; and what of a feed is registered from settings."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vigie.base.errors import MappingInvalid
from vigie.base.settings import Received
from vigie.intake.sources import SourceInfo


def read_mapping(path: Path) -> dict[str, Any]:
    """Return a mapping file's content.

    Raises:
        MappingInvalid: When it cannot be read as TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingInvalid(key=path.name, reason=str(error)) from error


def about_feed(
    said: Received, find: Callable[[str], SourceInfo | None]
) -> tuple[str, dict[str, Any] | None]:
    """Return the name of a feed, and what to register of it, or None where nothing changes.

    Args:
        said: What settings or a command say of it; what they do not say stays as it was.
        find: The feed of a name as it is registered.

    Raises:
        MappingInvalid: When its mapping file cannot be read.
    """
    mapping = read_mapping(Path(said.mapping)) if said.mapping else None
    name = said.source or str((mapping or {}).get("source") or said.connector)
    held = find(name)
    options = said.options or (dict(held.options) if held else {})
    if held is None or mapping or held.connector != said.connector:
        return name, {"mapping": mapping, "options": options}
    if options == held.options:
        return name, None
    kept = {"mapping": held.mapping, "period_s": held.period_s, "title": held.title}
    return name, {**kept, "options": options}
