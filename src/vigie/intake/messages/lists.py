"""Code lists and allow-lists that stand in a TOML file beside their connector."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from vigie.intake.connector import Field


def read_lists(package: str, name: str) -> dict[str, Any]:
    """Return the lists of a file of a package."""
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))


def kinds_by_code(listed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Turn "kind: its codes" into "code: its kind"."""
    return {code: kind for kind, codes in listed.items() for code in codes}


def fields_of(
    listed: Mapping[str, Mapping[str, Sequence[Any]]], shared: Mapping[str, Sequence[str]]
) -> Iterator[Field]:
    """Yield the fields of an allow-list.

    Args:
        listed: By the path of the element they stand in, fields by name: French, English, and
            privacy unless that is ``none``.
        shared: Paths that one name of ``listed`` stands for, where several elements hold the
            same fields.
    """
    for stands_in, fields in listed.items():
        for prefix in shared.get(stands_in, (stands_in,)):
            for name, (fr, en, *privacy) in fields.items():
                yield Field(f"{prefix}.{name}" if prefix else name, {"fr": fr, "en": en}, *privacy)
