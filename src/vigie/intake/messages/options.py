"""Options of a feed as they were typed: what is not of the right sort counts as not given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def positive(options: Mapping[str, Any], name: str) -> float | None:
    """Return an option that is a finite number above zero, or None."""
    value = options.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value > 0 else None


def texts(options: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return an option that is a table, as texts by text; empty when it is none."""
    value = options.get(name)
    if not isinstance(value, Mapping):
        return {}
    return {str(key): str(one) for key, one in value.items()}
