"""A real home behind a real server, and callers of every role."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.situation.home import Home, open_home
from vigie.web.readers import Reader
from vigie.web.server import Server, make_server


def _load(name: str) -> ModuleType:
    """Return a module that stands beside this file, one for all who ask."""
    full = f"vigie_tests_web_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


sample_home = _load("sample_home")


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module that builds small homes."""
    return sample_home


@contextmanager
def running(home: Home, port: int = 0, *, reader: Reader | None = None) -> Iterator[Server]:
    """Serve a home from a thread while the block lasts."""
    server = make_server(home, "127.0.0.1", port, workers=False, reader=reader)
    failure: list[BaseException] = []

    def run() -> None:
        try:
            server.run()
        except BaseException as error:  # noqa: BLE001 - shown by the waiting thread
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert not failure, failure
        assert time.monotonic() < until, "the server does not start"
        time.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def serve_home() -> Callable[..., AbstractContextManager[Server]]:
    """What serves a home while a block lasts."""
    return running


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home that tests read and do not change."""
    home, _ = sample_home.build(tmp_path_factory.mktemp("web") / "home")
    with home:
        yield home


@pytest.fixture(scope="session")
def base_url(shared_home: Home) -> Iterator[str]:
    """The address of a server over the shared home."""
    with running(shared_home) as server:
        yield f"http://127.0.0.1:{server.port}"


def sign_in(client: httpx.Client, login: str, password: str) -> str:
    """Sign in and return the session's token for unsafe requests."""
    answer = client.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["csrf"]
    client.headers["X-CSRF-Token"] = token
    return token


@pytest.fixture(scope="session")
def as_role(base_url: str) -> Iterator[Callable[[str], httpx.Client]]:
    """Callers signed in with a role; ``anonymous`` is not signed in."""
    clients: dict[str, httpx.Client] = {}

    def get(role: str) -> httpx.Client:
        if role not in clients:
            clients[role] = httpx.Client(base_url=base_url, timeout=120)
            if role != "anonymous":
                sign_in(clients[role], role, sample_home.PASSWORD)
        return clients[role]

    yield get
    for client in clients.values():
        client.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo home, closed, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "home"
    home, _ = sample_home.build(folder, demo=True)
    home.close()
    return folder


@pytest.fixture
def own(tmp_path: Path, template: Path) -> Iterator[tuple[Home, FixedClock, httpx.Client]]:
    """A home of the test's own, served, with its clock and a client not signed in."""
    shutil.copytree(template, tmp_path / "home")
    clock = FixedClock(sample_home.NOW)
    with open_home(tmp_path / "home", clock=clock) as home, running(home) as server:
        client = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=120)
        with client:
            yield home, clock, client
