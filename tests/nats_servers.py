"""Real servers of NATS with JetStream: one alone, or three that agree, here or on other hosts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from tests.namespaces import Hosts

LOOPBACK = "127.0.0.1"
_ENOUGH_S = 120.0
_BRISK = 'ping_interval: "1s"\nping_max: 2'
"""A server that answers no more is given up after some seconds, not after six minutes."""


def find_nats() -> Path | None:
    """Return the program, where its client is installed, too."""
    found = shutil.which("nats-server") or shutil.which("/usr/sbin/nats-server")
    return Path(found) if found and find_spec("nats") else None


def free_ports(n: int) -> list[int]:
    with ExitStack() as held:
        made = [held.enter_context(socket.socket()) for _ in range(n)]
        for one in made:
            one.bind((LOOPBACK, 0))
        return [one.getsockname()[1] for one in made]


class NatsServer:
    """A server that can be killed and started again with what it holds.

    Args:
        program: ``nats-server``.
        folder: Its own.
        port: For clients.
        more: More lines of its configuration.
        jetstream: Whether JetStream is on.
        host: Address it listens at.
        within: Words that run it elsewhere than here, from where it is not reached.
    """

    def __init__(
        self,
        program: Path,
        folder: Path,
        port: int,
        more: str = "",
        *,
        jetstream: bool = True,
        host: str = LOOPBACK,
        within: Sequence[str] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        held = f'jetstream {{ store_dir: "{folder}/held" }}\n' if jetstream else ""
        file = folder / "conf"
        file.write_text(f'server_name: "{folder.name}"\nlisten: "{host}:{port}"\n{held}{more}\n')
        self.port = port
        self.address = f"nats://{host}:{port}"
        self._command = [*within, program, "-c", file]
        self._reached = not within
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> NatsServer:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _ENOUGH_S
        while not (self._greets() if self._reached else self._is_ready()):
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self

    def _greets(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=5) as line:
                return bool(json.loads(line.recv(4096)[5:].split(b"\r\n")[0]))
        except (OSError, ValueError):
            return False

    def _is_ready(self) -> bool:
        return "Server is ready" in (self.folder / "log").read_text()

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
    places = [(LOOPBACK, port, route, []) for port, route in zip(ports, routes, strict=True)]
    return _cluster(program, folder, places)


def on_hosts(program: Path, folder: Path, hosts: Hosts, names: Sequence[str]) -> list[NatsServer]:
    """Return servers of one cluster, each on a host of its own whose name it bears, started."""
    places = [(hosts.addresses[name], 4_222, 6_222, hosts.within(name)) for name in names]
    return _cluster(program, folder, places, _BRISK)


def _cluster(
    program: Path,
    folder: Path,
    places: Sequence[tuple[str, int, int, list[str]]],
    more: str = "",
) -> list[NatsServer]:
    every = ", ".join(f'"nats://{host}:{route}"' for host, _, route, _ in places)
    return [
        NatsServer(
            program,
            folder / f"n{number}",
            port,
            f'cluster {{ name: "tests", listen: "{host}:{route}", routes: [{every}] }}\n{more}',
            host=host,
            within=within,
        ).start()
        for number, (host, port, route, within) in enumerate(places)
    ]
