"""Two hosts that take messages, each at a server of its own, and one that leads: run on a host.

    parted_worker.py FOLDER SETTINGS

At first a line with the server that leads the stream (the first host is at it) and the one that the
other host is at. Then a line for each message, with its host: ``alone`` or ``other``, its reference
when it is acknowledged, ``refused`` when it is not. At the end of its input it sends no more, waits
until all that was taken is processed, and ends.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from vigie.base.clock import SystemClock
from vigie.base.errors import VigieError
from vigie.base.settings import Settings
from vigie.intake.between import relay
from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS

SAYS = os.dup(1)
AT = datetime(2026, 5, 30, 10, tzinfo=UTC)
PACE_S = 0.02
LOOK_S = 0.05


def read_refs(payload: Payload, _: Context) -> Iterator[Parsed]:
    """A fact for each line, which is its reference."""
    refs = payload.content.read().decode().split()
    said = {
        "source_ref": refs,
        "kind": ["offence.property.theft"] * len(refs),
        "earliest_at": [AT] * len(refs),
    }
    facts = CONTRACTS["facts"]
    columns = {name: pa.array(value, facts.column(name).type) for name, value in said.items()}
    rows = pa.array(range(1, len(refs) + 1), pa.int64())
    yield Parsed("facts", pa.table(columns), rows, read=len(refs))


READS = Connector("probe", {"fr": "x", "en": "x"}, ("facts",), (".txt",), read_refs)


def say(*words: str) -> None:
    os.write(SAYS, f"{' '.join(words)}\n".encode())  # whole: several share the line


@contextmanager
def host(folder: Path, told: Settings, lake: Lake, keys: Keeper) -> Iterator[Intake]:
    with Intake.open(
        folder,
        settings=told,
        lake=lake,
        connectors={"probe": READS},
        clock=SystemClock(),
        create=True,
        keys=keys,
    ) as one:
        one.register("log", "probe")
        one.reach.connect()
        yield one


def send(intake: Intake, name: str, stop: threading.Event) -> None:
    n = 0
    while not stop.wait(PACE_S):
        n += 1
        ref = f"parted-{name}-{n}"
        try:
            intake.accept("log", ref, ref.encode())
        except VigieError:
            say(name, "refused")
        else:
            say(name, ref)


def leader_of(intake: Intake) -> str:
    """Return the server that leads the stream, once the servers have agreed on one."""
    link = intake.reach.link
    while True:
        try:
            about: Any = link.do(relay.make_stream(link)).result()  # type: ignore[union-attr]
            if about.cluster.leader:
                return str(about.cluster.leader)
        except Exception:  # noqa: BLE001 - not there yet; who waits for it has bounded its time
            time.sleep(LOOK_S)


def main() -> None:
    os.dup2(2, 1)  # the log
    folder, told = Path(sys.argv[1]), Settings.model_validate_json(sys.argv[2])
    relay.AGAIN_S = 1.0
    servers = {f"n{number}": address for number, address in enumerate(told.nats.servers)}

    def at(*names: str) -> Settings:
        some = tuple(servers[name] for name in names)
        return told.model_copy(update={"nats": told.nats.model_copy(update={"servers": some})})

    with (
        Keeper(folder / "keys", SystemClock()) as keys,
        Lake.open(folder / "lake", told.lake, keys=keys) as lake,
        ExitStack() as stack,
    ):
        with host(folder / "parted-looks", told, lake, keys) as looks:
            alone = leader_of(looks)
        other, third = (name for name in servers if name != alone)
        leads = stack.enter_context(host(folder / "parted-leads", at(third), lake, keys))
        taking = {
            "alone": stack.enter_context(host(folder / "parted-alone", at(alone), lake, keys)),
            "other": stack.enter_context(host(folder / "parted-other", at(other), lake, keys)),
        }
        leads.process()
        stack.enter_context(leads.reach.lead())
        say(alone, other)
        stop = threading.Event()
        senders = [
            threading.Thread(target=send, args=(intake, name, stop))
            for name, intake in taking.items()
        ]
        for one in senders:
            one.start()
        sys.stdin.read()
        stop.set()
        for one in senders:
            one.join()
        while any(intake.figures.waiting().n for intake in (leads, *taking.values())):
            time.sleep(LOOK_S)


if __name__ == "__main__":
    main()
