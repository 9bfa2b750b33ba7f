"""A run at the size of a test: every part, option and figure of a bench, but nothing to read off.

With ``VIGIE_SMALL`` in the environment no number that a bench is asked for, or takes unasked, is
above what the bench names beside it. Such a run tells that the bench works, and no more.
"""

from __future__ import annotations

import argparse
import os
from typing import TypeVar

T = TypeVar("T")
SMALL = os.environ.get("VIGIE_SMALL", "") not in {"", "0"}


def either(whole: T, small: T) -> T:
    """Return the first; in a small run the second."""
    return small if SMALL else whole


def sized(asked: argparse.Namespace, /, **most: float) -> argparse.Namespace:
    """Return what is asked for; in a small run no number is above these, and no list longer."""
    for name, limit in most.items() if SMALL else ():
        value = getattr(asked, name)
        if isinstance(value, str):
            value = ",".join(value.split(",")[: int(limit)])
        elif isinstance(value, list):
            value = value[: int(limit)]
        else:
            value = min(value, limit)
        setattr(asked, name, value)
    return asked
