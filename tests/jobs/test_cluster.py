"""A cluster: several processes behind one address, any of them may die, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from tests.nats_servers import NatsServer, free_ports

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings, load_settings
from vigie.desk.database import connect, upgrade
from vigie.desk.leading import NAME, Lead
from vigie.jobs.cluster import refuse_small
from vigie.situation.home import init_home, open_home

PASSWORD = "correct-horse-battery"
ENOUGH_S = 300.0
HEAD = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"


def until(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + ENOUGH_S
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def again(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask as any client of HTTP does: once more when the connection was cut."""
    deadline = time.monotonic() + ENOUGH_S
    while True:
        try:
            return ask()
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@dataclass(eq=False)
class Listener(threading.Thread):
    """Follows the live stream as a browser does: after a cut, from the last event it had."""

    address: str
    cookies: httpx.Cookies
    heard: list[tuple[int, str]] = field(default_factory=list)
    cuts: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            headers = {"Last-Event-ID": str(self.heard[-1][0])} if self.heard else {}
            after = {} if self.heard else {"after": "0"}
            try:
                with (
                    httpx.Client(cookies=self.cookies, timeout=30) as client,
                    client.stream(
                        "GET", f"{self.address}/api/stream", headers=headers, params=after
                    ) as answer,
                ):
                    if answer.status_code != 200:
                        return
                    self._read(answer)
            except httpx.TransportError:
                time.sleep(0.05)
            self.cuts += 1

    def _read(self, answer: httpx.Response) -> None:
        number = 0
        for line in answer.iter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                self.told = json.loads(line[6:])
                self.heard.append((int(self.told["id"]), self.told["type"]))
        assert number >= 0


@dataclass
class Town:
    folder: Path
    url: str
    address: str
    token: str
    process: subprocess.Popen[bytes]
    supervisor: socket.socket
    pushed: int = 0

    def push(self, n: int) -> None:
        for _ in range(n):
            self.pushed += 1
            line = f"{self.pushed};30/03/2026;09:{self.pushed % 60:02d};TN;Tapage;5,37;43,29;2;VERT"
            content = f"{HEAD}{line}\r\n".encode()
            answer = again(
                partial(
                    httpx.post,
                    f"{self.address}/api/ingest/log",
                    content=content,
                    headers={"Authorization": f"Bearer {self.token}", "Content-Type": "text/csv"},
                )
            )
            assert answer.status_code == 202, answer.text

    def parts(self, kind: str) -> set[int]:
        """Return the processes of a part that began and live, by what the log says."""
        text_ = (self.folder.parent / "log").read_text("utf-8", "replace")
        told = [json.loads(line) for line in text_.splitlines() if line.startswith("{")]
        began = {
            one["pid"] for one in told if one["event"] == "a process began" and one["part"] == kind
        }
        return began - {one["pid"] for one in told if one["event"] == "a process ended"}

    def leader(self) -> int:
        """Return the process that leads, 0 for none: the lock's holder says its name."""
        query = (
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            f" WHERE l.locktype = 'advisory' AND a.application_name LIKE '{NAME} %'"
        )
        engine = connect(self.url)
        with engine.connect() as connection:
            names = connection.execute(text(query)).scalars().all()
        engine.dispose()
        assert len(names) <= 1, names
        return int(names[0].rsplit(" ", 1)[1]) if names else 0

    def processed(self) -> int:
        with closing(sqlite3.connect(self.folder / "intake" / "intake.db")) as base:
            query = "SELECT count(*) FROM messages WHERE state = 'pending'"
            return self.pushed - int(base.execute(query).fetchone()[0])


@pytest.fixture(scope="module")
def town(
    new_database: Callable[[], str], needs_nats: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    folder, url = tmp_path_factory.mktemp("cluster") / "home", new_database()
    nats = NatsServer(needs_nats, folder.parent / "nats", free_ports(1)[0]).start()
    init_home(folder, {"server": {"require_second_factor": []}})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "cluster.toml").write_text(
        f'[desk]\nurl = "{url}"\n[cluster]\nweb = 2\njobs = 2\n[lake]\nthreads = 1\n'
        f'[nats]\nservers = ["{nats.address}"]\njournal = true\nreplicas = 1\n'
    )
    with open_home(folder) as home:
        home.intake.register("log", "main_courante")
        home.desk.accounts.create(
            "chief", name="C", role="shift_head", password=PASSWORD, must_change_password=False
        )
        token, _ = home.desk.tokens.issue("feed", "ingest", sources=("log",))
    command = [sys.executable, "-m", "vigie", "serve", "--profile", "cluster"]
    supervisor = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    supervisor.bind(f"\0{folder}")  # abstract: gone with the process
    supervisor.settimeout(ENOUGH_S)
    with (folder.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--home", str(folder), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("VIGIE_")},
                "NOTIFY_SOCKET": f"@{folder}",
            },
        )
    found = Town(folder, url, f"http://127.0.0.1:{port}", token, process, supervisor)
    try:
        yield found
    finally:
        process.terminate()
        process.wait(60)
        supervisor.close()
        nats.kill()


