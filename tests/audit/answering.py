"""A process that writes lines and answers each on its output; run, and killed, by the tests."""

from __future__ import annotations

import sys
from pathlib import Path

from vigie.audit.line import Line
from vigie.audit.store import Audit
from vigie.base.clock import SystemClock
from vigie.base.settings import AuditSettings
from vigie.privacy.purposes import Purpose, Verb


def line(n: int) -> Line:
    return Line(n, Verb.COLLECT, "vigie", "system", Purpose.SOURCE_OPERATION, "facts", {"n": n})


def opened(folder: Path) -> Audit:
    return Audit.open(folder, settings=AuditSettings(), clock=SystemClock())


def main() -> None:
    audit = opened(Path(sys.argv[1]))
    for n in range(int(sys.argv[2]), int(sys.argv[3])):
        audit.append(line(n))
        print(n, flush=True)  # the answer: never before the line
    audit.close()


if __name__ == "__main__":
    main()
