"""Over real NATS servers: what was acknowledged outlives its host, its servers and its leader."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.intake.brokers import self_signed
from tests.intake.conftest import PROBE
from tests.nats_servers import NatsServer, free_ports, three

from vigie.base.clock import SystemClock
from vigie.base.errors import SettingsInvalid, Unavailable
from vigie.base.settings import Settings
from vigie.base.settings_nats import NatsSettings
from vigie.intake import events, worker
from vigie.intake.between import link as link_
from vigie.intake.between import relay, taker
from vigie.intake.between.rows import SHREDDED, states
from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS
from vigie.model.notices import Reject

pytestmark = pytest.mark.usefixtures("forked_programs")
TAKES = Path(__file__).with_name("taking_worker.py")
ENOUGH_S = 120.0
TEXT = "Une personne crie rue Paradis"


def until(holds: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + ENOUGH_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def line(ref: str, **more: object) -> bytes:
    row = {
        "source_ref": ref,
        "kind": "offence.property.theft",
        "earliest_at": "2026-05-30T10:00:00+00:00",
        "lon": 5.37,
        "lat": 43.30,
        "text": TEXT,
        **more,
    }
    return json.dumps(row).encode() + b"\n"


def refuse_all(payload: Payload, _: Context) -> Iterator[Parsed]:
    payload.content.read()
    nothing = CONTRACTS["facts"].empty().select(["source_ref"])
    reject = Reject("identifier_column", params={"column": "imsi"})
    yield Parsed("facts", nothing, pa.array([], pa.int64()), rejects=[reject], read=1)


UNLAWFUL = Connector("unlawful", {"fr": "x", "en": "x"}, ("facts",), (".csv",), refuse_all)


class Waiting:
    """Something asked for until it is there."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self.ask, self.found = ask, None

    def there(self) -> bool:
        try:
            self.found = self.ask()
        except Exception:  # noqa: BLE001 - not there yet; the time is bounded
            return False
        return True


@dataclass
class Town:
    """One lake and one keeper of keys; each host has a journal of its own and sees no other's."""

    folder: Path
    lake: Lake
    keys: Keeper

    def settings(self, name: str, servers: list[NatsServer], **more: object) -> Settings:
        told = {"servers": [one.address for one in servers], "name": name, "journal": True}
        nats = {**told, "replicas": len(servers), **more}
        return Settings.model_validate({"nats": nats, "intake": {"linger_ms": 20}})

    @contextmanager
    def host(self, folder: str, settings: Settings) -> Iterator[Intake]:
        with Intake.open(
            self.folder / folder,
            settings=settings,
            lake=self.lake,
            connectors={"probe": PROBE, "unlawful": UNLAWFUL},
            clock=SystemClock(),
            create=True,
            keys=self.keys,
        ) as one:
            one.register("log", "probe")
            one.reach.connect()
            yield one

    @contextmanager
    def leader(self, folder: str, settings: Settings) -> Iterator[Intake]:
        with self.host(folder, settings) as one:
            one.process()
            with one.reach.lead():
                yield one

    def refs(self, begin: str) -> Counter[str]:
        found = self.lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist()
        return Counter(ref for ref in found if ref.startswith(begin))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with (
        Keeper(folder / "keys", SystemClock()) as keys,
        Lake.open(folder / "lake", Settings().lake, create=True, keys=keys) as lake,
    ):
        yield Town(folder, lake, keys)


