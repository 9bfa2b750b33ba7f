"""The end of the story: a copy of the home, its clock moved beyond every term of what is personal.

Copied while it is served and put back beside it, as a copy is; then what is past its term goes by
the run that does so every day. Prints what was there, what is left, and whether the proofs hold.

Usage: term.py HOME WORK PACKAGE DAYS
"""  # noqa: INP001 -- a script beside the specs

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from vigie.audit.verification import verify as verify_audit
from vigie.base.clock import FixedClock, SystemClock
from vigie.base.logging import configure_logging
from vigie.inquiry.verify_evidence import verify as verify_package
from vigie.jobs.copies.putting_back import put_back
from vigie.jobs.copies.shelf import Shelf
from vigie.jobs.copies.taking import take_copy
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home

OLD_FEEDS = ("traffic_accidents",)
"""Published files of the State, without a person in them: ten years from their receipt."""


def left(home: Home) -> dict[str, int]:
    """Count what is personal, and facts that are not from a published file."""
    sources = home.lake.scan("facts", columns=["source"]).column("source").to_pylist()
    return {
        "facts": sum(source not in OLD_FEEDS for source in sources),
        "texts": home.lake.narratives.count(),
        "cases": len(home.desk.case_acts.all_cases()),
    }


def main(home: str, work: str, package: str, days: str) -> None:
    """Copy, put back, let the time pass, and say what is left."""
    configure_logging(level="ERROR")  # the answer stands alone on the output
    folder = Path(work)
    later = FixedClock(SystemClock().now() + timedelta(days=int(days)))
    with open_home(Path(home)) as opened:
        before, key = left(opened), str(opened.audit.public_key)
        take_copy(opened, folder / "copies", who="story", keys_to=folder / "keys")
    put_back(
        Shelf(folder / "copies"), folder / "later", SystemClock(), who="story", keys=folder / "keys"
    )
    with open_home(folder / "later", clock=later) as opened:
        erased = opened.retention.run(by=Caller("story", "dpo")).erased
        after, audit = left(opened), verify_audit(opened.audit)
    told = verify_package(Path(package), key)
    said = {"sound": audit.sound, "lines": audit.lines, "shredded": audit.shredded}
    found = {"before": before, "after": after, "erased": erased, "audit": said, "package": told}
    sys.stdout.write(json.dumps(found, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
