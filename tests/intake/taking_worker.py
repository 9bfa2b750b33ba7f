"""A host that takes messages and processes none: run alone, to be killed.

    taking_worker.py FOLDER SETTINGS

Prints the reference of each message once it is acknowledged.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from vigie.base.clock import SystemClock
from vigie.base.errors import VigieError
from vigie.base.settings import Settings
from vigie.intake.connector import Connector
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake

SENDERS = 3
SAYS = os.dup(1)
READS_NOTHING = Connector("probe", {"fr": "x", "en": "x"}, ("facts",), (".jsonl",), parse=iter)  # type: ignore[arg-type]


def send(intake: Intake, worker: int) -> None:
    n = 0
    while True:
        n += 1
        ref = f"three-{worker}-{n}"
        row = {
            "source_ref": ref,
            "kind": "offence.property.theft",
            "earliest_at": "2026-05-30T10:00:00+00:00",
        }
        try:
            intake.accept("log", ref, json.dumps(row).encode())
        except VigieError as error:
            print("refused", error, file=sys.stderr, flush=True)
            threading.Event().wait(0.05)
            continue
        os.write(SAYS, f"{ref}\n".encode())  # whole: several share the line


def main() -> None:
    os.dup2(2, 1)  # the log
    folder, told = Path(sys.argv[1]), Settings.model_validate_json(sys.argv[2])
    keys = Keeper(folder / "keys", SystemClock())
    lake = Lake.open(folder / "lake", told.lake, keys=keys)
    with Intake.open(
        folder / "three-a",
        settings=told,
        lake=lake,
        connectors={"probe": READS_NOTHING},
        clock=SystemClock(),
        create=True,
        keys=keys,
    ) as intake:
        intake.register("log", "probe")
        intake.reach.connect()
        for worker in range(SENDERS):
            threading.Thread(target=send, args=(intake, worker), daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
