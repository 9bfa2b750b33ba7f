"""A private PostgreSQL with PostGIS for benchmarks, set up as someone who knows it would."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from _small import either

TUNED = {
    "listen_addresses": "''", "shared_buffers": either("2GB", "32MB"), "work_mem": "64MB",
    "jit": "off",
    "maintenance_work_mem": "512MB", "effective_cache_size": "12GB", "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "2", "fsync": "off", "full_page_writes": "off",
    "synchronous_commit": "off", "max_wal_size": "8GB", "wal_level": "minimal",
    "max_wal_senders": "0", "max_locks_per_transaction": "1024",
}  # fmt: skip


def _programs() -> list[Path]:
    """Return the folders of PostgreSQL's programs that have PostGIS, newest first."""
    extension = "share/postgresql/*/extension/postgis.control"
    versions = {path.parts[-3] for path in Path("/usr").glob(extension)}
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted((one for one in found if one.parent.name in versions), reverse=True)


class Postgres:
    """A private PostgreSQL with PostGIS, for as long as the ``with`` block lasts."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.folder = _programs()[0], folder
        self.data, self.socket = folder / "data", Path(tempfile.mkdtemp(prefix="pg"))
        self.as_postgres: dict[str, Any] = {}
        if os.geteuid() == 0:
            self.as_postgres = {"user": "postgres", "group": "postgres"}

    @staticmethod
    def there() -> bool:
        """Say whether PostgreSQL is installed, and PostGIS for it."""
        return bool(_programs())

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.socket, **self.as_postgres
        )

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.as_postgres:
            shutil.chown(self.folder, "postgres", "postgres")
            shutil.chown(self.socket, "postgres", "postgres")
        if not (self.data / "PG_VERSION").exists():
            self.run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8")
            with (self.data / "postgresql.conf").open("a") as config:
                config.writelines(f"{key} = {value}\n" for key, value in TUNED.items())
        options = f"-k {self.socket} -p 5433"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-o", options, "-l", log, "-w", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")
        shutil.rmtree(self.socket, ignore_errors=True)

    def connect(self) -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self.socket), port=5433, user="postgres", dbname="postgres", autocommit=True
        )
