"""JSON objects to columns: nested names joined by dots, one type for each column."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.intake.tabular.block import Block

_MAX_DEPTH = 6


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
"""Refuses NaN and Infinity, which are not JSON (RFC 8259)."""

JSON_ERRORS = (ValueError, RecursionError)


def flatten(values: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Return an object without nested objects: ``{"a": {"b": 1}}`` becomes ``{"a.b": 1}``.

    Lists, and objects nested too deep, become their JSON text.
    """
    flat: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            flat.update(flatten(value, f"{name}.", depth + 1))
        elif isinstance(value, dict | list):
            flat[name] = json.dumps(value, ensure_ascii=False)
        else:
            flat[name] = value
    return flat


def column_of(values: Sequence[Any]) -> pa.Array:
    """Return values as one Arrow array: of their own type when they share one, else as text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeError):
        return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).encode("utf-8", "replace").decode("utf-8")


def block_of(
    objects: Sequence[Mapping[str, Any]], rows: Sequence[int], raw: Callable[[int], bytes]
) -> Block:
    """Return a block of flat objects.

    Args:
        objects: One for each row; a key that a row lacks is null there.
        rows: Row numbers in the file, from 1.
        raw: Gives a row as a mini-payload.
    """
    names: dict[str, None] = {}
    for item in objects:
        names.update(dict.fromkeys(item))
    return Block(
        columns={name: column_of([item.get(name) for item in objects]) for name in names},
        rows=np.asarray(rows, np.int64),
        raw=raw,
        read=len(rows),
    )
