"""What is loaded is left out of collections of garbage; what comes later is not."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import gc, json, weakref
from vigie.base.collecting import all_loaded

class Ring:
    def __init__(self):
        self.itself = self

told = {"before": gc.get_freeze_count()}
with all_loaded():
    told["within"] = gc.get_freeze_count()
    ring = weakref.ref(Ring())
    gc.collect()
    told["later_is_freed"] = ring() is None
    with all_loaded():
        told["again"] = gc.get_freeze_count() <= told["within"]
    told["still"] = gc.get_freeze_count() > 0
told["after"] = gc.get_freeze_count()
print(json.dumps(told))
"""


def test_what_was_there_is_not_looked_through_and_comes_back() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert told.pop("before") < told.pop("within")
    assert told == {"later_is_freed": True, "again": True, "still": True, "after": 0}
