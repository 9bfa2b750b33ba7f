"""What is dear to work out and asked again and again, held for as long as its mark stands."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

MOST = 32
T = TypeVar("T")


class Held:
    """The latest answers, each by what was asked and the mark of what it was worked out from.

    Two who ask for the same at once may both work it out; nobody waits for another.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._held: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()

    def get(self, asked: Hashable, mark: Hashable, work_out: Callable[[], T]) -> T:
        """Return what is held for a question under this mark, else work it out and hold it.

        Args:
            asked: The question, whoever's rights it rests on among it.
            mark: Changes when the answer may.
            work_out: Gives the answer.
        """
        with self._guard:
            held = self._held.get(asked)
            if held is not None and held[0] == mark:
                self._held.move_to_end(asked)
                found: T = held[1]
                return found
        made = work_out()
        with self._guard:
            self._held[asked] = (mark, made)
            self._held.move_to_end(asked)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made
