"""A real Spark cluster on this machine: one master, some workers, one process each.

For tests, and for a lone server that has year-scale work to do now and then. Ports are chosen by
the system; everything the processes write stands in one folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

from vigie.base.errors import Unavailable
from vigie.lake.spark import import_pyspark

_ADDRESS = re.compile(r"Starting Spark master at (spark://\S+)")
_REGISTERED = re.compile(r"Registering worker")
_POLL_S = 0.2
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java options of a process that does not live long enough for its code to be optimised."""
_Found = TypeVar("_Found")


class LocalCluster:
    """A master and its workers, for as long as the ``with`` block lasts.

    Args:
        folder: For logs and scratch files; made if absent.
        workers: Worker processes, one core each.
        memory: Memory of each worker, as Spark writes it.
        start_s: Longest wait for everything to stand.
    """

    def __init__(
        self, folder: Path, *, workers: int = 2, memory: str = "1g", start_s: float = 300.0
    ) -> None:
        self.folder = folder
        self.master = ""
        self._workers = workers
        self._memory = memory
        self._start_s = start_s
        self._processes: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._start("master", ["master.Master", "--host", "127.0.0.1", "--port", "0"])
            self.master = self._wait(lambda: self._find(_ADDRESS))
            for number in range(self._workers):
                work = self.folder / f"worker-{number}"
                arguments = ["worker.Worker", "--host", "127.0.0.1", "-c", "1", "-m", self._memory]
                self._start(f"worker-{number}", [*arguments, "-d", str(work), self.master])
            self._wait(lambda: len(_REGISTERED.findall(self._log())) >= self._workers)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _start(self, name: str, arguments: list[str]) -> None:
        home = Path(import_pyspark("pyspark").__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED,
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            "SPARK_NO_DAEMONIZE": "1",
            "PYSPARK_PYTHON": sys.executable,
        }
        log = (self.folder / f"{name}.log").open("wb")
        program = [str(home / "bin" / "spark-class"), "org.apache.spark.deploy." + arguments[0]]
        command = [*program, "--webui-port", "0", *arguments[1:]]
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        self._processes.append((process, log))

    def _log(self) -> str:
        return (self.folder / "master.log").read_text("utf-8", "replace")

    def _find(self, pattern: re.Pattern[str]) -> str:
        match = pattern.search(self._log())
        return match[1] if match else ""

    def _wait(self, found: Callable[[], _Found]) -> _Found:
        deadline = time.monotonic() + self._start_s
        while time.monotonic() < deadline:
            if any(process.poll() is not None for process, _ in self._processes):
                break
            if answer := found():
                return answer
            time.sleep(_POLL_S)
        raise Unavailable(f"see the logs in {self.folder}", what="Spark cluster")

    def _stop(self) -> None:
        for process, _ in reversed(self._processes):
            process.terminate()
        for process, log in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()
        self._processes.clear()
