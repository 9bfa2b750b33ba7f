"""What is loaded is left out of collections of garbage; what comes later is not."""

from __future__ import annotations

import gc
import weakref

from vigie.base.collecting import all_loaded


class Ring:
    """An object that only a collection frees: it holds itself."""

    def __init__(self) -> None:
        self.self = self


def test_what_was_there_is_not_looked_through_and_comes_back() -> None:
    before = gc.get_freeze_count()
    with all_loaded():
        assert gc.get_freeze_count() > before + 1_000
        there = gc.get_freeze_count()
        ring = weakref.ref(Ring())
        gc.collect()
        assert ring() is None, "what came later is freed"
        assert gc.get_freeze_count() <= there
    assert gc.get_freeze_count() == 0
