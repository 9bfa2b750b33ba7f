"""Writing YAML that anybody can read: blocks, texts in JSON's quotes, several lines as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_LIKE_ANOTHER_TYPE = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_BREAKS = "\x7f-\x9f\u2028\u2029\ufeff"
"""What ends a line to a reader of YAML, or is not to be seen; JSON leaves it as it is."""
_PLAIN_LINES = re.compile(rf"[^\s\x00-\x1f{_BREAKS}][^\x00-\x09\x0b-\x1f{_BREAKS}]*\n")


def yaml_text(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return a document: what JSON could hold, in its order."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [line for key, one in value.items() for line in _under(f"{_key(key)}:", one)]
    return [line for one in value for line in _item(one)]


def _under(head: str, value: Any) -> list[str]:
    if _is_block(value):
        return [head, *(f"  {line}" for line in _lines(value))]
    if _is_text(value):
        lines = value.removesuffix("\n").split("\n")
        return [f"{head} |", *(f"  {line}" if line else "" for line in lines)]
    return [f"{head} {_scalar(value)}"]


def _item(value: Any) -> list[str]:
    if not _is_block(value):
        return [f"- {_scalar(value)}"]
    first, *others = _lines(value)
    return [f"- {first}", *(f"  {line}" if line else "" for line in others)]


def _is_block(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) and bool(value)


def _is_text(value: Any) -> bool:
    """Say whether a text has several lines, that a block can hold as they are."""
    return (
        isinstance(value, str)
        and "\n" in value.removesuffix("\n")
        and not value.endswith("\n\n")
        and _PLAIN_LINES.fullmatch(value) is not None
    )


def _key(key: str) -> str:
    bare = _BARE_KEY.fullmatch(key) and key.lower() not in _LIKE_ANOTHER_TYPE
    return key if bare else _scalar(key)


def _scalar(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return re.sub(f"[{_BREAKS}]", lambda found: f"\\u{ord(found[0]):04x}", told)
