"""Hosts made of network namespaces, joined by a bridge; one can be cut off from another.

A cut is silent, as a broken switch is: what is sent goes to an address of the link that nobody has.
Nothing of the machine's own network is touched, and nothing outside can be reached from within.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

NOBODY = "02:00:00:00:00:ff"
_BY_HOST = "10.77.0.{}"


def why_not() -> str:
    """Return why hosts cannot be made here; empty when they can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip") or not shutil.which("nsenter"):
        return "missing part: iproute2, util-linux (apt-get install iproute2 util-linux)"
    try:
        with Hosts(["one"]):
            return ""
    except subprocess.CalledProcessError as error:
        told = (error.stderr or b"").decode("utf-8", "replace").strip()
        return f"this machine makes no network namespaces: {told}"


class Hosts:
    """Some hosts, for as long as the ``with`` block lasts.

    Args:
        names: What they are called; at most 200.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._mark = f"vigie{os.getpid()}"
        self._hub = f"{self._mark}-hub"
        self._made: list[str] = []
        self.addresses = {name: _BY_HOST.format(i) for i, name in enumerate(names, 1)}

    def __enter__(self) -> Self:
        try:
            self._add(self._hub)
            _ip("-n", self._hub, "link", "add", "br0", "type", "bridge")
            _ip("-n", self._hub, "link", "set", "br0", "up")
            for number, name in enumerate(self.addresses):
                self._join(name, f"port{number}")
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    def within(self, name: str) -> list[str]:
        """Return the words that run a program on a host."""
        return ["nsenter", f"--net=/run/netns/{self._mark}-{name}", "--"]

    def cut(self, one: str, other: str) -> None:
        """Swallow everything between two hosts, both ways."""
        for here, there in ((one, other), (other, one)):
            self._on(here, "replace", there, "lladdr", NOBODY, "nud", "permanent")

    def heal(self, one: str, other: str) -> None:
        """Let two hosts reach each other again."""
        for here, there in ((one, other), (other, one)):
            self._on(here, "del", there)

    def _on(self, here: str, verb: str, there: str, *words: str) -> None:
        name = f"{self._mark}-{here}"
        _ip("-n", name, "neigh", verb, self.addresses[there], "dev", "eth0", *words)

    def _add(self, name: str) -> None:
        _ip("netns", "add", name)
        self._made.append(name)

    def _join(self, name: str, port: str) -> None:
        space = f"{self._mark}-{name}"
        self._add(space)
        pair = ("type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("-n", self._hub, "link", "add", port, *pair)
        _ip("-n", self._hub, "link", "set", port, "master", "br0", "up")
        _ip("-n", space, "addr", "add", f"{self.addresses[name]}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            _ip("-n", space, "link", "set", link, "up")

    def _remove(self) -> None:
        for name in reversed(self._made):
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", name)
        self._made.clear()


def _ip(*words: str) -> None:
    subprocess.run([Path(shutil.which("ip") or "ip"), *words], check=True, capture_output=True)
