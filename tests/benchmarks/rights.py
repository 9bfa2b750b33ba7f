"""A person's request over many feeds and epochs: the processor time of one answer (AIA-7: 5 min).

Feeds take texts with identifiers, epoch after epoch (30 days each), sealed as in a city that keeps
originals; then one request with as many identifiers as it may name asks every epoch of every feed,
and another erases. Told is processor time, of this process and the keeper of keys, beside the
clock, which says little on a busy machine. The answer's wait for a whole beat is left out (it only
hides whether something was found).

    python3 run.py bench rights [--feeds 6] [--epochs 12] [--texts 2000]

The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _small import sized

from vigie.base.clock import FixedClock
from vigie.base.logging import configure_logging
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.rights_requests import answer_request

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
EPOCH = timedelta(days=30)
GOAL_S = 300
HEADER = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT"
TICK = os.sysconf("SC_CLK_TCK")


def phone(number: int) -> str:
    """A number of the range that is kept for fiction."""
    return f"06 39 98 {number // 100 % 100:02} {number % 100:02}"


def fill(home: Home, source: str, epoch: int, texts: int) -> None:
    day = home.clock.now().strftime("%d/%m/%Y")
    rows = [
        f"{epoch * texts + n};{day};{n // 60 % 24:02}:{n % 60:02};TN;Tapage;5,3700;43,2960;2;VERT;"
        f"Appel au {phone(n)}, véhicule {chr(65 + n % 22)}K-{100 + n % 900}-ZB"
        for n in range(texts)
    ]
    content = "\r\n".join([f"{HEADER};OBSERVATIONS", *rows, ""]).encode()
    home.intake.accept(source, f"{source}-{epoch}.csv", content, "text/csv")
    home.intake.drain()


def spent() -> float:
    """Processor seconds so far of this process and of those that it started."""
    own = os.getpid()
    total = time.process_time()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == own:
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def request(home: Home, act: Any, names: int) -> dict[str, Any]:
    caller = Caller("os:dpo", "dpo", reason=f"Banc d'essai, demande reçue au guichet : {act}")
    pairs = [("phone", phone(7 * n)) for n in range(names)]
    began, clock = spent(), time.perf_counter()
    found = answer_request(home, caller, act, pairs, beat_s=0)
    return {
        "processor_s": round(spent() - began, 2),
        "clock_s": round(time.perf_counter() - clock, 2),
        "records": found["records"],
        "erased": found["erased"],
        "epochs": sum(one["epochs"] for one in found["sources"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--texts", type=int, default=2_000, help="a feed and epoch")
    parser.add_argument("--names", type=int, default=8, help="identifiers of the request")
    asked = sized(parser.parse_args(), feeds=1, epochs=2, texts=5)
    configure_logging(level="ERROR")
    with tempfile.TemporaryDirectory(prefix="vigie-rights-") as folder:
        place, clock = Path(folder) / "home", FixedClock(BEGAN)
        sources = [f"feed{n}" for n in range(asked.feeds)]
        init_home(place, {"sealed": {"keep": True, "offences": sources[:1]}})
        with open_home(place, clock=clock) as home:
            for source in sources:
                home.intake.register(source, "main_courante")
            for epoch in range(asked.epochs):
                for source in sources:
                    fill(home, source, epoch, asked.texts)
                clock.advance(EPOCH)
            told = {act: request(home, act, asked.names) for act in ("access", "erase")}
    for act, one in told.items():
        print(f"{act}: {one['processor_s']} s of processor (goal {GOAL_S}), {one}")
    print(json.dumps({"texts": asked.feeds * asked.epochs * asked.texts, **told}))


if __name__ == "__main__":
    main()
