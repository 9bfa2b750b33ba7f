"""Stages the story's brawl in the demonstration that the specs run against; prints what it is.

Usage: stage.py HOME PORT LON LAT VIEWER ...
"""  # noqa: INP001 -- a script beside the specs

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from vigie.base.logging import configure_logging
from vigie.jobs.staging import stage
from vigie.situation.home import open_home


def main(home: str, port: str, lon: str, lat: str, *viewers: str) -> None:
    """Stage it and say where and when, as JSON."""
    configure_logging(level="ERROR")  # the answer stands alone on the output
    with open_home(Path(home)) as opened:
        near = (float(lon), float(lat))
        found = stage(opened, f"http://127.0.0.1:{port}", near, viewers)
    sys.stdout.write(json.dumps(asdict(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
