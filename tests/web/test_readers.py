"""Questions answered by a process beside: same answers, rights and lines, and nobody misses it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from vigie.situation.home import Home, open_home
from vigie.web.readers import READS, Reader

WINDOW = "from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z"
ROUND = "lon=5.37&lat=43.3&radius_m=5000"
ASKED = {
    "/api/facts": f"{WINDOW}&limit=20",
    "/api/histogram": f"{WINDOW}&bucket=day",
    "/api/map": f"{WINDOW}&zoom=12&bbox=5.2,43.2,5.5,43.4",
    "/api/near": f"from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z&{ROUND}",
    "/api/situation": f"at=2026-03-02T12:00:00Z&{ROUND}",
    "/api/summary": WINDOW,
}
MOVES = ("age_s", "stale", "sources")
"""What depends on the instant of asking."""


@dataclass
class Served:
    home: Home
    reader: Reader
    client: httpx.Client

    def child(self) -> int:
        """Wait until the child answers; return its process id."""
        until = time.monotonic() + 300
        while self.reader.door is None:
            assert time.monotonic() < until, "the reader does not start"
            time.sleep(0.02)
        assert self.reader.pid is not None
        return self.reader.pid

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path, params=httpx.QueryParams(ASKED[path]))


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, template: Path, serve_home: Callable[..., Any]
) -> Iterator[Served]:
    """A home served with a reader, at today's time, and an analyst's program."""
    folder = tmp_path_factory.mktemp("read") / "home"
    shutil.copytree(template, folder)
    with open_home(folder) as home, Reader(folder) as reader:
        account = home.desk.accounts.create_without_password("asks", name="asks", role="analyst")
        secret, _ = home.desk.tokens.issue("asks", "read", account_id=account.account_id)
        with (
            serve_home(home, reader=reader) as server,
            httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=120) as client,
        ):
            client.headers["Authorization"] = f"Bearer {secret}"
            yield Served(home, reader, client)


def told(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return {name: value for name, value in body.items() if name not in MOVES}


def test_answers_are_the_same_and_each_leaves_its_line(
    served: Served, serve_home: Callable[..., Any]
) -> None:
    assert set(ASKED) == READS
    pid = served.child()
    used, lines = cpu_ticks(pid), [served.home.audit.settle()]
    beside = {path: served.get(path) for path in ASKED}
    lines.append(served.home.audit.settle())
    assert cpu_ticks(pid) > used, "the child has worked"
    with serve_home(served.home) as server:
        for path, answer in beside.items():
            address = f"http://127.0.0.1:{server.port}{path}?{ASKED[path]}"
            here = httpx.get(address, headers=served.client.headers, timeout=120)
            assert (answer.status_code, here.status_code) == (200, 200), answer.text
            assert told(answer) == told(here)
            assert set(answer.headers) == set(here.headers)
    lines.append(served.home.audit.settle())
    assert lines[1] - lines[0] == lines[2] - lines[1] > 0, "the same lines of the audit"
    same = served.client.get(
        "/api/histogram",
        params=httpx.QueryParams(ASKED["/api/histogram"]),
        headers={"If-None-Match": beside["/api/histogram"].headers["etag"]},
    )
    assert (same.status_code, same.content) == (304, b"")


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_the_child_lets_nobody_in_whom_the_server_would_refuse(served: Served) -> None:
    served.child()
    nobody = served.client.get("/api/facts", headers={"Authorization": "Bearer wrong"})
    assert nobody.status_code == 401
    wrong = served.client.get("/api/facts?limit=0")
    assert wrong.status_code == 422
    assert wrong.headers["content-type"].startswith("application/problem+json")


def test_nobody_sees_the_child_die(served: Served) -> None:
    pid = served.child()
    before = served.reader.restarts
    os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGKILL)
    for path in ASKED:
        assert served.get(path).status_code == 200
    until = time.monotonic() + 300
    while served.reader.pid in {None, pid}:
        assert time.monotonic() < until, "the reader is not started again"
        time.sleep(0.02)
    assert served.reader.restarts == before + 1
    assert served.get("/api/summary").status_code == 200, "by the server, or by the next one"