@pytest.fixture(scope="module")
def server(needs_nats: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    one = NatsServer(needs_nats, tmp_path_factory.mktemp("nats") / "one", free_ports(1)[0]).start()
    yield one
    one.kill()


def waiting(host: Intake) -> int:
    return host._journal.backlog()


def test_another_host_processes_what_this_one_took(town: Town, server: NatsServer) -> None:
    """Without seeing its disk; large ones, too. Nothing but sealed bytes is in the stream."""
    told = town.settings("apart", [server])
    with town.leader("apart-b", told), town.host("apart-a", told) as taking:
        for n in range(5):
            taking.accept("log", "é\r\nname", line(f"apart-{n}"))
        large = b"".join(line(f"apart-large-{n}", pad="x" * 60_000) for n in range(25))
        assert len(large) > 1_200_000
        taking.accept("log", "large", large)
        until(lambda: waiting(taking) == 0, "the host that took them is told")
    found = town.refs("apart-")
    assert len(found) == 30
    assert set(found.values()) == {1}
    held = [one for one in (server.folder / "held").rglob("*") if one.is_file()]
    assert sum(one.stat().st_size for one in held) > len(large)
    assert not any(b"Paradis" in one.read_bytes() for one in held)


def test_two_processes_of_one_disk_ring_and_share_what_is_taken(
    town: Town, server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks by itself within this test: what is heard was rung for."""
    monkeypatch.setattr(events, "OTHER_PROCESS_S", ENOUGH_S)
    monkeypatch.setattr(worker, "IDLE_S", ENOUGH_S)
    told = town.settings("disk", [server])
    with town.leader("disk", told) as leading, town.host("disk", told) as taking:
        taking.accept("log", "m", line("disk-1"))
        taking.accept("log", "large", line("disk-2", pad="x" * 700_000))
        until(lambda: waiting(leading) == 0, "processed")
        last = taking.events.latest_id
        with ThreadPoolExecutor(1) as waits:
            heard = waits.submit(taking.events.wait, last, ENOUGH_S)
            leading.events.append("org.vigie.test", {})
            assert heard.result()
    assert town.refs("disk-") == {"disk-1": 1, "disk-2": 1}
    bare = town.settings("bare", [server], journal=False)
    with town.leader("bare", bare) as leading, town.host("bare", bare) as taking:
        taking.accept("log", "m", line("bare-1"))
        until(lambda: waiting(leading) == 0, "rung for, without a stream")
    assert town.refs("bare-") == {"bare-1": 1}


def test_what_may_not_be_kept_is_written_over_everywhere(town: Town, server: NatsServer) -> None:
    told = town.settings("law", [server])
    with town.host("law-a", told) as taking, town.leader("law-b", told) as leading:
        for host in (leading, taking):
            host.register("phones", "unlawful")
        ids = [taking.accept("phones", "m", b"208010123456789" * n) for n in (1, 50_000)]
        until(lambda: waiting(taking) == 0, "told")
        link = taking.reach.link
        assert link is not None
        until(
            lambda: (
                link.do(link.client.jetstream().stream_info(relay.stream_of(link)))
                .result()
                .state.messages
                == 0
            ),
            "deleted from the stream",
        )
        assert states(taking._journal.database, ids) == dict.fromkeys(ids, SHREDDED)
        until(lambda: not any(taking._journal.spool.folder.iterdir()), "its file is dropped")


def test_spoken_to_with_a_password_over_tls(
    town: Town, needs_nats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate, password = (tmp_path / name for name in ("key", "ca.pem", "password"))
    self_signed(key, certificate)
    password.write_text("a-secret-of-tests\n")
    more = (
        f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}\n'
        "authorization { user: vigie, password: a-secret-of-tests }"
    )
    one = NatsServer(needs_nats, tmp_path / "s", free_ports(1)[0], more).start()
    try:
        files = {"ca_file": str(certificate), "password_file": str(password)}
        told = {"servers": [one.address.replace("nats:", "tls:")], "username": "vigie", **files}
        (address,) = told["servers"]
        assert link_.look(NatsSettings.model_validate(told), address) == ("", True)
        monkeypatch.setattr(link_, "CONNECT_S", 0.5)
        for wrong in ({"password_file": str(certificate)}, {"ca_file": ""}):
            why, answered = link_.look(NatsSettings.model_validate(told | wrong), address)
            assert why
            assert not answered
        with pytest.raises(SettingsInvalid):
            link_.look(NatsSettings.model_validate(told | {"ca_file": "/nowhere"}), address)
        gc.collect()  # a transport that was left open would be said here
    finally:
        one.kill()


def test_a_killed_server_has_what_was_acknowledged(town: Town, server: NatsServer) -> None:
    """While it is away nothing is taken, nothing blocks, and since when is known."""
    told = town.settings("killed", [server])
    with town.host("killed-a", told) as taking:
        for n in range(20):
            taking.accept("log", "m", line(f"killed-{n}"))
        assert taking.reach.lost_us is None
        server.kill()
        until(lambda: taking.reach.lost_us is not None, "its loss is seen")
        with pytest.raises(Unavailable) as refused:
            taking.accept("log", "m", line("killed-never"))
        assert refused.value.params["what"] == "nats"
        server.start()
        until(lambda: taking.reach.lost_us is None, "it is there again")
    with town.leader("killed-b", told) as leading:
        until(lambda: len(town.refs("killed-")) == 20, "taken")
        until(lambda: waiting(leading) == 0, "processed")
    assert set(town.refs("killed-").values()) == {1}
    assert "killed-never" not in town.refs("killed-")


def test_what_was_not_acknowledged_is_processed_once_at_most(
    town: Town, server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between receipt and acknowledgement; the next one sees to it."""
    told = town.settings("between", [server], ack_s=0.5)
    with town.leader("between-b", told), town.host("between-a", told) as taking:
        taking.accept("log", "m", line("between-0"))
        server.stall()
        try:
            with pytest.raises(Unavailable):
                taking.accept("log", "m", line("between-1"))
        finally:
            server.wake()
    monkeypatch.setattr(relay, "AGAIN_S", 0.0)
    with town.leader("between-c", told), town.host("between-a", told) as again:
        until(lambda: waiting(again) == 0, "settled")
    assert town.refs("between-") == {"between-0": 1, "between-1": 1}


def test_a_stream_that_lost_all_of_it_gets_it_again(
    town: Town, server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut of the room: the disk of who took it was flushed, the servers' not."""
    monkeypatch.setattr(relay, "AGAIN_S", 0.0)
    told = town.settings("lost", [server])
    with town.host("lost-a", told) as taking:
        for n in range(3):
            taking.accept("log", "m", line(f"lost-{n}"))
        taking.accept("log", "large", line("lost-3", pad="x" * 700_000))
        link = taking.reach.link
        assert link is not None
        assert link.do(link.client.jetstream().delete_stream(relay.stream_of(link))).result()
    with town.leader("lost-b", told), town.host("lost-a", told) as taking:
        until(lambda: waiting(taking) == 0, "settled")
    assert town.refs("lost-") == {f"lost-{n}": 1 for n in range(4)}


def test_a_leader_that_died_before_it_acknowledged_is_followed(
    town: Town, server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = town.settings("dies", [server])
    with town.host("dies-a", told) as taking:
        with monkeypatch.context() as patched:
            patched.setattr(taker, "SETTLE_S", 3_600.0)
            with town.leader("dies-b", told) as first:
                until(lambda: first.reach.link.up, "connected")
                taking.accept("log", "m", line("dies-0"))
                until(lambda: town.refs("dies-"), "committed, and the stream does not know")
        assert waiting(taking) == 1
        with town.leader("dies-c", told):
            taking.accept("log", "m", line("dies-1"))
            until(lambda: waiting(taking) == 0, "both")
        link = taking.reach.link
        assert link is not None

        def leaders() -> list[tuple[int, int]]:
            js = link.client.jetstream()
            found = link.do(js.consumers_info(relay.stream_of(link))).result()
            return [(one.config.opt_start_seq, one.ack_floor.stream_seq) for one in found]

        until(lambda: leaders()[0][1] == 2, "acknowledged")
        with town.leader("dies-d", told):
            until(lambda: [start for start, _ in leaders()] == [3], "the next begins after both")
    assert town.refs("dies-") == {"dies-0": 1, "dies-1": 1}


def test_three_servers_one_killed_and_then_who_takes(
    town: Town, needs_nats: Path, tmp_path: Path
) -> None:
    """The stream's leader is killed under load, then the host with its disk: all is there, once."""
    servers = three(needs_nats, tmp_path)
    told = town.settings("three", servers)
    child = None
    try:
        with town.host("three-0", told) as first:
            link = first.reach.link
            assert link is not None
            about = Waiting(lambda: link.do(relay.make_stream(link)).result())
            until(about.there, "the stream")
            led = about.found.cluster.leader
        child = subprocess.Popen(
            [sys.executable, TAKES, town.folder, told.model_dump_json()],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        taken = [child.stdout.readline().strip() for _ in range(40)]
        servers[int(led[1:])].kill()
        taken += [child.stdout.readline().strip() for _ in range(60)]
        child.kill()
        taken += [one.strip() for one in child.stdout if one.endswith("\n")]
        child.wait()
        shutil.rmtree(town.folder / "three-a")
        with town.leader("three-b", told):
            until(lambda: set(taken) <= set(town.refs("three-")), "acknowledged and lost")
    finally:
        if child is not None:
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()
        for one in servers:
            one.kill()
    assert len(taken) >= 100
    assert all(one.startswith("three-") for one in taken)
    assert set(town.refs("three-").values()) == {1}


@pytest.mark.parametrize(
    ("oldest", "jetstream", "reason"),
    [((2, 9), False, "JetStream is off"), ((99, 0), True, "99.0 at least")],
)
def test_a_server_that_is_of_no_use_is_refused(
    town: Town,
    needs_nats: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    oldest: tuple[int, int],
    jetstream: bool,
    reason: str,
) -> None:
    monkeypatch.setattr(link_, "OLDEST", oldest)
    port = free_ports(1)[0]
    one = NatsServer(needs_nats, tmp_path / "s", port, jetstream=jetstream).start()
    try:
        told = town.settings("unfit", [one])
        with pytest.raises(SettingsInvalid) as before:
            link_.refuse_unfit(told.nats)
        assert reason in before.value.params["reason"]
        with pytest.raises(SettingsInvalid) as refused, town.host("unfit", told):
            pass
        assert reason in refused.value.params["reason"]
    finally:
        one.kill()
