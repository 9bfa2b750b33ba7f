"""Real servers of NATS with JetStream on the loopback: one alone, or three that agree."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

_ENOUGH_S = 120.0


def find_nats() -> Path | None:
    """Return the program, where its client is installed, too."""
    found = shutil.which("nats-server") or shutil.which("/usr/sbin/nats-server")
    return Path(found) if found and find_spec("nats") else None


def free_ports(n: int) -> list[int]:
    with ExitStack() as held:
        made = [held.enter_context(socket.socket()) for _ in range(n)]
        for one in made:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in made]


class NatsServer:
    """A server that can be killed and started again with what it holds.

    Args:
        program: ``nats-server``.
        folder: Its own.
        port: For clients.
        more: More lines of its configuration.
        jetstream: Whether JetStream is on.
    """

    def __init__(
        self, program: Path, folder: Path, port: int, more: str = "", *, jetstream: bool = True
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        held = f'jetstream {{ store_dir: "{folder}/held" }}\n' if jetstream else ""
        file = folder / "conf"
        file.write_text(f'server_name: "{folder.name}"\nlisten: "127.0.0.1:{port}"\n{held}{more}\n')
        self.port = port
        self.address = f"nats://127.0.0.1:{port}"
        self._command = [program, "-c", file]
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> NatsServer:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _ENOUGH_S
        while not self._greets():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                return bool(json.loads(line.recv(4096)[5:].split(b"\r\n")[0]))
        except (OSError, ValueError):
            return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stall(self) -> None:
        """Let it hold its connections and answer nothing more."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def wake(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)


def three(program: Path, folder: Path) -> list[NatsServer]:
    """Return three servers of one cluster, started."""
    ports, routes = free_ports(3), free_ports(3)
    every = ", ".join(f'"nats://127.0.0.1:{one}"' for one in routes)
    return [
        NatsServer(
            program,
            folder / f"n{number}",
            port,
            f'cluster {{ name: "tests", listen: "127.0.0.1:{route}", routes: [{every}] }}',
        ).start()
        for number, (port, route) in enumerate(zip(ports, routes, strict=True))
    ]
