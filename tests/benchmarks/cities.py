"""Two cities in one installation; one is sent twenty times its rate: what the other feels.

    python3 run.py bench cities [--seconds 60] [--rate 50] [--times 20]

Lyon is pushed to at --rate and asked for facts, first alone, then while Brest, which may take
--rate, is sent --times as much, then alone again. Said: time to the acknowledgement and to the
answer at the 95th percentile in the three phases; what Brest took and what it refused, by its
senders and by its own figures. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from _small import sized

from vigie.situation.home import init_home, open_home

PASSWORD = "correct-horse-battery"
HEAD = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"
SENDERS = 8
ENOUGH_S = 300.0


class City:
    """A city and those who push to it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.home = name, folder / name
        init_home(self.home, {"server": {"require_second_factor": []}, "log_level": "WARNING"})
        with open_home(self.home) as home:
            home.intake.register("log", "main_courante")
            home.desk.accounts.create(
                "chief", name="C", role="shift_head", password=PASSWORD, must_change_password=False
            )
            self.token, _ = home.desk.tokens.issue("feed", "ingest", sources=("log",))
        self.address = ""
        self.pushed = 0
        self._guard = threading.Lock()

    def client(self) -> httpx.Client:
        headers = {"Host": f"{self.name}.test"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=ENOUGH_S)

    def push(self, client: httpx.Client) -> int:
        with self._guard:
            self.pushed += 1
            n = self.pushed
        line = f"{self.name}-{n};30/03/2026;09:{n % 60:02d};TN;Tapage;5,37;43,29;2;VERT\r\n"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/csv"}
        content = (HEAD + line).encode()
        return client.post("/api/ingest/log", content=content, headers=headers).status_code

    def pour(self, rate: float, seconds: float) -> list[tuple[int, float]]:
        """Push at a rate from some senders; return status and time of each."""
        told: list[tuple[int, float]] = []
        until = time.monotonic() + seconds

        def send() -> None:
            with self.client() as client:
                due = time.monotonic()
                while (now := time.monotonic()) < until or not told:  # one at least, however late
                    if now < due:
                        time.sleep(due - now)
                    began = time.monotonic()
                    told.append((self.push(client), time.monotonic() - began))
                    due += SENDERS / rate

        threads = [threading.Thread(target=send) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told


def ask(city: City, signed: httpx.Client, seconds: float) -> list[tuple[int, float]]:
    """Ask for facts four times a second; return status and time of each answer."""
    told: list[tuple[int, float]] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until or not told:
        began = time.monotonic()
        status = signed.get("/api/facts", params={"limit": 50}).status_code
        told.append((status, time.monotonic() - began))
        time.sleep(0.25)
    return told


def p95(times: list[float]) -> float:
    return round(1_000 * sorted(times)[int(0.95 * (len(times) - 1))], 1)


def refused(signed: httpx.Client) -> int:
    found = re.search(
        r'vigie_refused_total\{reason="messages"\} ([\d.]+)', signed.get("/metrics").text
    )
    return int(float(found[1])) if found else 0


def phase(
    lyon: City, signed: httpx.Client, rate: float, seconds: float, noise: threading.Thread | None
) -> dict[str, object]:
    """Let Lyon work for a while; say how it was answered."""
    answers: list[tuple[int, float]] = []
    asking = threading.Thread(target=lambda: answers.extend(ask(lyon, signed, seconds)))
    for thread in (asking, noise):
        if thread is not None:
            thread.start()
    pushes = lyon.pour(rate, seconds)
    for thread in (asking, noise):
        if thread is not None:
            thread.join()
    return {
        "pushed": len(pushes),
        "push_p95_ms": p95([took for _, took in pushes]),
        "asked": len(answers),
        "answer_p95_ms": p95([took for _, took in answers]),
        "refused_or_failed": sum(s not in {200, 202} for s, _ in (*pushes, *answers)),
    }


def main() -> None:
    """Serve, make noise and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="Of each phase.")
    parser.add_argument("--rate", type=float, default=50.0, help="Messages a second of a city.")
    parser.add_argument("--times", type=float, default=20.0, help="How much too much Brest gets.")
    told = sized(parser.parse_args(), seconds=1.0, rate=20.0, times=3.0)
    with tempfile.TemporaryDirectory(prefix="vigie-cities-") as scratch:
        folder = Path(scratch)
        lyon, brest = City(folder, "lyon"), City(folder, "brest")
        file = folder / "cities.toml"
        file.write_text(
            "[front]\nport = 0\n"
            '[cities.lyon]\nhome = "lyon"\nnames = ["lyon.test"]\n'
            '[cities.brest]\nhome = "brest"\nnames = ["brest.test"]\n'
            f"[cities.brest.allowance]\nmessages_per_second = {told.rate}\n"
        )
        log = folder / "log"
        with log.open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", "vigie", "cities", "serve", str(file)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        try:
            while not (found := re.search(r"http://[\d.:]+", log.read_text())):
                time.sleep(0.2)
            signed = {}
            for city in (lyon, brest):
                city.address = found[0]
                signed[city.name] = city.client()
                body = {"login": "chief", "password": PASSWORD}
                signed[city.name].post("/api/session", json=body).raise_for_status()
            alone = phase(lyon, signed["lyon"], told.rate, told.seconds, None)
            noise: list[tuple[int, float]] = []
            pour = threading.Thread(
                target=lambda: noise.extend(brest.pour(told.rate * told.times, told.seconds))
            )
            beside = phase(lyon, signed["lyon"], told.rate, told.seconds, pour)
            after = phase(lyon, signed["lyon"], told.rate, told.seconds, None)
            report = {
                "alone": alone,
                "beside_a_noisy_city": beside,
                "alone_again": after,
                "brest_sent_a_second": round(len(noise) / told.seconds, 1),
                "brest_took": sum(status == 202 for status, _ in noise),
                "brest_refused": sum(status == 429 for status, _ in noise),
                "brest_says_it_refused": refused(signed["brest"]),
                "lyon_says_it_refused": refused(signed["lyon"]),
            }  # fmt: skip
        finally:
            child.terminate()
            child.wait(60)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
