"""Mapping files: TOML beside the data, read when a feed is registered."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from vigie.base.errors import MappingInvalid


def read_mapping(path: Path) -> dict[str, Any]:
    """Return a mapping file's content.

    Raises:
        MappingInvalid: When it cannot be read as TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingInvalid(key=path.name, reason=str(error)) from error
