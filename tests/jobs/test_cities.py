"""Several cities in one installation: nothing of one is read from another, none slows another."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from vigie.cli.main import run
from vigie.intake.refusals import refused_lately
from vigie.jobs.cities.check import read_refused
from vigie.situation.home import init_home, open_home

pytestmark = pytest.mark.usefixtures("forked_programs")
ENOUGH_S = 300.0
ROLES = ("shift_head", "analyst")
RATE = 1.0
"""Messages a second that Brest may push: far fewer than any machine sends."""
HEAD = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"


def until(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + ENOUGH_S
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@dataclass
class City:
    """A city as those see it who know its name, its accounts and its token."""

    name: str
    folder: Path
    token: str
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    pushed: int = 0

    @property
    def password(self) -> str:
        return f"correct-horse-{self.name}"

    @property
    def feed(self) -> str:
        return f"log-{self.name}"

    @property
    def client(self) -> httpx.Client:
        return self.clients["shift_head"]

    def knock(self, address: str) -> None:
        """Sign in, once the city answers."""
        for role in ROLES:
            self.clients[role] = self.visitor(address)
            answer = self.clients[role].post(
                "/api/session", json={"login": f"{role}-{self.name}", "password": self.password}
            )
            assert answer.status_code == 200, answer.text

    def visitor(self, address: str, cookies: httpx.Cookies | None = None) -> httpx.Client:
        headers = {"Host": f"{self.name}.test"}
        return httpx.Client(base_url=address, headers=headers, cookies=cookies, timeout=ENOUGH_S)

    def push(self, *, token: str = "", feed: str = "") -> int:
        self.pushed += 1
        n = self.pushed
        line = f"{self.name}-{n};30/03/2026;09:{n % 60:02d};TN;Tapage;5,37;43,29;2;VERT\r\n"
        return self.client.post(
            f"/api/ingest/{feed or self.feed}",
            content=f"{HEAD}{line}".encode(),
            headers={"Authorization": f"Bearer {token or self.token}", "Content-Type": "text/csv"},
        ).status_code

    def refused(self) -> dict[str, int]:
        """Return what its own figures say was refused, by reason."""
        text = self.client.get("/metrics").text
        found = re.findall(r'^vigie_refused_total\{reason="(\w+)"\} ([\d.]+)', text, re.MULTILINE)
        return {reason: int(float(n)) for reason, n in found}


@dataclass
class Served:
    file: Path
    figures: Path
    log: Path
    cities: dict[str, City]

    def pid(self, part: str) -> int:
        """Return the newest process of a part, by what the log says."""
        told = [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]
        return next(
            one["pid"]
            for one in reversed(told)
            if one["event"] == "a process began" and one["part"] == part
        )


def make_home(folder: Path, name: str) -> City:
    settings = {
        "server": {"require_second_factor": []},
        "lake": {"threads": 1},
        "intake": {"apart": False},
    }
    init_home(folder, settings)
    city = City(name, folder, "")
    with open_home(folder) as home:
        home.intake.register(city.feed, "main_courante")
        for role in ROLES:
            home.desk.accounts.create(
                f"{role}-{name}",
                name=name,
                role=role,
                password=city.password,
                must_change_password=False,
            )
        city.token, _ = home.desk.tokens.issue("feed", "ingest", sources=(city.feed,))
    return city


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("cities")
    cities = {name: make_home(folder / name, name) for name in ("lyon", "brest")}
    figures = folder / "front.prom"
    file = folder / "cities.toml"
    file.write_text(
        f'[front]\nport = 0\nfigures = "{figures}"\n'
        '[cities.lyon]\nhome = "lyon"\nnames = ["lyon.test", "rhone.test"]\n'
        '[cities.brest]\nhome = "brest"\nnames = ["brest.test"]\n'
        f"[cities.brest.allowance]\nmessages_per_second = {RATE}\nbytes_per_second = 100000\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIGIE_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "vigie", "cities", "serve", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**environment, "VIGIE_SERVER__REQUIRE_SECOND_FACTOR": "of-nobody"},
        )
    made = Served(file, figures, folder / "log", cities)
    try:
        until(lambda: "http://" in made.log.read_text(), "no address")
        address = re.findall(r"http://[\d.:]+", made.log.read_text())[0]
        for city in cities.values():
            city.knock(address)
        yield made
    finally:
        process.terminate()
        process.wait(60)
        for city in cities.values():
            for client in city.clients.values():
                client.close()


@pytest.fixture
def lyon(installation: Served) -> City:
    return installation.cities["lyon"]


@pytest.fixture
def brest(installation: Served) -> City:
    return installation.cities["brest"]


# --- Apart -------------------------------------------------------------------------------------


def test_nothing_of_one_city_opens_the_other(lyon: City, brest: City) -> None:
    """Accounts, cookies, tokens, the stream, exports, figures: each way round."""
    for own, other in ((lyon, brest), (brest, lyon)):
        assert own.push() == 202
        assert own.push(token=other.token) == 401
        assert own.push(token=other.token, feed=other.feed) == 401
        with own.visitor(str(own.client.base_url), other.client.cookies) as stranger:
            for path in ("/api/city", "/api/facts", "/api/export", "/api/stream", "/metrics"):
                assert stranger.get(path).status_code == 401, path
            body = {"login": f"analyst-{other.name}", "password": other.password}
            assert stranger.post("/api/session", json=body).status_code == 401
        figures = own.client.get("/metrics").text
        assert own.feed in figures
        assert other.name not in figures


def test_what_one_tells_the_other_never_hears(lyon: City, brest: City) -> None:
    for city in (lyon, brest):
        assert city.push() == 202
        until(
            lambda one=city: bool(one.client.get("/api/facts").json()["items"]), "nothing arrives"
        )
        text = city.clients["analyst"].get("/api/export", params={"format": "csv"}).text
        assert set(re.findall(r"log-\w+", text)) == {city.feed}
        told = ""
        with city.client.stream("GET", "/api/stream", params={"after": "0"}) as answer:
            assert answer.status_code == 200
            for line in answer.iter_lines():
                told += line
                if "recorded" in told and city.feed in told:
                    break
        other = "brest" if city is lyon else "lyon"
        assert other not in told


def raw(city: City, request: bytes) -> bytes:
    url = city.client.base_url
    with socket.create_connection((url.host, url.port), timeout=ENOUGH_S) as line:
        line.sendall(request)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
        return answer


def asked(host: str, more: str = "") -> bytes:
    return f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def test_a_connection_is_one_city_s(lyon: City) -> None:
    """A second name on a connection is refused by the city itself, and the connection ends."""
    answer = raw(lyon, asked("Rhone.test:80") + asked("brest.test") + asked("lyon.test"))
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"421"]
    through = "X-Forwarded-For: 192.0.2.1\r\n"
    answer = raw(lyon, asked("lyon.test", through) + asked("lyon.test", through))
    assert answer.count(b"HTTP/1.1 200") == 1, "a proxy's connection ends with its answer"
    slow = asked("lyon.test", "Connection: close\r\n")
    url = lyon.client.base_url
    with socket.create_connection((url.host, url.port), timeout=ENOUGH_S) as line:
        for byte in slow:
            line.sendall(bytes([byte]))
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")


def test_what_names_no_city_is_refused_and_counted(
    installation: Served, lyon: City, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_refused(installation.figures)
    wanted = {
        asked("paris.test"): 421,
        asked("lyon.test", "Host: brest.test\r\n"): 422,
        asked("lyon.test\r\n x: y"): 422,
        b"GET http://lyon.test/ HTTP/1.1\r\nHost: lyon.test\r\n\r\n": 422,
        b"\x16\x03\x01\r\n\r\n": 422,
        b"GET / HTTP/1.1\r\n\r\n": 422,
        b"GET /" + b"a" * 40_000: 422,
    }
    for request, status in wanted.items():
        assert raw(lyon, request).startswith(b"HTTP/1.1 %d " % status), request[:60]

    def counted() -> bool:
        now = read_refused(installation.figures)
        told = {why: now.get(("", why), 0) - before.get(("", why), 0) for _, why in now}
        return told.get("unknown_name") == 1 and told.get("malformed") == len(wanted) - 1

    until(counted, "refusals are not counted")
    assert run(["cities", "check", str(installation.file), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert "unknown_name 1" in next(one for one in rows if one["name"] == "front")["remedy"]
    assert {one["code"] for one in rows} >= {"front_refused", "city_same_account"}


# --- A noisy city ------------------------------------------------------------------------------


def test_a_source_gone_mad_is_bounded_counted_and_felt_by_nobody_else(
    installation: Served, lyon: City, brest: City, capsys: pytest.CaptureFixture[str]
) -> None:
    """Brest is sent whatever the machine sends while Lyon works: Lyon is refused nothing."""
    until(lambda: brest.push() == 202, "Brest takes nothing")
    before, answers = brest.refused().get("messages", 0), list[int]()
    enough = 100
    began = time.monotonic()

    def rage() -> None:
        while len(answers) < enough or 202 not in answers[-enough:]:
            answers.append(brest.push())
            assert time.monotonic() - began < ENOUGH_S

    noise = threading.Thread(target=rage)
    noise.start()
    quiet = [lyon.push() for _ in range(30)]
    asked_ = [lyon.client.get("/api/facts").status_code for _ in range(10)]
    noise.join()
    took = time.monotonic() - began
    assert set(quiet) == {202}
    assert set(asked_) == {200}
    assert set(answers) == {202, 429}
    assert answers.count(202) <= RATE * (took + 2) + 1, "more than it may"
    assert brest.refused()["messages"] - before == answers.count(429), "counted otherwise"
    assert lyon.refused() == {}

    until(lambda: bool(refused_lately(brest.folder, 0).reasons), "not kept")
    assert refused_lately(brest.folder, 0).feeds.keys() == {brest.feed}
    until(
        lambda: refused_lately(brest.folder, 0).reasons["messages"] == brest.refused()["messages"],
        "not kept whole",
    )
    run(["doctor", "--home", str(brest.folder), "--json"])
    told = next(one for one in json.loads(capsys.readouterr().out) if one["code"] == "refused")
    assert brest.feed in told["remedy"]
    run(["cities", "check", str(installation.file), "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in rows if one["code"] == "refused"] == ["city brest: refusals"]


def test_a_city_that_dies_takes_nobody_along_and_who_knocks_waits(
    installation: Served, lyon: City, brest: City
) -> None:
    first = installation.pid("brest")
    assert os.getsid(first) == first != os.getsid(installation.pid("lyon"))
    os.kill(first, signal.SIGSTOP)  # no longer takes connections, and has some open
    with suppress(httpx.TransportError):
        brest.client.get("/healthz", timeout=0.2)
    assert lyon.push() == 202
    os.kill(first, signal.SIGKILL)
    host = {"Host": "brest.test"}
    waiting = httpx.get(f"{brest.client.base_url}/healthz", headers=host, timeout=ENOUGH_S)
    assert waiting.status_code == 200
    assert installation.pid("brest") != first
    assert lyon.push() == 202
