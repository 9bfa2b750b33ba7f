"""A real PostgreSQL on the loopback, and empty databases in it."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text


@contextmanager
def postgres(
    programs: Path,
    address: str = "127.0.0.1",
    within: Sequence[str] = (),
    sockets: Path | None = None,
) -> Iterator[Callable[[], str]]:
    """Run a PostgreSQL of its own; yields what makes a database and returns its URL.

    Args:
        programs: Its programs.
        address: Where it listens.
        within: Words that run it on another host (``tests/namespaces.py``).
        sockets: Folder that its socket stands in, for who is on no network of it.

    Not under pytest's own folder: each start of pytest closes that folder to other users, and
    PostgreSQL, which refuses root, is one.
    """
    folder = Path(tempfile.mkdtemp(prefix="vigie-postgres-"))
    user = [*within]
    if os.geteuid() == 0:
        user += ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    initdb = [*user, programs / "initdb", "-D", data, "-U", "vigie", "-A", "trust"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {address}/24 trust\n")
    options = f"-p {port} -c listen_addresses={address} -c fsync=off -k {sockets or folder}"
    control = [*user, programs / "pg_ctl", "-D", data, "-w"]
    subprocess.run(
        [*control, "-o", options, "-l", folder / "log", "start"],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )
    server = f"postgresql+psycopg://vigie@{address}:{port}"
    near = f"postgresql+psycopg://vigie@/postgres?host={sockets or folder}&port={port}"
    numbers = itertools.count(1)

    def new_database() -> str:
        name = f"vigie_{next(numbers)}"
        engine = create_engine(near, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return f"{server}/{name}"

    try:
        yield new_database
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], check=True, cwd="/", stdout=subprocess.DEVNULL
        )
        shutil.rmtree(folder)
