"""A served home and a client that pushes as fast as it is answered; for ``intake`` and ``kill``.

The client speaks just enough HTTP/1.1 on kept-open connections to cost little beside the server:
both share the machine.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from vigie.situation.home import init_home, open_home

SOURCE = "log"
HEADER = (
    "NUMERO;DATE_SAISIE;HEURE_SAISIE;DATE_DEBUT;HEURE_DEBUT;DATE_FIN;HEURE_FIN;CODE_NATURE;NATURE;"
    "ORIGINE;ADRESSE;LIEU;QUARTIER;SECTEUR;ARRONDISSEMENT;LONGITUDE;LATITUDE;GRAVITE;ETAT;SUITE;"
    "EQUIPAGE;OBSERVATIONS;REQUERANT;TELEPHONE;MAJ\n"
)
CODES = ("VV", "VR", "VS", "CB", "DEG", "TN", "NVP", "REG", "STA", "AVP", "ASP", "SUR")
START_S = 300.0


def entry(ref: str, number: int) -> bytes:
    """Return a police log entry of the last hours as one message."""
    at = time.strftime("%d/%m/%Y;%H:%M", time.gmtime(time.time() - number % 600 * 60))
    row = (
        f"{ref};{at};{at};;;"
        f"{CODES[number % len(CODES)]};;APPEL;;;;;;{5.30 + number % 97 / 500:.5f};"
        f"{43.22 + number % 89 / 500:.5f};{1 + number % 5};VERT;;;;;;\n"
    )
    return (HEADER + row).encode()


def make_home(folder: Path) -> str:
    """Make a home with the feed and return the token that may push to it."""
    init_home(folder, {"log_level": "WARNING"})
    with open_home(folder) as home:
        home.intake.register(SOURCE, "main_courante")
        secret, _ = home.desk.tokens.issue("bench", "ingest", sources=(SOURCE,))
    return secret


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=1.0)) as one:
            one.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return b" 200 " in one.recv(64)
    except OSError:
        return False


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a home in another process; yields once it answers, kills it at the end if need be.

    What Python has compiled is kept, whatever the machine is set to, as an installed Vigie's is.
    """
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "vigie", "serve", "--home", str(folder), "--port", str(port)]
    with (folder.parent / "server.log").open("ab") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=plain)
    try:
        until = time.monotonic() + START_S
        while not answers(port):
            if child.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the server does not start: see {log.name}")
            time.sleep(0.02)
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()


def peak_rss_mb(pid: int) -> float:
    """Return the most memory a process ever held, MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_by_process(pid: int) -> dict[int, float]:
    """Return the processor time of a process and of each under it, seconds."""
    found: dict[int, float] = {}
    for one in family(pid):
        with suppress(OSError):
            found[one] = cpu_s(one)
    return found


def family(pid: int) -> list[int]:
    """Return a process and all that live under it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError, IndexError):  # it has ended meanwhile
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def lives(pid: int) -> bool:
    """Return whether a process is there and has not ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def backlog(folder: Path) -> int:
    """Return how many messages wait in a home's journal."""
    with closing(sqlite3.connect(folder / "intake" / "intake.db", timeout=30)) as connection:
        row = connection.execute("SELECT count(*) FROM messages WHERE state = 'pending'")
        return int(row.fetchone()[0])


@dataclass
class Pushed:
    """What was sent, what was acknowledged, and how long each acknowledgement took (s)."""

    sent: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0


class Client:
    """Pushes entries over some connections until told to stop or cut off."""

    def __init__(self, port: int, token: str, prefix: str) -> None:
        self.pushed = Pushed()
        self.stopping = False
        self._port = port
        self._prefix = prefix
        self._head = (
            f"POST /api/ingest/{SOURCE} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: "
        ).encode()
        self._number = 0

    async def run(self, connections: int) -> None:
        """Push over this many connections at once, each waiting for its answer."""
        await asyncio.gather(*(self._push() for _ in range(connections)))

    async def _push(self) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return
        try:
            while not self.stopping:
                await self._one(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return  # cut off: what was not answered is not acknowledged
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self._number = self._number, self._number + 1
        ref = f"{self._prefix}-{number:07}"
        body = entry(ref, number)
        began = time.perf_counter()
        self.pushed.sent.append(ref)
        writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        if b" 202 " in head[:16]:
            self.pushed.acknowledged.append(ref)
            self.pushed.seconds.append(time.perf_counter() - began)
        else:
            self.pushed.refused += 1
            await asyncio.sleep(0.05)


def kept_refs(folder: Path) -> list[str]:
    """Process what still waits in a home, then return the references in its lake."""
    with open_home(folder) as home:
        home.intake.drain()
        refs: list[str] = home.lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist()
        return refs