def test_each_process_says_when_it_is_ready(town: Town) -> None:
    """Two that answer, two for jobs, to whoever started them: systemd waits for it."""
    assert [town.supervisor.recv(64) for _ in range(4)] == [b"READY=1"] * 4


def test_any_process_may_die_and_nothing_is_lost_or_told_twice(town: Town) -> None:
    """Web processes one after the other, then the one that leads, each by SIGKILL.

    The journal goes through JetStream: each push was acknowledged by it, too.
    """
    until(lambda: again(lambda: httpx.get(f"{town.address}/healthz")).is_success, "no server")
    with httpx.Client(base_url=town.address, timeout=60) as client:
        body = {"login": "chief", "password": PASSWORD}
        signed = again(lambda: client.post("/api/session", json=body))
        assert signed.status_code == 200, signed.text
        listener = Listener(town.address, client.cookies)
    listener.start()
    town.push(3)
    until(lambda: town.leader() > 0 and town.processed() == 3, "nothing is processed")
    until(lambda: len(listener.heard) > 0, "nothing is heard")

    until(lambda: len(town.parts("web")) == 2, "two web processes")
    for victim in sorted(town.parts("web")):
        os.kill(victim, signal.SIGKILL)
        town.push(3)
        until(lambda one=victim: len(town.parts("web") - {one}) == 2, "no new web process")
    first = town.leader()
    os.kill(first, signal.SIGKILL)
    town.push(3)
    until(lambda: town.leader() not in {0, first}, "nobody leads")
    until(lambda: town.processed() == 12, "what was acknowledged waits for ever")

    events = town.folder / "intake" / "intake.db"
    with closing(sqlite3.connect(events)) as base:
        query = "SELECT id FROM events WHERE type LIKE 'org.vigie.fact%.recorded.v1'"
        wanted = {one for (one,) in base.execute(query)}
    until(lambda: {one for one, _ in listener.heard} >= wanted, "events are missing")
    listener.ended.set()
    numbers = [one for one, _ in listener.heard]
    assert numbers == sorted(set(numbers)), "an event was told twice, or too early"
    assert listener.cuts >= 1

    engine = connect(town.url)
    with engine.begin() as connection:  # as the office's page does: the rows that all look at
        connection.execute(text("DELETE FROM sessions"))
    engine.dispose()
    seen = {
        httpx.get(f"{town.address}/api/city", cookies=listener.cookies, timeout=60).status_code
        for _ in range(12)
    }
    assert seen == {401}, "a session that has ended is known somewhere"

    running = town.parts("web") | town.parts("jobs")
    town.process.terminate()
    assert town.process.wait(60) == 0
    assert not [pid for pid in running if Path(f"/proc/{pid}").exists()]
    with open_home(town.folder) as home:
        refs = home.lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist()
    assert sorted(refs, key=int) == [str(n) for n in range(1, 13)]


def test_one_leads_and_loses_the_lead_with_its_connection(
    new_database: Callable[[], str],
) -> None:
    engine = connect(new_database())
    one, other = Lead(engine), Lead(engine)
    assert one.take()
    assert one.take()
    assert not other.take()
    with engine.connect() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ :n"
        assert connection.execute(text(ended), {"n": NAME}).scalar()
    assert not one.holds()
    until(other.take, "the lock outlives its holder")
    assert not one.take()
    other.leave()
    assert one.take()
    one.leave()
    engine.dispose()


def test_processes_that_start_together_migrate_once(new_database: Callable[[], str]) -> None:
    url = new_database()
    failures: list[BaseException] = []

    def start() -> None:
        engine = connect(url)
        try:
            upgrade(engine)
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)
        engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []


def test_what_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        refuse_small(tmp_path, Settings())
    assert refused.value.params["key"] == "desk.url"
    with pytest.raises(SettingsInvalid):
        refuse_small(tmp_path, Settings(demo=True))


def test_the_file_of_a_cluster_goes_over_the_home_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vigie.toml").write_text('[server]\nport = 81\nhost = "::1"\n')
    (tmp_path / "cluster.toml").write_text("[server]\nport = 82\n[cluster]\nweb = 5\n")
    told = load_settings(tmp_path, {})
    assert (told.server.port, told.server.host, told.cluster.web) == (82, "::1", 5)
    (tmp_path / "other").write_text("[cluster]\nweb = 7\n")
    apart = load_settings(tmp_path, {"VIGIE_CLUSTER_FILE": str(tmp_path / "other")})
    assert (apart.server.port, apart.cluster.web) == (81, 7)
    assert load_settings(tmp_path, {"VIGIE_SERVER__PORT": "83"}).server.port == 83
