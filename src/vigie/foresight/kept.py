"""What was worked out and stays true until something changes: a few values, each under a stamp."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")


class Kept:
    """Values by key, each with the stamp it was made under; the longest unused goes first.

    Args:
        most: How many values are kept.
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[Hashable, object]] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key made under this stamp, making it when there is none.

        Two threads that ask at once may both make it; neither waits for the other.
        """
        with self._guard:
            found = self._values.get(key)
            if found is not None and found[0] == stamp:
                self._values.move_to_end(key)
                return cast("T", found[1])
        made = make()
        with self._guard:
            self._values[key] = (stamp, made)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
