"""Hosts made of namespaces for ``bench hosts``: cut off without a word, reachable again."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import closing

import httpx
import pytest
from sqlalchemy import Engine, text
from tests.namespaces import Hosts, why_not

from vigie.desk.database import connect
from vigie.web.problems import FailureMiddleware

LISTEN = """
import socket, sys
door = socket.create_server((sys.argv[1], 4000))
print("listens", flush=True)
while True:
    line, _ = door.accept()
    line.sendall(b"here")
    line.close()
"""
KNOCK = """
import socket, sys
try:
    print(socket.create_connection((sys.argv[1], 4000), timeout=float(sys.argv[2])).recv(9))
except TimeoutError:
    print("silence")
"""


@pytest.fixture(scope="module")
def hosts():
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with Hosts(["one", "two", "three"]) as made:
        yield made


def test_a_host_is_cut_off_from_one_and_not_from_another(hosts: Hosts) -> None:
    at = hosts.addresses["one"]
    with subprocess.Popen(
        [*hosts.within("one"), sys.executable, "-c", LISTEN, at], stdout=subprocess.PIPE, text=True
    ) as server:

        def knock(host: str, seconds: float = 60) -> str:
            command = [*hosts.within(host), sys.executable, "-c", KNOCK, at, str(seconds)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return done.stdout.strip()

        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "listens\n"
            assert knock("two") == "b'here'"
            hosts.cut("one", "two")
            assert knock("two", 0.3) == "silence"
            assert knock("three") == "b'here'"
            hosts.heal("one", "two")
            assert knock("two") == "b'here'"
        finally:
            server.kill()


def test_a_desk_that_no_longer_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless its address says how long to wait."""
    pytest.importorskip("psycopg")

    def waits(url: str) -> dict[str, object]:
        engine, told = connect(url), {}
        monkeypatch.setattr(engine.dialect, "connect", lambda *_, **given: told.update(given))
        engine.pool._creator()  # type: ignore[attr-defined]
        engine.dispose()
        return told

    usual = waits("postgresql+psycopg://vigie@10.77.0.9/vigie")
    assert usual["connect_timeout"] + usual["tcp_user_timeout"] / 1_000 <= 15  # type: ignore[operator]
    patient = waits("postgresql+psycopg://vigie@10.77.0.9/vigie?connect_timeout=60")
    assert patient["connect_timeout"] in {60, "60"}


def test_while_the_desk_is_away_who_asks_is_told_to_come_back() -> None:
    """A real refusal of PostgreSQL's driver is 503; an error of SQLite is nobody's to retry."""
    pytest.importorskip("psycopg")
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        away = connect(f"postgresql+psycopg://vigie@127.0.0.1:{taken.getsockname()[1]}/vigie")

        async def ask(engine: Engine) -> httpx.Response:
            async def app(*_: object) -> None:
                with engine.connect() as connection:
                    connection.execute(text("SELECT * FROM nothing"))

            transport = httpx.ASGITransport(app=FailureMiddleware(app))
            async with httpx.AsyncClient(transport=transport, base_url="http://v") as client:
                return await client.get("/")

        answer = asyncio.run(ask(away))
        assert (answer.status_code, answer.json()["params"]["what"]) == (503, "desk")
        assert answer.headers["retry-after"] == "5"
        assert asyncio.run(ask(connect("sqlite://"))).status_code == 500
