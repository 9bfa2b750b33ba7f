"""An edge of its own for each test, on a Monday morning; messages to feed it with."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from vigie.base.clock import FixedClock
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.passages import HospitalOptions

OPTIONS = HospitalOptions("Europe/Paris")


@pytest.fixture(scope="session")
def said() -> ModuleType:
    """Builders of messages."""
    path = Path(__file__).with_name("messages.py")
    spec = importlib.util.spec_from_file_location("hospital_messages", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clock() -> FixedClock:
    """Sunday noon in Paris: what arrives is of today."""
    return FixedClock(datetime(2026, 11, 22, 11, 0, tzinfo=UTC))


@pytest.fixture
def state_path(tmp_path: Path) -> Path:
    """Where the edge keeps its state."""
    folder = tmp_path / "edge"
    folder.mkdir()
    return folder / "state.json"


def with_a_past(edge: Edge, clock: FixedClock, sites: tuple[str, ...] = ("130000001",)) -> Edge:
    """Let an edge know a year in which every hour of its sites was full."""
    today = clock.now().date()
    edge.remember(
        (site, today - timedelta(days=n), [99] * 24) for site in sites for n in range(1, 400)
    )
    return edge


@pytest.fixture
def edge(state_path: Path, clock: FixedClock) -> Edge:
    """An edge that began on Friday, has seen nothing and knows a busy year."""
    clock.advance(timedelta(days=-2))
    made = with_a_past(Edge(OPTIONS, state_path, clock), clock)
    clock.advance(timedelta(days=2))
    return made


class Vigie:
    """A server that takes pushes, or not."""

    def __init__(self):
        self.status = 202
        self.taken = []
        self._counted = threading.Semaphore(0)
        vigie = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                vigie.taken.append((self.path, dict(self.headers), body, vigie.status))
                vigie._counted.release()
                self.send_response(vigie.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def wait_for(self, pushes):
        """Return once so many pushes came."""
        for _ in range(pushes):
            assert self._counted.acquire(timeout=60)

    def close(self):
        """Stop; once more does nothing."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def another_vigie() -> Iterator[Callable[[], Vigie]]:
    """Starts servers that take pushes."""
    made: list[Vigie] = []

    def start() -> Vigie:
        made.append(Vigie())
        return made[-1]

    yield start
    for server in made:
        server.close()


@pytest.fixture
def vigie(another_vigie: Callable[[], Vigie]) -> Vigie:
    """A server that takes pushes."""
    return another_vigie()
