"""Servers of NATS on hosts of their own that stop hearing each other, and hear each other again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.namespaces import Hosts, why_not
from tests.nats_servers import NatsServer, on_hosts

from vigie.base.clock import SystemClock
from vigie.base.settings import Settings
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake

pytestmark = pytest.mark.usefixtures("forked_programs")
PARTED = Path(__file__).with_name("parted_worker.py")
ENOUGH_S = 120.0
NAMES = ("n0", "n1", "n2")
REFUSED = "refused"


class Users:
    """What the hosts that take messages say, in order: which of them, and a reference or not."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        self._in, self._out = child.stdin, child.stdout
        self.said: list[tuple[str, str]] = []
        self.led = self._out.readline().split()[0]

    def hear(self, name: str, n: int, *, refused: bool = False) -> None:
        """Read on until a host was acknowledged, or refused, so many messages from now on."""
        while n:
            line = self._out.readline().split()
            assert line, "the hosts have ended"
            self.said.append((line[0], line[1]))
            n -= line[0] == name and (line[1] == REFUSED) == refused

    def end(self) -> None:
        """Have them send no more, and read what they still say."""
        self._in.close()
        self.said += [(one.split()[0], one.split()[1]) for one in self._out]


@contextmanager
def users(hosts: Hosts, folder: Path, servers: list[NatsServer]) -> Iterator[Users]:
    nats = {"servers": [one.address for one in servers], "name": "parted", "journal": True}
    told = {"nats": {**nats, "replicas": 3, "ack_s": 1.0}, "intake": {"linger_ms": 20}}
    settings = Settings.model_validate(told).model_dump_json()
    with subprocess.Popen(
        [*hosts.within("users"), sys.executable, PARTED, folder, settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield Users(child)
            assert child.wait(ENOUGH_S) == 0
        finally:
            child.kill()


def test_a_server_cut_off_from_the_others_acknowledges_nothing(
    needs_nats: Path, tmp_path: Path
) -> None:
    """It leads the stream, and hosts reach all three servers: one host is at it, one at another.

    While the servers do not hear each other the first host is refused and the second is not; when
    they do again both are taken from. What was acknowledged at either is in the lake, once.
    """
    if reason := why_not():
        pytest.skip(reason)
    keys = Keeper(tmp_path / "keys", SystemClock())
    with keys, Lake.open(tmp_path / "lake", Settings().lake, create=True, keys=keys) as lake:
        with Hosts([*NAMES, "users"]) as hosts:
            servers = on_hosts(needs_nats, tmp_path, hosts, NAMES)
            try:
                with users(hosts, tmp_path, servers) as heard:
                    others = [one for one in NAMES if one != heard.led]
                    heard.hear("alone", 20)
                    heard.hear("other", 20)
                    for one in others:
                        hosts.cut(heard.led, one)
                    heard.hear("other", 1, refused=True)  # nobody leads yet
                    heard.hear("other", 40)
                    since = len(heard.said)
                    heard.hear("alone", 3, refused=True)
                    meanwhile = {ref for host, ref in heard.said[since:] if host == "alone"}
                    for one in others:
                        hosts.heal(heard.led, one)
                    heard.hear("alone", 20)
                    heard.end()
            finally:
                for server in servers:
                    server.kill()
        found = Counter(lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist())
    acknowledged = {ref for _, ref in heard.said if ref != REFUSED}
    assert meanwhile == {REFUSED}
    assert len(acknowledged) >= 100
    assert acknowledged <= set(found)
    assert set(found.values()) == {1}
